"""The stopwatch against the browser's own trace, and what it costs, on pages of three kinds.

On the baseline the mark in the trace is the stopwatch's own, so there only the ends of frames are independent of it; the pages
for calibration mark their changes themselves. What the stopwatch costs is the CPU time of its functions that the browser calls,
the observers' among them, as the trace tells it, and what its presence adds to a change itself: records of mutations, and notes
of texts on canvases.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from statistics import median
from typing import Any

from playwright.sync_api import Browser

from pyuibench.calibration import served_pages
from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.figure import Figure
from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action, initial_app
from pyuibench.entries.catalog import Variant
from pyuibench.errors import UserError
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.browser.page import SCRIPT_CALLS_PAGE, SCRIPT_URL, GestureError, Page, Reading
from pyuibench.instruments.browser.trace import CATEGORIES, MARK, Traced, gestures, script_ms

LIMIT_MS = 1.5
"""How far an end may be from the trace's, at the median."""
START_LIMIT_MS = 0.5
"""How far the start may be: both tell the event's own time, which a page sees in tenths of a millisecond."""
COST_LIMIT_MS = 0.3
"""For what a batch of mutations takes before its frame: checks of the outputs, and waiting for the frame."""
START = ("start", "note")
"""The functions that run once a gesture: at its event, and with the first bytes that leave the page."""
LOOK = "looked"
"""The function that looks at what can be seen, once the frame is handed over: it delays only what comes after."""
LOOK_LIMIT_MS = 1.0
ALIGNMENT_LIMIT_NS = 20_000_000
HOLD_MS = 30
CHANGES = 100
"""How often a page is changed in a row to see what the stopwatch adds to a change itself."""
TURNS = 5


@dataclass(frozen=True)
class Subject:
    """A page that the stopwatch is held against the trace on. `own_mark` is the mark that the page sets itself, if it does."""

    id: str
    label: str
    variant: Variant
    url: str
    initial: Texts
    actions: Callable[[int], Iterator[Action]]
    own_mark: str | None = None


@dataclass(frozen=True)
class Pair:
    """One gesture as the stopwatch and the trace tell it, and for how long each of the stopwatch's functions ran in it."""

    reading: Reading
    traced: Traced
    took_ms: Mapping[str, float]

    @property
    def cost_ms(self) -> float:
        """Return what the stopwatch took for the mutations before the frame, apart from the page's functions that it called."""
        others = (SCRIPT_CALLS_PAGE, LOOK, *START)
        return sum(taken_ms for name, taken_ms in self.took_ms.items() if name not in others)

    @property
    def start_ms(self) -> float:
        """Return what the stopwatch took at the gesture's start."""
        return sum(self.took_ms.get(name, 0.0) for name in START)

    @property
    def started_late_ms(self) -> float:
        """Return how much later the stopwatch started than the trace's event was made."""
        return (self.reading.started_ns - self.traced.began_ns) / 1e6

    @property
    def painted_ms(self) -> float:
        """Return when the stopwatch saw the state painted; not a number if it didn't."""
        return _known(self.reading.painted_ms)

    @property
    def painted_late_ms(self) -> float:
        """Return how much later that is than the end of the commit."""
        return self.painted_ms - self.traced.committed_ms

    @property
    def right_late_ms(self) -> float:
        """Return how much later than the mark the stopwatch saw the right state."""
        return _known(self.reading.right_ms) - self.traced.marked_ms

    @property
    def visible_late_ms(self) -> float:
        """Return how much later than the mark a person could see it, by the stopwatch."""
        return _known(self.reading.visible_ms) - self.traced.marked_ms


def clicks(count: int) -> Iterator[Action]:
    """Yield so many clicks on the counter."""
    state = initial_app()
    for clicked in range(1, count + 1):
        state, action = state.act("unrelated", "increment", clicked, ("count",))
        yield action


def pairs_of(readings: Sequence[Reading], events: Sequence[Mapping[str, Any]], mark: str) -> Iterator[Pair]:
    """Pair each reading with the gesture in the trace that began at the same moment of the shared clock."""
    traced = list(gestures(events, mark))
    for reading in readings:
        nearest = min(traced, key=lambda gesture: abs(gesture.began_ns - reading.started_ns), default=None)
        if nearest and abs(nearest.began_ns - reading.started_ns) < ALIGNMENT_LIMIT_NS:
            yield Pair(reading, nearest, script_ms(events, SCRIPT_URL, nearest))


def _figures(bench: Bench) -> Iterator[Figure]:
    with chromium(bench.cores.browser) as browser, served_pages.served() as url:
        for subject in _subjects(bench, url):
            bench.told(f"  {subject.label}")
            count = bench.count // 2 if subject.own_mark else bench.count
            pairs = _pairs(browser, subject, count)
            if len(pairs) < count // 2:
                raise UserError(
                    f"Only {len(pairs)} of {count} gestures were found in the trace of {subject.label}; "
                    "is this Chromium very old or new?"
                )
            yield Figure(f"stopwatch/{subject.id}/found", f"{subject.label}: gestures found", len(pairs), f"of {count}")
            yield from _against_trace(subject, pairs)
            yield from _cost(browser, subject, pairs)


