"""Checks of a page in the browser."""

import itertools
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from pyuibench.contract.scenarios import COMPUTED_BY, MANY_STEPS, SCENARIOS, TASKS, PageName, Texts, normalised
from pyuibench.contract.states import Action, AppState, initial_app, initial_grid, initial_texts
from pyuibench.contract.walks import app_actions, grid_actions
from pyuibench.entries.catalog import Drag, Variant
from pyuibench.instruments.browser.calls import calls_of
from pyuibench.instruments.browser.page import GestureError, Page, Reading, is_outside
from pyuibench.instruments.shared.ledger import Calls
from pyuibench.instruments.shared.one_offs import Done, carry_out
from pyuibench.verify.appearance import look
from pyuibench.verify.findings import FEWEST_UPDATES, all_at_once
from workload.ledger import Call

HOLD_MS = 250
# For a second visitor, whose many small steps needn't prove that a right state lasts.
SHORT_HOLD_MS = 20
# Being slow is no fault: a machine that does something else beside may need long.
ACTION_TIMEOUT_MS = 20_000
# The page's clock and the ledger's agree to about a millisecond.
CLOCK_ERROR_MS = 2.0
# A slider that is said to commit at its release is held for longer than any page waits before it sends what it has; one that
# commits as it moves until its right state has lasted.
RESTED_MS = {"release": 1_000.0, "move": HOLD_MS + 100.0}
# The browser may see the release later than it was sent, so the last move is further before it.
LATE_RELEASE_MS = 100.0
# Frames and clocks are no reason to tell of anything.
LATE_MS = 50.0
REST_MS = 100
# Many steps of a slider may well skip what lies between.
STEPWISE = ("stream", "job")
HOSTILE_NAME = "<b>&"
MOST_NAMED = 3
# The checks after whose findings a page's state isn't what it should be.
DISTURBING = ("load", "control", "stable", "value")


@dataclass(frozen=True)
class Seen:
    """What one check saw; `is_note` for what is worth knowing but not wrong."""

    check: str
    message: str
    is_note: bool = False


def check_browser(
    browser: Browser, variant: Variant, page: PageName, url: str, ledger: Path, cells: int
) -> Generator[Seen, None, None]:
    """Yield what is wrong with a page: first state, every control twice, isolation, tasks, looks, outside requests.

    Of the scaling page the first state, some cells, and outside requests: that its sessions are apart is proven on the wire.
    """
    initial = initial_texts(page, cells)
    rounds = tuple(itertools.islice(app_actions(1), 10)) if page == "app" else _cells_moved(cells)
    with Page(browser, variant, url, initial, HOLD_MS) as first:
        rest_ms = max((RESTED_MS[commit] for action in rounds if (commit := _drag_of(variant, action))), default=0.0)
        first.rest_ms = (rest_ms, rest_ms)
        seen = list(check_load(first, initial)) or list(check_actions(first, variant, initial, rounds, ledger))
        yield from seen
        # A page that is wrong by itself can't be told from one that another visitor disturbs.
        if any(each.check in DISTURBING and not each.is_note for each in seen):
            yield from asked_outside(first)
            return
        with Page(browser, variant, url, initial, SHORT_HOLD_MS) as second:
            disturbed = list(_begins_afresh(second, initial))
            if page == "app" and not disturbed:
                disturbed = list(_isolation(first, second, variant, initial, rounds))
            yield from disturbed
            # What is done beside another visitor can't be judged where visitors disturb each other.
            if page == "app" and not disturbed:
                yield from _tasks_and_looks(first, second, variant, rounds[-1], ledger)
            yield from asked_outside(first, second)


def _cells_moved(cells: int) -> tuple[Action, ...]:
    """Return steps of cells by chance, and the one that shortens its cell's text the most.

    A slider that shares a row with its text may get longer with it, so that its handle isn't below the mouse any more.
    """
    by_chance = tuple(itertools.islice(grid_actions(1, cells), 4))
    state = initial_grid(cells)
    for action in by_chance:
        state, _ = state.act(int(action.control.removeprefix("cell-")), int(action.value), action.moves)
    steps = [state.act(index, state.values[index] + moves, moves)[1] for index in range(cells) for moves in (1, -1)]
    shortest = min(steps, key=lambda it: len(it.expected[it.control]) - len(state.expected[it.control]))
    return (*by_chance, shortest)


def asked_outside(*pages: Page) -> Iterator[Seen]:
    """Yield what open pages asked other hosts for. A later visitor's page may ask them for what the first one's got here."""
    asked = [url for it in pages for url in (*it.outside_requests, *filter(is_outside, it.socket_addresses()))]
    yield from (Seen("outside", f"the page asked another host for {url}") for url in dict.fromkeys(asked))


def check_load(page: Page, initial: Texts) -> Iterator[Seen]:
    """Open a page, and yield what is wrong with its first state."""
    try:
        reading = page.open()
    except GestureError as error:
        yield Seen("load", str(error))
        return
    if fault := wrong_in(reading, {}, initial):
        yield Seen("load", f"first state: {fault}")


