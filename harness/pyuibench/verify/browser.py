"""Checks of a page in the browser."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser
from workload.ledger import Call, LedgerReader

from pyuibench.browser.page import GestureError, Page, Reading
from pyuibench.catalog import Variant
from pyuibench.spec import (
    COMPUTED_BY,
    SCENARIOS,
    Action,
    AppState,
    PageName,
    Texts,
    app_actions,
    grid_actions,
    initial_app,
    initial_grid,
)

HOLD_MS = 500
ACTION_TIMEOUT_MS = 8_000
# The page's clock and the ledger's agree to about a millisecond.
CLOCK_ERROR_MS = 2.0
HOSTILE_NAME = "<b>&</b>"
MOST_FINDINGS = 4


@dataclass(frozen=True)
class Seen:
    """What one check saw; `is_note` for what is worth knowing but not wrong."""

    check: str
    message: str
    is_note: bool = False


def check_browser(
    browser: Browser, variant: Variant, page: PageName, url: str, ledger: Path, cells: int
) -> Iterator[Seen]:
    """Yield what is wrong with a page: first state, every control twice, hostile input, isolation, outside requests."""
    initial = initial_app().expected if page == "app" else initial_grid(cells).expected
    actions = app_actions(1) if page == "app" else grid_actions(1, cells)
    rounds = tuple(itertools.islice(actions, 10 if page == "app" else 4))
    try:
        with Page(browser, variant, url, initial, HOLD_MS) as first:
            yield from _load(first.open())
            yield from itertools.islice(_actions(first, rounds, ledger), MOST_FINDINGS)
            yield from _isolation(browser, variant, url, first, initial, rounds)
            if page == "app":
                yield from _hostile(browser, variant, url)
            for request in dict.fromkeys(first.outside_requests):
                yield Seen("outside", f"the page asked another host for {request}")
    except GestureError as error:
        yield Seen("load", str(error))


def _load(reading: Reading) -> Iterator[Seen]:
    if reading.reason:
        yield Seen("load", f"first state: {reading.reason}")


def _actions(page: Page, actions: Sequence[Action], ledger: Path) -> Iterator[Seen]:
    reader = LedgerReader(str(ledger))
    reader.new_calls()
    for action in actions:
        what = f"{action.control} to {action.value!r}"
        try:
            reading = page.perform(action, ACTION_TIMEOUT_MS)
        except GestureError as error:
            yield Seen("control", str(error))
            continue
        yield from _stable(what, reading)
        if reading.reason:
            yield Seen("value", f"{what}: {reading.reason}")
        else:
            yield from _computed(what, action, reading, reader.new_calls())


def _stable(what: str, reading: Reading) -> Iterator[Seen]:
    if reading.flickers:
        outputs = ", ".join(reading.wrong) or "an output"
        yield Seen("stable", f"{what}: {outputs} was right and then wrong again", is_note=not reading.wrong)


def _computed(what: str, action: Action, reading: Reading, calls: Sequence[Call]) -> Iterator[Seen]:
    """An output can't be right before the server has computed it."""
    for output, shown_ms in reading.output_ms.items():
        function = COMPUTED_BY[output.partition("-")[0]]
        ends_ms = [(call.end_ns - reading.started_ns) / 1e6 for call in calls if call.function == function]
        computed_ms = [end for end in ends_ms if end > -CLOCK_ERROR_MS]
        if not computed_ms:
            yield Seen("computed", f"{what}: {output} was right, but the server never called {function}")
        elif min(computed_ms) > shown_ms + CLOCK_ERROR_MS:
            yield Seen(
                "computed",
                f"{what}: {output} was right {shown_ms:.1f} ms after the gesture, "
                f"but the server had not called {function} until {min(computed_ms):.1f} ms",
            )


def _isolation(
    browser: Browser, variant: Variant, url: str, first: Page, initial: Texts, done: Sequence[Action]
) -> Iterator[Seen]:
    """A second visitor begins at the beginning, and what it does isn't seen by the first."""
    with Page(browser, variant, url, initial, HOLD_MS) as second:
        reading = second.open()
        if reading.wrong:
            yield Seen("isolation", f"a second session doesn't begin afresh: {reading.reason}")
            return
        try:
            reading = second.perform(done[0], ACTION_TIMEOUT_MS)
        except GestureError as error:
            yield Seen("control", f"in a second session: {error}")
            return
        if reading.reason:
            yield Seen("isolation", f"in a second session, {done[0].control} to {done[0].value!r}: {reading.reason}")
    if wrong := first.wrong(done[-1].expected):
        shown = ", ".join(f"{output} shows {text!r}" for output, text in wrong.items())
        yield Seen("isolation", f"the first session changed with what a second one did: {shown}")


def _hostile(browser: Browser, variant: Variant, url: str) -> Iterator[Seen]:
    """Type HTML, letter by letter, into a session of its own: it must be shown as text."""
    state = initial_app()
    with Page(browser, variant, url, state.expected, hold_ms=20) as page:
        page.open()
        for end in range(1, len(HOSTILE_NAME) + 1):
            state, action = _typed(state, HOSTILE_NAME[:end])
            try:
                reading = page.perform(action, ACTION_TIMEOUT_MS)
            except GestureError as error:
                yield Seen("html", str(error))
                return
            if reading.reason:
                yield Seen("html", f"the name {action.value!r}: {reading.reason}")
                return


def _typed(state: AppState, name: str) -> tuple[AppState, Action]:
    return state.act("unrelated", "name", name, SCENARIOS["unrelated"].changes["name"])