def _subjects(bench: Bench, url: str) -> Iterator[Subject]:
    baseline = initial_app().expected
    yield Subject("baseline", "the baseline", bench.variant, bench.url, baseline, clicks)
    for label, variant in (
        ("100 shadow roots", served_pages.shadow_roots()),
        ("3 canvases", served_pages.canvases()),
    ):
        yield page_of_its_own(label, variant, url)


def page_of_its_own(label: str, variant: Variant, url: str) -> Subject:
    """Return one of the pages for calibration, served at `url` with its name appended."""
    name, first = variant.name, served_pages.texts(0)
    return Subject(name, label, variant, f"{url}{name}", first, served_pages.changes, served_pages.CHANGED)


def _pairs(browser: Browser, subject: Subject, count: int) -> list[Pair]:
    mark = None if subject.own_mark else MARK
    with Page(browser, subject.variant, subject.url, subject.initial, HOLD_MS, mark=mark) as page:
        page.open()
        browser.start_tracing(page=page.page, categories=list(CATEGORIES))
        readings = [page.perform(action) for action in subject.actions(count)]
        events = json.loads(browser.stop_tracing())["traceEvents"]
    if reason := next((reading.reason for reading in readings if reading.reason), None):
        raise GestureError(f"{subject.label}: {reason}")
    return list(pairs_of(readings, events, subject.own_mark or MARK))


def _against_trace(subject: Subject, pairs: Sequence[Pair]) -> Iterator[Figure]:
    """Yield how far the stopwatch is from the trace: medians of pairs, milliseconds from the input event's own time."""
    changed = "the page's mark" if subject.own_mark else "its own mark"
    figures: tuple[tuple[str, str, Callable[[Pair], float], float | None], ...] = (
        ("painted", "`painted`", lambda it: it.painted_ms, None),
        ("commit", "event to the commit's end, in the trace", lambda it: it.traced.committed_ms, None),
        ("dispatch", "event to its dispatch, in the trace", lambda it: it.traced.dispatched_ms, None),
        ("start", "start less the event's time in the trace", lambda it: it.started_late_ms, START_LIMIT_MS),
        ("right", f"`right` less {changed} in the trace", lambda it: it.right_late_ms, LIMIT_MS),
        ("visible", f"`visible` less {changed} in the trace", lambda it: it.visible_late_ms, LIMIT_MS),
        ("painted_late", "`painted` less the commit's end in the trace", lambda it: it.painted_late_ms, LIMIT_MS),
    )
    for name, what, of, limit_ms in figures:
        value_ms = median(map(of, pairs))
        yield Figure(f"stopwatch/{subject.id}/{name}", f"{subject.label}: {what}", value_ms, "ms", limit_ms)


def _cost(browser: Browser, subject: Subject, pairs: Sequence[Pair]) -> Iterator[Figure]:
    """Yield what the stopwatch costs a batch of mutations: each gesture here makes one, and all three ends are looked for."""
    for name, what, limit_ms in (
        (LOOK, "a look after the frame", LOOK_LIMIT_MS),
        ("check", "a check of the outputs", None),
    ):
        taken_ms = median(pair.took_ms.get(name, 0.0) for pair in pairs)
        yield Figure(f"stopwatch/{subject.id}/{name}", f"{subject.label}: {what}", taken_ms, "ms", limit_ms)
    start_ms = median(pair.start_ms for pair in pairs)
    yield Figure(f"stopwatch/{subject.id}/starting", f"{subject.label}: the start of a gesture", start_ms, "ms")
    cost_ms = median(pair.cost_ms for pair in pairs)
    if subject.own_mark:
        added_ms = _added_ms(browser, subject)
        cost_ms += added_ms
        what = "what the stopwatch adds to a change itself"
        yield Figure(f"stopwatch/{subject.id}/added", f"{subject.label}: {what}", added_ms, "ms")
    what = "the stopwatch's cost before the frame, one batch of mutations"
    yield Figure(f"stopwatch/{subject.id}/cost", f"{subject.label}: {what}", cost_ms, "ms", COST_LIMIT_MS)


def _added_ms(browser: Browser, subject: Subject) -> float:
    """Return what the stopwatch adds to the time of a change itself: with it less without, each several times and in turn."""
    with_it: list[float] = []
    without: list[float] = []
    with (
        Page(browser, subject.variant, subject.url, subject.initial, HOLD_MS) as page,
        browser.new_context() as context,
    ):
        page.open()
        bare = context.new_page()
        bare.goto(subject.url)
        for _, (times_ms, each) in itertools.product(range(TURNS), ((with_it, page.page), (without, bare))):
            times_ms.append(each.evaluate(ONE_CHANGE_MS, CHANGES))
    return float(median(with_it) - median(without))


def _known(at_ms: float | None) -> float:
    return nan if at_ms is None else at_ms


ONE_CHANGE_MS = """(count) => {
    const began = performance.now();
    for (let number = 1; number <= count; number++) change(number);
    return (performance.now() - began) / count;
}"""

CALIBRATION = Calibration("stopwatch", "the stopwatch against the browser's own trace, and what it costs", _figures)
