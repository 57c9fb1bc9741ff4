"""Verifies one variant: starts each of its pages and lets the browser's and the wire's checks look at it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from pyuibench.contract.scenarios import MANY_STEPS, SCENARIOS, TASKS, PageName
from pyuibench.entries.catalog import Variant
from pyuibench.errors import ServerError, UserError
from pyuibench.instruments.wire.config import OPEN_TIMEOUT_S, Target, process_env
from pyuibench.serving import environment
from pyuibench.serving.environment import Environment
from pyuibench.serving.server import READY_TIMEOUT_S, Server, WorkloadSettings
from pyuibench.verify.browser import Seen, check_browser
from pyuibench.verify.entry import check_entry
from pyuibench.verify.findings import Finding, Level, Where
from pyuibench.verify.recorded_page import check_messages
from pyuibench.verify.wire_config import WireChecks

PAGES: tuple[PageName, ...] = tuple(dict.fromkeys(scenario.page for scenario in SCENARIOS.values()))
Check: TypeAlias = Callable[[Browser, Variant, PageName, str, Path], Generator[Seen, None, None]]
"""Looks at a page that is served at an address and writes a ledger, and yields what is wrong with it."""
# A job blocks its thread asleep or busy; asleep it leaves the machine to what else is verified.
GRID = WorkloadSettings(cells=6, cost_ms=0.0, cost_kind="sleep")
WIRE_LIMIT_S = 300
WIRE_TIMEOUT_S = 20.0
WIRE_OPEN_TIMEOUT_S = OPEN_TIMEOUT_S


@dataclass(frozen=True)
class Checks:
    """What looks at each page: checks in the browser, one after the other, and the wire's process."""

    in_browser: tuple[Check, ...] = (partial(check_browser, cells=GRID.cells),)
    on_wire: bool = True


ALL = Checks()


@dataclass(frozen=True)
class _Findings:
    """Makes findings about one page of one variant."""

    variant: Variant
    page: PageName

    def make(self, where: Where, check: str, message: str, level: Level = "error") -> Finding:
        return Finding(level, self.variant.id, self.page, where, check, message)


def verify_variant(
    browser: Browser,
    variant: Variant,
    ready_timeout_s: float = READY_TIMEOUT_S,
    pages: Sequence[PageName] = PAGES,
    checks: Checks = ALL,
) -> Iterator[Finding]:
    """Yield the findings about a variant, page by page. Raises nothing that an entry can cause."""
    lacking = list(check_entry(variant))
    for each in lacking:
        yield _Findings(variant, each.page).make("entry", each.check, each.message, each.level)
    if any(each.level == "error" for each in lacking):
        return
    try:
        built = environment.prepare(variant)
    except UserError as error:
        yield _Findings(variant, "app").make("entry", "environment", str(error))
        return
    for page in pages:
        yield from _verify_page(browser, _Findings(variant, page), built, ready_timeout_s, checks)


def _verify_page(
    browser: Browser, about: _Findings, built: Environment, ready_timeout_s: float, checks: Checks
) -> Iterator[Finding]:
    variant, page = about.variant, about.page
    files = variant.code_files(page)
    if not files:
        reason = variant.not_applicable.get(page)
        if reason is None:
            yield about.make("entry", "page", f"has no {page} page, and doesn't say why in not_applicable")
        return
    for file in files:
        if not file.is_file():
            yield about.make("entry", "page", f"{file} is missing")
            return
    with tempfile.TemporaryDirectory(prefix="pyuibench-verify-") as directory:
        yield from _verify_running(browser, about, built, ready_timeout_s, Path(directory), checks)


