"""Whether the clocks of CPU time find work that is known: in the baseline's server, and in its page."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from math import hypot, sqrt
from statistics import median, quantiles
from typing import Literal, TypeAlias

from playwright.sync_api import Browser

from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.by_keys import by_keys
from pyuibench.calibration.figure import Figure
from pyuibench.contract.known_delays import SEED
from pyuibench.contract.states import initial_grid
from pyuibench.contract.walks import grid_actions
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.browser.cpu_time import CpuClocks, CpuTime, thread_ns
from pyuibench.instruments.browser.page import GestureError, Page
from pyuibench.serving.server import Grid, Server

CpuColumn: TypeAlias = Literal["server_tree_cpu_ms", "renderer_cpu_ms", "main_thread_cpu_ms"]
WORK_MS = (1.0, 5.0, 20.0)
WHERE = {
    "server": "the server's processes",
    "renderer": "the page's process",
    "main_thread": "the page's main thread",
}
LIMIT_SHARE = 0.05
ERRORS = 2.0
"""A work may be missed by so many standard errors: what all else in a browser's process takes scatters by milliseconds."""
READ_LIMIT_US = 50.0
READS = 1000
WARMUP = 3
HOLD_MS = 50
REST_S = 0.06
# A page can't read a clock of CPU time, so its work is counted: so many rounds take a millisecond, by its thread's own count. How
# long they take changes with what else the machine does, so the thread is asked again and again.
WORK = """() => {
    window.pyuibenchWork = (count) => { let sum = 0; for (let i = 0; i < count; i++) sum += Math.sqrt(i % 7); return sum };
    window.pyuibenchRounds = 0;
    addEventListener("input", () => pyuibenchWork(pyuibenchRounds), true);
}"""
TRIAL = 50_000_000
TRIALS = 4
"""The first are slower, as they are not yet compiled."""


def _figures(bench: Bench) -> Iterator[Figure]:
    """Yield what starting the clocks takes, and what is recovered of known work, by some changes of one cell each.

    All works take turns, in an order by chance, since a machine isn't as fast in one minute as in another. Raises ServerError or
    GestureError.
    """
    chance = random.Random(SEED)
    with chromium(bench.cores.browser) as browser, ExitStack() as opened:
        places = {work_ms: opened.enter_context(_opened(bench, browser, work_ms)) for work_ms in (0.0, *WORK_MS)}
        yield Figure("cpu/clocks", "CPU clocks, started once", _starting_us(places[0.0].page), "us", READ_LIMIT_US)
        found = _in_turns(chance, {work_ms: place.change for work_ms, place in places.items()}, bench.count)
        for work_ms in WORK_MS:
            yield _recovered("server", "server_tree_cpu_ms", work_ms, found)
        place = _Working(places[0.0])
        found = _in_turns(chance, {work_ms: partial(place.change, work_ms) for work_ms in places}, bench.count)
        for work_ms in WORK_MS:
            said_ms = place.said_ms(work_ms) - place.said_ms(0.0)
            yield _recovered("renderer", "renderer_cpu_ms", work_ms, found, said_ms)
            yield _recovered("main_thread", "main_thread_cpu_ms", work_ms, found, said_ms)


def _in_turns(
    chance: random.Random, changes: Mapping[float, Callable[[], CpuTime]], count: int
) -> dict[float, list[CpuTime]]:
    """Return for each work what `count` changes take, after some that don't count."""
    found: dict[float, list[CpuTime]] = {work_ms: [] for work_ms in changes}
    for _ in range(WARMUP + count):
        for work_ms in chance.sample(list(changes), len(changes)):
            found[work_ms].append(changes[work_ms]())
    return {work_ms: taken[WARMUP:] for work_ms, taken in found.items()}


