"""Whether the clocks of CPU time find work that is known: in the baseline's server, and in its page."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, product
from math import hypot, sqrt
from statistics import fmean, median, quantiles
from typing import Literal, TypeAlias

from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.by_keys import by_keys
from pyuibench.calibration.figure import Figure
from pyuibench.contract.known_delays import SEED
from pyuibench.contract.states import Action, initial_grid
from pyuibench.contract.walks import grid_actions
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.browser.cpu_time import CpuClocks, CpuTime, thread_ns
from pyuibench.instruments.browser.page import GestureError, Page
from pyuibench.serving.server import Server, WorkloadSettings

CpuColumn: TypeAlias = Literal["server_tree_cpu_ms", "renderer_cpu_ms", "main_thread_cpu_ms"]
Work: TypeAlias = tuple[Literal["server", "page"], float]
"""Where it is done, and for how many milliseconds of CPU."""
WORK_MS = (1.0, 5.0, 20.0)
WORKS: tuple[Work, ...] = tuple(product(("server", "page"), (0.0, *WORK_MS)))
"""That of each cell of the page."""
WHERE = {
    "server": "the server's processes",
    "renderer": "the page's process",
    "main_thread": "the page's main thread",
}
LIMIT_SHARE = 0.05
ERRORS = 3.0
"""A work may be missed by so many standard errors: what all else in a browser's process takes scatters by milliseconds.

There are nine of them: one misses by two standard errors in a third of all calibrations, by three in one of forty.
"""
READ_LIMIT_US = 50.0
READS = 1000
WARMUP_ROUNDS = 3
HOLD_MS = 50
REST_S = 0.06
# A page can't read a clock of CPU time, so its work is counted: so many rounds take a millisecond, by its thread's own count. How
# long they take changes with what else the machine does, so the page says each time how long they took by its clock.
WORK = """() => {
    window.pyuibenchWork = (count) => { let sum = 0; for (let i = 0; i < count; i++) sum += Math.sqrt(i % 7); return sum };
    window.pyuibenchRounds = 0;
    addEventListener("input", () => {
        const began = performance.now();
        pyuibenchWork(pyuibenchRounds);
        window.pyuibenchTook = performance.now() - began;
    }, true);
}"""
TRIAL = 50_000_000
TRIALS = 4
"""The first are slower, as they are not yet compiled."""


def _figures(bench: Bench) -> Iterator[Figure]:
    """Yield what starting the clocks takes, and what is recovered of known work, by some changes of one cell each.

    Each cell has a work of its own, in the server or in the page, and cells take turns in an order by chance: a machine isn't as
    fast in one second as in another. Raises ServerError or GestureError.
    """
    cells = len(WORKS)
    actions = grid_actions(SEED, cells, downward=True, in_rounds=True)
    with _opened(bench) as working:
        yield Figure("cpu/clocks", "CPU clocks, started once", _starting_us(working.page), "us", READ_LIMIT_US)
        for action in islice(actions, WARMUP_ROUNDS * cells):
            working.change(action)
        found: dict[Work, list[CpuTime]] = {work: [] for work in WORKS}
        said_ms: dict[Work, list[float]] = {work: [] for work in WORKS}
        for action in islice(actions, bench.count * cells):
            work = work_of(action)
            found[work].append(working.change(action))
            said_ms[work].append(working.page_worked_ms())
    for work_ms in WORK_MS:
        yield _recovered("server", "server_tree_cpu_ms", found["server", work_ms], found["server", 0.0], work_ms)
    for work_ms in WORK_MS:
        of_page = found["page", work_ms], found["page", 0.0], work_ms, _middle(said_ms["page", work_ms])
        yield _recovered("renderer", "renderer_cpu_ms", *of_page)
        yield _recovered("main_thread", "main_thread_cpu_ms", *of_page)


def work_of(action: Action) -> Work:
    """Return the work of the cell that an action changes."""
    return WORKS[int(action.control.partition("-")[2])]


def _recovered(
    where: str,
    column: CpuColumn,
    with_work: Sequence[CpuTime],
    without: Sequence[CpuTime],
    work_ms: float,
    said_ms: float | None = None,
) -> Figure:
    """Return what is recovered of a work: the median with it less that without, of the work as it is if `said_ms` knows that."""
    with_ms, without_ms = ([taken[column] or 0.0 for taken in side] for side in (with_work, without))
    recovered_ms = (median(with_ms) - median(without_ms)) * work_ms / (said_ms or work_ms)
    error_ms = hypot(_standard_error(with_ms), _standard_error(without_ms))
    label = f"CPU of {WHERE[where]}: {work_ms:g} ms, recovered, with a standard error of {error_ms:.2f} ms"
    limit_ms = max(LIMIT_SHARE * work_ms, ERRORS * error_ms)
    return Figure(f"cpu/{where}/{work_ms:g}", label, recovered_ms, "ms", limit_ms, work_ms)


def _standard_error(values: Sequence[float]) -> float:
    """Return the standard error of the median.

    Of normal values it is sqrt(pi / 2) = 1.253 times that of the mean; 1.349 standard deviations lie between the quartiles.
    """
    low, _, high = quantiles(values, n=4)
    return 1.253 * (high - low) / 1.349 / sqrt(len(values))


def _middle(values: Sequence[float]) -> float:
    """Return the mean of the middle half: a page's clock has steps of 0.1 ms, and some values hold what else the machine did."""
    quarter = len(values) // 4
    return fmean(sorted(values)[quarter : len(values) - quarter])