def check_actions(
    page: Page, variant: Variant, before: Texts, actions: Sequence[Action], ledger: Path
) -> Iterator[Seen]:
    """Judge one action after another, up to the first that leaves the page in a state that it should not be in.

    `before` is what the page shows at first.
    """
    reader = calls_of(page, ledger)
    reader.new_calls()
    for action in actions:
        try:
            reading = page.perform(action, ACTION_TIMEOUT_MS)
        except GestureError as error:
            yield inoperable(variant, action, error)
            return
        fault = wrong_in(reading, before, action.expected)
        if reading.flickers:
            yield _flicker(action, reading, fault)
        elif fault:
            yield Seen("value", f"{_named(action)}: {fault}")
        else:
            calls = reader.new_calls()
            yield from list(_committed(variant, action, reading, calls)) or _computed(action, reading, calls)
            yield from _late(action, reading)
            if slipped := _slipped(page, variant, action):
                fault = f"right until the handle was let go: {_differences(slipped, before, action.expected)}"
                yield Seen("stable", f"{_named(action)}: {fault}")
        if fault:
            return
        before = action.expected


def _tasks_and_looks(first: Page, second: Page, variant: Variant, last: Action, ledger: Path) -> Iterator[Seen]:
    """Judge what a session does once, and the page's looks before many steps of a slider, which may leave it as they like."""
    done = _Tasks(first, second, variant, ledger, last.after or initial_app())
    if wrong := list(done.carry_out([name for name in TASKS if name not in MANY_STEPS])):
        yield from wrong
        return
    yield from (Seen("looks", fault) for fault in look(first, variant)[1])
    yield from done.carry_out(MANY_STEPS)


class _Tasks:
    """What a session does once, beside a second one: answer, job, clicks while a job runs, upload, many steps of a slider."""

    def __init__(self, first: Page, second: Page, variant: Variant, ledger: Path, state: AppState) -> None:
        self._first, self._second, self._variant = first, second, variant
        self._reader = calls_of(first, ledger)
        self._state = state

    def carry_out(self, scenarios: Sequence[str]) -> Iterator[Seen]:
        """Carry out those that the variant can, from the state that the ones before have left, and yield what is wrong."""
        possible = [name for name in scenarios if name not in self._variant.not_applicable]
        try:
            for done in carry_out(self._first, self._other, self._state, possible, self._rest, time.monotonic):
                yield from _task(done, self._reader)
                self._state = done.action.after or self._state
        except GestureError as error:
            yield Seen("control", f"after the rounds: {error}")

    def _other(self) -> AbstractContextManager[Page]:
        return nullcontext(self._second)

    def _rest(self) -> None:
        self._first.page.wait_for_timeout(REST_MS)
        self._reader.new_calls()


def _task(done: Done[Reading], reader: Calls) -> Iterator[Seen]:
    action, reading = done.action, done.result
    if done.reason:
        yield Seen(action.scenario, f"{_named(action)}: {done.reason}")
    elif reading:
        yield from _computed(action, reading, reader.new_calls())
        yield from _late(action, reading)
        if action.scenario in STEPWISE and len(reading.update_ms) < FEWEST_UPDATES:
            yield Seen(action.scenario, all_at_once(action))


def _flicker(action: Action, reading: Reading, fault: str | None) -> Seen:
    """Tell of outputs that were right and then wrong: an error if they stayed wrong."""
    ending = f": {fault}" if fault else f", {reading.flickers} times in all, before it stayed right"
    return Seen("stable", f"{_named(action)}: an output was right and then wrong again{ending}", is_note=not fault)


def _computed(action: Action, reading: Reading, calls: Sequence[Call]) -> Iterator[Seen]:
    """Judge the times: an output can't be right before the server has computed it."""
    for output, shown_ms in ((name, ends.right_ms) for name, ends in reading.outputs.items()):
        function = COMPUTED_BY[output.partition("-")[0]]
        ends_ms = [(call.end_ns - reading.started_ns) / 1e6 for call in calls if call.function == function]
        computed_ms = [end for end in ends_ms if end > -CLOCK_ERROR_MS]
        if not computed_ms:
            yield Seen("computed", f"{_named(action)}: {output} was right, but the app never called {function}")
        elif min(computed_ms) > shown_ms + CLOCK_ERROR_MS:
            yield Seen(
                "computed",
                f"{_named(action)}: {output} was right {shown_ms:.1f} ms after the gesture, "
                f"but the app had not called {function} until {min(computed_ms):.1f} ms",
            )


