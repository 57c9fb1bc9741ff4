"""Verifies a page of another contract in the browser: every answer right and step by step, and every visitor alone with it."""

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from pyuibench.contract.other_pages import Contract
from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action
from pyuibench.entries.catalog import Variant
from pyuibench.errors import ServerError, UserError
from pyuibench.instruments.browser.calls import calls_of
from pyuibench.instruments.browser.page import GestureError, Page, Reading
from pyuibench.instruments.shared.ledger import Calls
from pyuibench.serving import environment
from pyuibench.serving.server import Server, WorkloadSettings
from pyuibench.verify.browser import (
    ACTION_TIMEOUT_MS,
    CLOCK_ERROR_MS,
    HOLD_MS,
    Seen,
    asked_outside,
    check_load,
    inoperable,
    wrong_in,
)
from pyuibench.verify.findings import FEWEST_UPDATES, Finding, Where, all_at_once

TURNS = 2
"""How many turns a page has behind it when it is opened."""
SETTINGS = WorkloadSettings(tokens_per_s=50.0, turns=TURNS)
ASKED = 3
"""How often the first visitor asks; the second one asks once."""
REST_MS = 200


def verify_page(browser: Browser, page: Variant, contract: Contract) -> Iterator[Finding]:
    """Yield the findings about an entry's page of a contract. Raises nothing that an entry can cause."""

    def finding(where: Where, seen: Seen) -> Finding:
        return Finding("note" if seen.is_note else "error", page.id, contract.name, where, seen.check, seen.message)

    lacking = [file for file in page.code_files("app") if not file.is_file()]
    for file in lacking:
        yield finding("entry", Seen("page", f"{file} is missing"))
    if lacking:
        return
    with tempfile.TemporaryDirectory(prefix="pyuibench-verify-") as name:
        directory = Path(name)
        ledger = directory / "ledger"
        try:
            built = environment.prepare(page)
            with Server(page, built, "app", directory / "log", workload=SETTINGS, ledger=ledger) as server:
                server.await_ready()
                for seen in _in_browser(browser, page, contract, server.url, ledger):
                    yield finding("browser", seen)
                yield from (finding("server", seen) for seen in _end(server))
        except (ServerError, UserError) as error:
            yield finding("server", Seen("boot", str(error)))


def _in_browser(browser: Browser, variant: Variant, contract: Contract, url: str, ledger: Path) -> Iterator[Seen]:
    initial = contract.initial(TURNS)
    try:
        with (
            Page(browser, variant, url, initial, HOLD_MS) as first,
            Page(browser, variant, url, initial, HOLD_MS) as second,
        ):
            asked = list(itertools.islice(contract.actions(TURNS, 0), ASKED))
            seen = list(check_load(first, initial)) or list(_answers(first, variant, contract, asked, initial, ledger))
            yield from seen or _apart(first, second, variant, contract, asked[-1], ledger)
            yield from asked_outside(first, second)
    except PlaywrightError as error:
        yield Seen("page", str(error).splitlines()[0])


def _answers(
    page: Page, variant: Variant, contract: Contract, actions: Sequence[Action], before: Texts, ledger: Path
) -> Iterator[Seen]:
    """Judge one question after another, up to the first that isn't answered as it should be."""
    reader = calls_of(page, ledger)
    for action in actions:
        reader.new_calls()
        try:
            reading = page.perform(action, ACTION_TIMEOUT_MS)
        except GestureError as error:
            yield inoperable(variant, action, error)
            return
        fault = wrong_in(reading, before, action.expected)
        if fault or reading.flickers:
            why = fault or f"an output was right and then wrong again, {reading.flickers} times in all"
            yield Seen("stable" if reading.flickers else "value", f"{action.control}: {action.value!r}: {why}")
            return
        yield from _steps(action, reading, contract, reader)
        before = action.expected
        page.page.wait_for_timeout(REST_MS)


def _steps(action: Action, reading: Reading, contract: Contract, reader: Calls) -> Iterator[Seen]:
    """Judge the states of an answer: several, and none before the server had a token of it."""
    if action.watched is None:
        return
    if len(reading.update_ms) < FEWEST_UPDATES:
        yield Seen("steps", all_at_once(action))
        return
    function = contract.answered_by
    made_ms = [(it.end_ns - reading.started_ns) / 1e6 for it in reader.new_calls() if it.function == function]
    if not made_ms:
        yield Seen("computed", f"{action.control}: {action.watched} was right, but the app never called {function}")
    elif reading.update_ms[0] < min(made_ms) - CLOCK_ERROR_MS:
        yield Seen(
            "computed",
            f"{action.control}: {action.watched} showed something {reading.update_ms[0]:.0f} ms after the question, but the app "
            f"had not called {function} until {min(made_ms):.0f} ms",
        )


def _apart(
    first: Page, second: Page, variant: Variant, contract: Contract, last: Action, ledger: Path
) -> Iterator[Seen]:
    """Judge that a second visitor begins afresh, is answered, and is seen by nobody else."""
    initial = contract.initial(TURNS)
    disturbed = [
        Seen("isolation", f"a second session doesn't begin afresh: {it.message}") for it in check_load(second, initial)
    ]
    if not disturbed:
        (asked,) = itertools.islice(contract.actions(TURNS, 1), 1)
        disturbed = list(_answers(second, variant, contract, [asked], initial, ledger))
    yield from disturbed
    first.page.wait_for_timeout(HOLD_MS)
    if changed := first.wrong(last.expected):
        yield Seen("isolation", f"the first session changed with what a second one did: {', '.join(changed)}")


def _end(server: Server) -> Iterator[Seen]:
    """Stop the server: it must have lasted until now, and its processes must end with it."""
    was_alive = server.is_alive()
    stopped = server.stop()
    if not was_alive:
        words = f"exit code {stopped.exit_code}; its last words: {server.last_words()}"
        yield Seen("alive", f"the server ended by itself: {words}")
    for command in stopped.leftover:
        yield Seen("leftover", f"left a process running after its own shutdown: {command}")
