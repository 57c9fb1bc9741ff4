"""What a second core changes for Chromium, on a light and a heavy page, by the suite's stopwatch and one of another make.

Both look at the same gestures in the same page, so that where they differ one of them is wrong. Chromium is kept on one core and
left free in turns, each time a new one. The second stopwatch asks for every frame while it waits, so its figures can be compared
with each other, but not with those of a run.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

import workload
from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.figure import Figure
from pyuibench.calibration.kinds.stopwatch import clicks
from pyuibench.contract.scenarios import FILTERED, normalised
from pyuibench.contract.states import Action, initial_app
from pyuibench.entries.catalog import Keys, Variant
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.browser.page import GestureError, Page

SECOND = (Path(__file__).parents[1] / "second_stopwatch.js").read_text()
TURNS = 2
WARMUP = 2
HOLD_MS = 30
REST_MS = 40
LIMIT_SHARE = 0.05
"""By how much the two stopwatches may differ."""


@dataclass
class Times:
    """Milliseconds from a gesture to the frame that shows what it changed, as each of the stopwatches saw it."""

    own_ms: list[float] = field(default_factory=list)
    second_ms: list[float] = field(default_factory=list)


def choices(count: int) -> Iterator[Action]:
    """Yield so many choices of a category by a key, from the first to the last and back: each changes what all filters do."""
    state = initial_app()
    last = len(workload.CATEGORIES) - 1
    at, step = workload.CATEGORIES.index(state.inputs.category), 1
    for _ in range(count):
        if not 0 <= at + step <= last:
            step = -step
        at += step
        state, action = state.act("global", "category", workload.CATEGORIES[at], FILTERED, step)
        yield action


PAGES: Mapping[str, Callable[[int], Iterator[Action]]] = {"light": clicks, "heavy": choices}
"""On the baseline: clicks that change one text; choices that change four figures, a chart and a table of 50 rows."""


def _figures(bench: Bench) -> Iterator[Figure]:
    free = bench.cores.browser
    ways = {"pinned": free[-1:], "free": free}
    times = {(page, way): Times() for page in PAGES for way in ways}
    for turn in range(TURNS):
        for way, cores in ways.items():
            bench.told(f"  turn {turn + 1} of {TURNS}, Chromium {way}")
            with chromium(cores) as browser:
                for page in PAGES:
                    _gestures(browser, bench, page, times[page, way])
    for page in PAGES:
        yield from _of_page(page, {way: times[page, way] for way in ways})


def _of_page(page: str, times: dict[str, Times]) -> Iterator[Figure]:
    for way, both in times.items():
        what = f"{page} page, Chromium {way}"
        name = f"cores/{page}/{way}"
        yield Figure(f"{name}/own", f"{what}: `painted`", median(both.own_ms), "ms")
        yield Figure(f"{name}/second", f"{what}: by the second stopwatch", median(both.second_ms), "ms")
        ratio = median(second / own for own, second in zip(both.own_ms, both.second_ms, strict=True))
        yield Figure(f"{name}/agreement", f"{what}: second / own, median of pairs", ratio, "x", LIMIT_SHARE, 1.0)
    own, second = (
        median(getattr(times["pinned"], name)) / median(getattr(times["free"], name))
        for name in ("own_ms", "second_ms")
    )
    yield Figure(f"cores/{page}/effect/own", f"{page} page: pinned / free", own, "x")
    yield Figure(f"cores/{page}/effect/second", f"{page} page: pinned / free by the second stopwatch", second, "x")
    label = f"{page} page: pinned / free, by the second / by the own"
    yield Figure(f"cores/{page}/effect/agreement", label, second / own, "x", LIMIT_SHARE, 1.0)


def _gestures(browser: Browser, bench: Bench, page: str, times: Times) -> None:
    """Make the gestures of one turn; after them `times` has those that count. Raises GestureError."""
    count = WARMUP + max(bench.count // 6, 3)
    with Page(browser, bench.variant, bench.url, initial_app().expected, HOLD_MS) as suite:
        suite.page.add_init_script(SECOND)
        suite.open()
        for number, action in enumerate(PAGES[page](count)):
            suite.page.wait_for_timeout(REST_MS)
            own_ms, second_ms = _timed_twice(suite, bench.variant, action)
            if number >= WARMUP:
                times.own_ms.append(own_ms)
                times.second_ms.append(second_ms)


def _timed_twice(suite: Page, variant: Variant, action: Action) -> tuple[float, float]:
    """Return when both stopwatches saw the texts that an action changes painted; of a chart the second knows nothing."""
    shown = {name: variant.shown(name) for name in action.changes}
    watched = [name for name, its in shown.items() if its.probe == "text"]
    texts = [(shown[name].selector, normalised(action.expected[name])) for name in watched]
    kind = "keydown" if isinstance(variant.gesture(action.control), Keys) else "pointerdown"
    suite.page.evaluate("([type, texts]) => secondStopwatch(type, texts)", [kind, texts])
    reading = suite.perform(action)
    if reading.reason:
        raise GestureError(f"{action.control}: {reading.reason}")
    second_ms: float = suite.page.evaluate("secondStopwatchSays")
    return max(reading.outputs[name].painted_ms or 0.0 for name in watched), second_ms


CALIBRATION = Calibration("cores", "what a second core changes for Chromium, by two stopwatches", _figures)