def _committed(variant: Variant, action: Action, reading: Reading, calls: Sequence[Call]) -> Iterator[Seen]:
    """Judge when a slider's value left the page that is said to commit at its release: not while the handle is held."""
    if _drag_of(variant, action) != "release":
        return
    starts_ms = [(call.start_ns - reading.started_ns) / 1e6 for call in calls]
    # What ran before that was asked for by another action.
    earliest_ms = -RESTED_MS["release"] - LATE_RELEASE_MS
    while_held = [start for start in starts_ms if earliest_ms <= start < -CLOCK_ERROR_MS]
    if while_held:
        words = f"the server was at it {-min(while_held):.0f} ms before the release that is said to commit"
        yield Seen("commit", f"{_named(action)}: {words}")


def _drag_of(variant: Variant, action: Action) -> Literal["move", "release"] | None:
    """Return what commits a slider that is dragged for an action, None where nothing is."""
    gesture = variant.gesture(action.control, action.by_key)
    return gesture.commit if isinstance(gesture, Drag) else None


def _slipped(page: Page, variant: Variant, action: Action) -> dict[str, str | None]:
    """Return output -> what it shows, for those that are wrong since a handle was let go whose moves have committed already."""
    if _drag_of(variant, action) != "move":
        return {}
    page.page.wait_for_timeout(REST_MS)
    return page.wrong(action.expected)


def _late(action: Action, reading: Reading) -> Iterator[Seen]:
    """Note which outputs a person couldn't see for a while though they were right."""
    for output, ends in reading.outputs.items():
        if ends.visible_ms is not None and (late_ms := ends.visible_ms - ends.right_ms) > LATE_MS:
            message = f"{_named(action)}: {output} could be seen {late_ms:.0f} ms after it was right"
            yield Seen("visible", message, is_note=True)


def _steps() -> Iterator[tuple[str, Action]]:
    """Yield what a second visitor does, and which check it is for: a click, then HTML typed as a name, letter by letter."""
    changes = SCENARIOS["unrelated"].changes
    state, action = initial_app().act("unrelated", "increment", 1, changes["increment"])
    yield "isolation", action
    for end in range(1, len(HOSTILE_NAME) + 1):
        state, action = state.act("unrelated", "name", HOSTILE_NAME[:end], changes["name"])
        yield "html", action


def _begins_afresh(second: Page, initial: Texts) -> Iterator[Seen]:
    """Open a second visitor's page, who begins at the beginning whatever the first one has done."""
    for seen in check_load(second, initial):
        yield Seen("isolation", f"a second session doesn't begin afresh: {seen.message}")


def _isolation(first: Page, second: Page, variant: Variant, initial: Texts, done: Sequence[Action]) -> Iterator[Seen]:
    """Judge what a second visitor does, and the first, who must not see it."""
    yield from _second_visitor(second, variant, initial, _steps())
    first.page.wait_for_timeout(HOLD_MS)
    last = done[-1].expected
    if changed := first.wrong(last):
        shown = _differences(changed, {}, last)
        yield Seen("isolation", f"the first session changed with what a second one did: {shown}")


def _second_visitor(
    page: Page, variant: Variant, initial: Texts, steps: Iterator[tuple[str, Action]]
) -> Iterator[Seen]:
    before = initial
    for check, action in steps:
        try:
            reading = page.perform(action, ACTION_TIMEOUT_MS)
        except GestureError as error:
            yield inoperable(variant, action, error)
            return
        if fault := wrong_in(reading, before, action.expected):
            yield Seen(check, f"in a second session, {_named(action)}: {fault}")
            return
        before = action.expected


def inoperable(variant: Variant, action: Action, error: GestureError) -> Seen:
    """Return what is said of a control that can't be operated."""
    gesture = variant.gesture(action.control, action.by_key).model_dump(exclude_defaults=True)
    how = ", ".join(f"{verb} {target}" for verb, target in gesture.items()).replace("{value}", str(action.value))
    reason = str(error).removeprefix(f"{action.control}: ")
    return Seen("control", f"{_named(action)}: can't {how}: {reason}")


def wrong_in(reading: Reading, before: Texts, expected: Texts) -> str | None:
    """Return why a reading isn't right, None if it is: what is shown, and what should be, where that is known."""
    if reading.early or not (reading.wrong or reading.changed):
        return reading.reason
    if reading.wrong:
        return _differences(reading.wrong, before, expected)
    return f"changed though it must not: {_differences(reading.changed, {}, expected)}"


def _differences(shown: Mapping[str, str | None], before: Texts, expected: Texts) -> str:
    def difference(output: str, text: str | None) -> str:
        if text is None:
            return f"{output} isn't there"
        verb = "still shows" if text == normalised(before.get(output, "")) else "shows"
        return f"{output} {verb} {text!r} instead of {normalised(expected[output])!r}"

    named = [difference(output, text) for output, text in itertools.islice(shown.items(), MOST_NAMED)]
    rest = len(shown) - len(named)
    return ", ".join(named) + (f", and {rest} more" if rest else "")


def _named(action: Action) -> str:
    return f"{action.control} to {action.value!r}"
