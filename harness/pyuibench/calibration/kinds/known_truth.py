"""Whether the suite finds a delay that it knows of, more precisely than a run looks: `analysis.known_delays`, four times over.

What of the pause itself is to be seen is stated as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from statistics import median
from typing import TypeAlias

from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.by_keys import by_keys
from pyuibench.calibration.figure import Figure
from pyuibench.calibration.wire_session import TimedPage, timed_rows
from pyuibench.contract.known_delays import DELAYS_MS, KINDS, SEED, Truth, limit_ms, with_pauses
from pyuibench.contract.states import initial_grid
from pyuibench.contract.walks import grid_actions
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.browser.page import GestureError, Page
from pyuibench.results.records import CellCosts
from pyuibench.serving.server import Server, WorkloadSettings

Cost: TypeAlias = tuple[float, str]
AT_ONCE: Cost = (0.0, "sleep")
ROUNDS = 2
"""So many for each three gestures that are asked for."""
WARMUP_ROUNDS = 2
HOLD_MS = 30
REST_MS = 40.0


def _figures(bench: Bench) -> Iterator[Figure]:
    """Yield for each instrument and delay what is recovered of it: median with less median without.

    One server has each delay in a cell of its own. Cells take turns in an order by chance: a machine isn't as fast in one second
    as in another. Raises ServerError, GestureError or WireError.
    """
    truths = with_pauses(Truth(delay_ms, kind) for delay_ms in DELAYS_MS for kind in KINDS)
    costs: CellCosts = (AT_ONCE, *((truth.cost_ms, truth.kind) for truth in truths))
    rounds = ROUNDS * max(bench.count // 3, 3)
    grid = WorkloadSettings(len(costs), cell_costs=costs)
    log = bench.directory / "log"
    with Server(bench.variant, bench.built, "grid", log, workload=grid, cores=bench.cores.server) as server:
        server.await_ready()
        served = TimedPage(server.url, "grid", costs)
        bench.told("  on the wire")
        on_the_wire = _medians(_on_the_wire(bench, served, rounds))
        yield from (_figure("wire", on_the_wire, truth) for truth in truths)
        bench.told("  in the browser")
        in_the_browser = _medians(_in_the_browser(bench, served, rounds))
        yield from (_figure("browser", in_the_browser, truth) for truth in truths)


def _figure(instrument: str, medians: Mapping[Cost, float], truth: Truth) -> Figure:
    """Return what is recovered of a delay beyond the pause, or, where there is none, of the pause itself."""
    pause = (Truth(0.0, truth.kind).cost_ms, truth.kind)
    if not truth.delay_ms:
        label = f"{instrument}: the pause {KINDS[truth.kind]}, to be seen"
        return Figure(f"known_truth/{instrument}/pause/{truth.kind}", label, medians[pause] - medians[AT_ONCE], "ms")
    recovered_ms = medians[truth.cost_ms, truth.kind] - medians[pause]
    label = f"{instrument}: {truth.delay_ms:g} ms {KINDS[truth.kind]}, recovered"
    name = f"known_truth/{instrument}/{truth.delay_ms:g}/{truth.kind}"
    return Figure(name, label, recovered_ms, "ms", limit_ms(truth.delay_ms), truth.delay_ms)


def _medians(times_ms: Iterable[tuple[Cost, float]]) -> dict[Cost, float]:
    """Return what a change of the cell of each cost took, in milliseconds."""
    by_cost: defaultdict[Cost, list[float]] = defaultdict(list)
    for cost, time_ms in times_ms:
        by_cost[cost].append(time_ms)
    return {cost: median(times) for cost, times in by_cost.items()}


def _on_the_wire(bench: Bench, served: TimedPage, rounds: int) -> Iterator[tuple[Cost, float]]:
    """Yield cost and milliseconds of each change."""
    directory = bench.directory / "wire"
    directory.mkdir()
    turn = len(served.cell_costs)
    for row in timed_rows(bench, served, directory, rounds * turn, WARMUP_ROUNDS * turn, REST_MS):
        yield (row["grid_cost_ms"], row["grid_cost_kind"]), row["service_ms"]


def _in_the_browser(bench: Bench, served: TimedPage, rounds: int) -> Iterator[tuple[Cost, float]]:
    """Yield cost and milliseconds of each change."""
    costs = served.cell_costs
    cells, warmup = len(costs), WARMUP_ROUNDS * len(costs)
    actions = islice(grid_actions(SEED, cells, downward=True, in_rounds=True), warmup + rounds * cells)
    initial = initial_grid(cells).expected
    with (
        chromium(bench.cores.browser) as browser,
        Page(browser, by_keys(bench.variant), served.url, initial, HOLD_MS) as page,
    ):
        page.open()
        for number, action in enumerate(actions):
            reading = page.perform(action)
            if reading.reason or reading.right_ms is None:
                raise GestureError(f"{action.control}: {reading.reason}")
            if number >= warmup:
                yield costs[int(action.control.partition("-")[2])], reading.right_ms


CALIBRATION = Calibration("known_truth", "known delays of the server, as browser and wire find them", _figures)