def _recovered(
    where: str,
    column: CpuColumn,
    work_ms: float,
    found: Mapping[float, Sequence[CpuTime]],
    said_ms: float | None = None,
) -> Figure:
    """Return what is recovered of a work: the median with it less that without, of the work as it is if `said_ms` knows that."""
    with_it, without = ([taken[column] or 0.0 for taken in found[work]] for work in (work_ms, 0.0))
    recovered_ms = (median(with_it) - median(without)) * work_ms / (said_ms or work_ms)
    error_ms = hypot(_standard_error(with_it), _standard_error(without))
    label = f"CPU of {WHERE[where]}: {work_ms:g} ms, recovered, with a standard error of {error_ms:.2f} ms"
    limit_ms = max(LIMIT_SHARE * work_ms, ERRORS * error_ms)
    return Figure(f"cpu/{where}/{work_ms:g}", label, recovered_ms, "ms", limit_ms, work_ms)


def _standard_error(values: Sequence[float]) -> float:
    """Return the standard error of the median.

    Of normal values it is sqrt(pi / 2) = 1.253 times that of the mean; 1.349 standard deviations lie between the quartiles.
    """
    low, _, high = quantiles(values, n=4)
    return 1.253 * (high - low) / 1.349 / sqrt(len(values))


class _Opened:
    """A page with the clocks of CPU time, and what is done in it."""

    def __init__(self, page: Page, clocks: CpuClocks) -> None:
        self.page, self._clocks = page, clocks
        self._actions = grid_actions(SEED, 1, downward=True)

    def change(self) -> CpuTime:
        """Return what a change takes."""
        action = next(self._actions)
        if reason := self.page.perform(action).reason:
            raise GestureError(f"{action.control}: {reason}")
        time.sleep(REST_S)
        return self._clocks.spent()


class _Working:
    """A page that works for a known time at every change."""

    def __init__(self, place: _Opened) -> None:
        """Find out how fast the page is."""
        self._place, self._page = place, place.page
        self._said_ms: dict[float, list[float]] = {}
        self._page.page.evaluate(WORK)
        self._rounds_per_ms = TRIAL / min(self._taken_ms(TRIAL) for _ in range(TRIALS))

    def change(self, work_ms: float) -> CpuTime:
        """Return what a change takes with this work; before it the page's thread says what the work takes just now."""
        rounds = round(work_ms * self._rounds_per_ms)
        self._said_ms.setdefault(work_ms, []).append(self._taken_ms(rounds))
        self._page.page.evaluate("(rounds) => { pyuibenchRounds = rounds }", rounds)
        return self._place.change()

    def said_ms(self, work_ms: float) -> float:
        """Return what a work took at the median, as the page's thread says, with what it takes to ask for it."""
        return median(self._said_ms[work_ms])

    def _taken_ms(self, rounds: int) -> float:
        before_ns = thread_ns(self._page.cdp)
        self._page.page.evaluate("(rounds) => pyuibenchWork(rounds)", rounds)
        return (thread_ns(self._page.cdp) - before_ns) / 1e6


@contextmanager
def _opened(bench: Bench, browser: Browser, work_ms: float) -> Iterator[_Opened]:
    """Open the page of one cell of a server that works for so many milliseconds of its CPU at each change."""
    grid = Grid(1, work_ms, "cpu")
    log = bench.directory / f"{work_ms:g}"
    with Server(bench.variant, bench.built, "grid", log, grid=grid, cores=bench.cores.server) as server:
        server.await_ready()
        with Page(browser, by_keys(bench.variant), server.url, initial_grid(1).expected, HOLD_MS) as page:
            clocks = CpuClocks(browser, page, server.supervisor_pids)
            page.open()
            clocks.opened()
            yield _Opened(page, clocks)


def _starting_us(page: Page) -> float:
    began_ns = time.perf_counter_ns()
    for _ in range(READS):
        page.at_start()
    return (time.perf_counter_ns() - began_ns) / READS / 1e3


CALIBRATION = Calibration("cpu", "the clocks of CPU time, and known work as they find it", _figures)
