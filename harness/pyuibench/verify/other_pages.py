"""Verifies a page of another contract in the browser: every answer right and step by step, and every visitor alone with it."""

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from pyuibench.contract.other_pages import Behind, Contract
from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action
from pyuibench.entries.catalog import Variant
from pyuibench.errors import ServerError, UserError
from pyuibench.instruments.browser.asking import AskingPage
from pyuibench.instruments.browser.calls import calls_of
from pyuibench.instruments.browser.page import GestureError, Reading
from pyuibench.instruments.shared.ledger import Calls
from pyuibench.serving import environment, models
from pyuibench.serving.server import Override, Server, WorkloadSettings
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
from workload.ledger import read_calls

TURNS = 2
"""How many turns a page has behind it when it is opened."""
SETTINGS = WorkloadSettings(tokens_per_s=50.0, turns=TURNS)
ASKED = 5
"""How often the first visitor asks; the second one asks once, or once of each control."""
TOKENS = 8
"""How long an answer of a model is: enough to see it grow."""
TOGETHER = 4
TOGETHER_TIMES = 3
"""So many visitors ask at the same moment, so often: what two threads share may not be made for that."""
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
            asked = models.prepare(page, built) if contract.asks_models else None
            behind = Behind(TURNS, asked.answers(TOKENS) if asked else None)
            override = Override(env=asked.env(TOKENS)) if asked else None
            with Server(
                page, built, "app", directory / "log", workload=SETTINGS, ledger=ledger, override=override
            ) as server:
                server.await_ready()
                for seen in _in_browser(browser, page, contract, behind, server.url, ledger):
                    yield finding("browser", seen)
                yield from (finding("server", seen) for seen in _loaded(contract, ledger))
                yield from (finding("server", seen) for seen in _end(server))
        except (ServerError, UserError) as error:
            yield finding("server", Seen("boot", str(error)))


def _in_browser(
    browser: Browser, variant: Variant, contract: Contract, behind: Behind, url: str, ledger: Path
) -> Iterator[Seen]:
    initial = contract.initial(behind)
    try:
        with (
            AskingPage(browser, variant, url, initial, HOLD_MS) as first,
            AskingPage(browser, variant, url, initial, HOLD_MS) as second,
        ):
            asked = list(itertools.islice(contract.actions(behind, 0), ASKED))
            seen = list(check_load(first, initial)) or list(_answers(first, variant, contract, asked, initial, ledger))
            seen = seen or list(_apart(first, second, variant, contract, behind, asked[-1], ledger))
            yield from seen
            yield from asked_outside(first, second)
        if not seen:
            yield from _together(browser, variant, contract, behind, url)
    except PlaywrightError as error:
        yield Seen("page", str(error).splitlines()[0])


def _answers(
    page: AskingPage, variant: Variant, contract: Contract, actions: Sequence[Action], before: Texts, ledger: Path
) -> Iterator[Seen]:
    """Judge one question after another, up to the first that isn't answered as it should be."""
    reader = calls_of(page, ledger)
    for action in actions:
        reader.new_calls()
        try:
            page.write(action)
            reading = page.answer(action, page.send(action), ACTION_TIMEOUT_MS)
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
    """Judge how an answer came: in several states where it is watched, and none before the server had made any of it."""
    if action.watched and len(reading.update_ms) < FEWEST_UPDATES:
        yield Seen("steps", all_at_once(action))
        return
    function = contract.made_by.get(action.control)
    shown_ms = reading.update_ms[0] if action.watched else reading.right_ms
    if function is None or shown_ms is None:
        return
    output = ", ".join(action.changes)
    made_ms = [(it.end_ns - reading.started_ns) / 1e6 for it in reader.new_calls() if it.function == function]
    if not made_ms:
        yield Seen("computed", f"{action.control}: {output} was right, but the app never called {function}")
    elif shown_ms < min(made_ms) - CLOCK_ERROR_MS:
        yield Seen(
            "computed",
            f"{action.control}: {action.watched or output} showed something {shown_ms:.0f} ms after it was asked for, but the "
            f"app had not called {function} until {min(made_ms):.0f} ms",
        )


def _together(browser: Browser, variant: Variant, contract: Contract, behind: Behind, url: str) -> Iterator[Seen]:
    """Judge that visitors who act at the same moment each get their own answer."""
    if contract.together is None:
        return
    initial = contract.initial(behind)
    with ExitStack() as opened:
        pages = [opened.enter_context(AskingPage(browser, variant, url, initial, HOLD_MS)) for _ in range(TOGETHER)]
        asked = [contract.together(behind, number) for number in range(TOGETHER)]
        for page in pages:
            yield from check_load(page, initial)
        for _ in range(TOGETHER_TIMES):
            actions = [next(it) for it in asked]
            for page, action in zip(pages, actions, strict=True):
                page.write(action)
            early = [page.send(action) for page, action in zip(pages, actions, strict=True)]
            for page, action, before in zip(pages, actions, early, strict=True):
                if reason := page.answer(action, before, ACTION_TIMEOUT_MS).reason:
                    yield Seen("together", f"{TOGETHER} visitors asked at the same moment: {reason}")
                    return


def _loaded(contract: Contract, ledger: Path) -> Iterator[Seen]:
    """Judge that no process of the server called twice what it should call once, however many visitors there were."""
    calls = Counter((it.function, it.process) for it in read_calls(str(ledger)))
    for function in contract.once:
        most = max((count for (name, _), count in calls.items() if name == function), default=0)
        if most != 1:
            times = "never" if not most else f"{most} times"
            yield Seen("loads", f"a process of the server called {function} {times}: once is enough, for all visitors")


def _apart(
    first: AskingPage,
    second: AskingPage,
    variant: Variant,
    contract: Contract,
    behind: Behind,
    last: Action,
    ledger: Path,
) -> Iterator[Seen]:
    """Judge that a second visitor begins afresh, is answered, and is seen by nobody else."""
    initial = contract.initial(behind)
    disturbed = [
        Seen("isolation", f"a second session doesn't begin afresh: {it.message}") for it in check_load(second, initial)
    ]
    if not disturbed:
        asked = list(itertools.islice(contract.actions(behind, 1), len(contract.controls)))
        disturbed = list(_answers(second, variant, contract, asked, initial, ledger))
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