class _Working:
    """A page with the clocks of CPU time, of whose cells some work in the server and some in the page itself."""

    def __init__(self, page: Page, clocks: CpuClocks) -> None:
        """Find out how fast the page is."""
        self.page, self._clocks = page, clocks
        page.page.evaluate(WORK)
        self._rounds_per_ms = TRIAL / min(self._taken_ms(TRIAL) for _ in range(TRIALS))

    def change(self, action: Action) -> CpuTime:
        """Return what a change takes."""
        where, work_ms = work_of(action)
        rounds = round(work_ms * self._rounds_per_ms) if where == "page" else 0
        self.page.page.evaluate("(rounds) => { pyuibenchRounds = rounds }", rounds)
        if reason := self.page.perform(action).reason:
            raise GestureError(f"{action.control}: {reason}")
        time.sleep(REST_S)
        return self._clocks.spent()

    def page_worked_ms(self) -> float:
        """Return for how long the page worked at the last change, as its clock says."""
        return float(self.page.page.evaluate("() => pyuibenchTook"))

    def _taken_ms(self, rounds: int) -> float:
        before_ns = thread_ns(self.page.cdp)
        self.page.page.evaluate("(rounds) => pyuibenchWork(rounds)", rounds)
        return (thread_ns(self.page.cdp) - before_ns) / 1e6


@contextmanager
def _opened(bench: Bench) -> Iterator[_Working]:
    """Open the page of cells, of which some have work in the server."""
    costs = tuple((work_ms if where == "server" else 0.0, "cpu") for where, work_ms in WORKS)
    grid = WorkloadSettings(len(costs), cell_costs=costs)
    log = bench.directory / "log"
    with (
        Server(bench.variant, bench.built, "grid", log, workload=grid, cores=bench.cores.server) as server,
        chromium(bench.cores.browser) as browser,
    ):
        server.await_ready()
        with Page(browser, by_keys(bench.variant), server.url, initial_grid(len(costs)).expected, HOLD_MS) as page:
            clocks = CpuClocks(page, server.supervisor_pids)
            page.open()
            clocks.opened()
            yield _Working(page, clocks)


def _starting_us(page: Page) -> float:
    began_ns = time.perf_counter_ns()
    for _ in range(READS):
        page.at_start()
    return (time.perf_counter_ns() - began_ns) / READS / 1e3


CALIBRATION = Calibration("cpu", "the clocks of CPU time, and known work as they find it", _figures)
