"""Whether the clocks of CPU time find work that is known: in the baseline's server, and in its page."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser

from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.figure import Figure
from pyuibench.contract.known_delays import SEED
from pyuibench.contract.states import initial_grid
from pyuibench.contract.walks import grid_actions
from pyuibench.entries.catalog import Variant
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.browser.cpu_time import CpuClocks, CpuTime, thread_ns
from pyuibench.instruments.browser.page import GestureError, Page
from pyuibench.serving.server import Grid, Server

WORK_MS = (1.0, 5.0, 20.0)
WHERE = {
    "server": "the server's processes",
    "renderer": "the page's process",
    "main_thread": "the page's main thread",
}
LIMIT_SHARE = 0.05
READ_LIMIT_US = 50.0
READS = 1000
WARMUP = 3
HOLD_MS = 50
REST_S = 0.06
# A page can't read a clock of CPU time, so its work is counted: so many rounds take a millisecond, by its thread's own count.
ROUNDS = "(count) => { let sum = 0; for (let i = 0; i < count; i++) sum += Math.sqrt(i % 7); return sum }"
TRIAL = 50_000_000
TRIALS = 4
"""The first are slower, as they are not yet compiled."""
BURNS = f"""() => {{
    const rounds = {ROUNDS};
    window.pyuibenchRounds = 0;
    addEventListener("input", () => rounds(window.pyuibenchRounds), true);
}}"""


@dataclass(frozen=True)
class Taken:
    """Median CPU time of one change, in milliseconds."""

    server_ms: float
    renderer_ms: float
    main_thread_ms: float


def _figures(bench: Bench) -> Iterator[Figure]:
    """Yield what starting the clocks takes, and what is recovered of known work, by some changes of one cell each.

    Raises ServerError or GestureError.
    """
    with chromium(bench.cores.browser) as browser:
        found: dict[float, Taken] = {}
        for work_ms in (0.0, *WORK_MS):
            with _served(bench, work_ms) as server, _opened(browser, bench.variant, server) as place:
                if not work_ms:
                    yield Figure(
                        "cpu/clocks", "CPU clocks, started once", _starting_us(place.page), "us", READ_LIMIT_US
                    )
                found[work_ms] = place.taken((0.0,), _count(bench))[0.0]
        for work_ms in WORK_MS:
            yield _recovered("server", work_ms, found[work_ms].server_ms - found[0.0].server_ms)
        with _served(bench, 0.0) as server, _opened(browser, bench.variant, server) as place:
            found = place.taken((0.0, *WORK_MS), _count(bench))
    for work_ms in WORK_MS:
        yield _recovered("renderer", work_ms, found[work_ms].renderer_ms - found[0.0].renderer_ms)
        yield _recovered("main_thread", work_ms, found[work_ms].main_thread_ms - found[0.0].main_thread_ms)


def _count(bench: Bench) -> int:
    return max(bench.count // 6, 3)


def _recovered(where: str, work_ms: float, found_ms: float) -> Figure:
    label = f"CPU of {WHERE[where]}: {work_ms:g} ms, recovered"
    return Figure(f"cpu/{where}/{work_ms:g}", label, found_ms, "ms", LIMIT_SHARE * work_ms, work_ms)


@contextmanager
def _served(bench: Bench, work_ms: float) -> Iterator[Server]:
    """Serve the page of one cell, whose change has the server work for so many milliseconds of its CPU."""
    grid = Grid(1, work_ms, "cpu")
    log = bench.directory / f"{work_ms:g}"
    with Server(bench.variant, bench.built, "grid", log, grid=grid, cores=bench.cores.server) as server:
        server.await_ready()
        yield server


class _Opened:
    """The page of one cell, which can be made to work at every change."""

    def __init__(self, page: Page, clocks: CpuClocks) -> None:
        self.page, self._clocks = page, clocks
        self._chance = random.Random(SEED)
        self._actions = grid_actions(SEED, 1, downward=True)

    def taken(self, works_ms: Sequence[float], count: int) -> dict[float, Taken]:
        """Return what changes take at the median, `count` for each kind of work in the page: in turns, in an order by chance."""
        rounds_per_ms = self._rounds_per_ms()
        self.page.page.evaluate(BURNS)
        found: dict[float, list[CpuTime]] = {work_ms: [] for work_ms in works_ms}
        for _ in range(WARMUP + count):
            for work_ms in self._chance.sample(works_ms, len(works_ms)):
                self.page.page.evaluate("(rounds) => { pyuibenchRounds = rounds }", round(work_ms * rounds_per_ms))
                found[work_ms].append(self._change())
        return {work_ms: _medians(its[WARMUP:]) for work_ms, its in found.items()}

    def _change(self) -> CpuTime:
        action = next(self._actions)
        if reason := self.page.perform(action).reason:
            raise GestureError(f"{action.control}: {reason}")
        time.sleep(REST_S)
        return self._clocks.spent()

    def _rounds_per_ms(self) -> float:
        taken_ns = []
        for _ in range(TRIALS):
            before_ns = thread_ns(self.page.cdp)
            self.page.page.evaluate(ROUNDS, TRIAL)
            taken_ns.append(thread_ns(self.page.cdp) - before_ns)
        return TRIAL / (min(taken_ns) / 1e6)


@contextmanager
def _opened(browser: Browser, variant: Variant, server: Server) -> Iterator[_Opened]:
    with Page(browser, variant, server.url, initial_grid(1).expected, HOLD_MS) as page:
        clocks = CpuClocks(browser, page, server.supervisor_pids)
        page.open()
        clocks.opened()
        yield _Opened(page, clocks)


def _medians(taken: Sequence[CpuTime]) -> Taken:
    return Taken(
        *(
            median(one[name] or 0.0 for one in taken)
            for name in ("server_tree_cpu_ms", "renderer_cpu_ms", "main_thread_cpu_ms")
        )
    )


def _starting_us(page: Page) -> float:
    began_ns = time.perf_counter_ns()
    for _ in range(READS):
        page.at_start()
    return (time.perf_counter_ns() - began_ns) / READS / 1e3


CALIBRATION = Calibration("cpu", "the clocks of CPU time, and known work as they find it", _figures)