def _verify_running(
    browser: Browser,
    about: _Findings,
    built: Environment,
    ready_timeout_s: float,
    directory: Path,
    checks: Checks,
) -> Iterator[Finding]:
    ledger = directory / "ledger"
    try:
        with Server(about.variant, built, about.page, directory / "log", workload=GRID, ledger=ledger) as server:
            server.await_ready(ready_timeout_s)
            are_right = True
            for finding in _looked_at(browser, about, built, server, ledger, checks):
                are_right = are_right and finding.level != "error"
                yield finding
            # Where one of the two is wrong, they part for that reason.
            if on_wire(about.variant, checks) and are_right and server.is_alive():
                yield from _compared(browser, about, built, server)
            yield from _end(about, server)
    except (ServerError, UserError) as error:
        yield about.make("server", "boot", str(error))


def _looked_at(
    browser: Browser, about: _Findings, built: Environment, server: Server, ledger: Path, checks: Checks
) -> Iterator[Finding]:
    """Look at the page in the browser, then on the wire."""
    with _wire_process(about, built, "wire") if on_wire(about.variant, checks) else nullcontext() as wire:
        for check in checks.in_browser:
            seen = check(browser, about.variant, about.page, server.url, ledger)
            yield from _in_browser(about, server, seen)
        if wire and server.is_alive():
            yield from _on_wire(about, wire, server.url)


def on_wire(variant: Variant, checks: Checks) -> bool:
    """Return whether a variant is looked at on the wire: one that runs in the browser has no session there."""
    return checks.on_wire and variant.runs_in == "server"


def _compared(browser: Browser, about: _Findings, built: Environment, server: Server) -> Iterator[Finding]:
    """Compare what the page sends with what the wire client does."""
    with _wire_process(about, built, "recorded_client") as client:
        seen = check_messages(browser, about.variant, about.page, server.url, GRID.cells, client)
        yield from _in_browser(about, server, seen, where="wire")


def _end(about: _Findings, server: Server) -> Iterator[Finding]:
    """Stop the server: it must have lasted until now, and its processes must end with it."""
    was_alive = server.is_alive()
    stopped = server.stop()
    if not was_alive:
        words = f"exit code {stopped.exit_code}; its last words: {server.last_words()}"
        yield about.make("server", "alive", f"the server ended by itself: {words}")
    for command in stopped.leftover:
        yield about.make("server", "leftover", f"left a process running after its own shutdown: {command}")


def _in_browser(
    about: _Findings, server: Server, check: Generator[Seen, None, None], where: Where = "browser"
) -> Iterator[Finding]:
    try:
        # Closed here, or the garbage collector does it within whatever Playwright does then, which waits for itself for ever.
        with closing(check):
            for seen in check:
                yield about.make(where, seen.check, seen.message, "note" if seen.is_note else "error")
                if not server.is_alive():
                    return
    except PlaywrightError as error:
        yield about.make(where, "page", str(error).splitlines()[0])


@contextmanager
def _wire_process(about: _Findings, built: Environment, module: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a process of the wire client, which spends its first second or two on imports, and end it after all."""
    target = Target(
        entry=about.variant.entry.directory,
        variant=about.variant.name,
        page=about.page,
        grid_cells=GRID.cells,
        site_packages=built.site_packages,
    )
    one_offs = tuple(name for name in TASKS if name not in MANY_STEPS and name not in about.variant.not_applicable)
    checks = WireChecks(target=target, one_offs=one_offs, timeout_s=WIRE_TIMEOUT_S, open_timeout_s=WIRE_OPEN_TIMEOUT_S)
    process = subprocess.Popen(
        [sys.executable, "-m", f"pyuibench.verify.{module}"],
        env=process_env(checks),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _on_wire(about: _Findings, process: "subprocess.Popen[str]", url: str) -> Iterator[Finding]:
    try:
        out, errors = process.communicate(f"{url}\n", timeout=WIRE_LIMIT_S)
    except subprocess.TimeoutExpired:
        yield about.make("wire", "client", f"the client didn't end within {WIRE_LIMIT_S} s")
        return
    if process.returncode:
        yield about.make("wire", "client", f"the client failed: {' | '.join(errors.strip().splitlines()[-2:])}")
        return
    for check, message, level in json.loads(out.splitlines()[-1]):
        yield about.make("wire", check, message, level)
