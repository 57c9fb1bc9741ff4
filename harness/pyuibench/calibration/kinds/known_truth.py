"""Whether the suite finds a delay that it knows of, more precisely than a run looks: `analysis.known_delays`, twice over.

What of the pause itself is to be seen is stated as well.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from playwright.sync_api import Browser

from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.by_keys import by_keys
from pyuibench.calibration.figure import Figure
from pyuibench.calibration.wire_session import median_service_ms
from pyuibench.contract.known_delays import DELAYS_MS, KINDS, PAUSE_MS, SEED, limit_ms
from pyuibench.contract.states import initial_grid
from pyuibench.contract.walks import grid_actions
from pyuibench.entries.catalog import Variant
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.browser.page import GestureError, Page
from pyuibench.serving.server import Grid, Server

INSTRUMENTS = ("browser", "wire")
ROUNDS = 2
WARMUP = 2
HOLD_MS = 30
REST_MS = 40.0


@dataclass(frozen=True)
class Injected:
    """What a boot's server does before it answers."""

    delay_ms: float
    kind: str


AT_ONCE = Injected(0.0, "sleep")


def _figures(bench: Bench) -> Iterator[Figure]:
    """Yield for each instrument and delay what is recovered of it: the mean over rounds of median with less median without.

    Every round boots a server for each delay, in an order by chance. Raises ServerError, GestureError or WireError.
    """
    chance = random.Random(SEED)
    truths = [Injected(delay_ms, kind) for delay_ms in (0.0, *DELAYS_MS) for kind in KINDS]
    boots = [AT_ONCE, *(Injected(PAUSE_MS + truth.delay_ms, truth.kind) for truth in truths)]
    medians: dict[tuple[str, Injected], list[float]] = {}
    with chromium(bench.cores.browser) as browser:
        for number in range(ROUNDS):
            bench.told(f"  round {number + 1} of {ROUNDS}")
            for boot in chance.sample(boots, len(boots)):
                name = f"{number}-{boot.delay_ms:g}-{boot.kind}"
                for instrument, value_ms in _measured(browser, bench, boot, name):
                    medians.setdefault((instrument, boot), []).append(value_ms)
    yield from (_figure(medians, instrument, truth) for instrument in INSTRUMENTS for truth in truths)


def _figure(medians: dict[tuple[str, Injected], list[float]], instrument: str, truth: Injected) -> Figure:
    """Return what is recovered of a delay beyond the pause, or, where there is none, of the pause itself."""
    pause = Injected(PAUSE_MS, truth.kind)
    if not truth.delay_ms:
        label = f"{instrument}: the pause {KINDS[truth.kind]}, to be seen"
        seen_ms = _mean_difference(medians[instrument, pause], medians[instrument, AT_ONCE])
        return Figure(f"known_truth/{instrument}/pause/{truth.kind}", label, seen_ms, "ms")
    boot = Injected(PAUSE_MS + truth.delay_ms, truth.kind)
    recovered_ms = _mean_difference(medians[instrument, boot], medians[instrument, pause])
    label = f"{instrument}: {truth.delay_ms:g} ms {KINDS[truth.kind]}, recovered"
    name = f"known_truth/{instrument}/{truth.delay_ms:g}/{truth.kind}"
    return Figure(name, label, recovered_ms, "ms", limit_ms(truth.delay_ms), truth.delay_ms)


def _mean_difference(with_it: Sequence[float], without: Sequence[float]) -> float:
    return fmean(one - other for one, other in zip(with_it, without, strict=True))


def _measured(browser: Browser, bench: Bench, boot: Injected, name: str) -> Iterator[tuple[str, float]]:
    """Yield the median of one boot in each instrument, in milliseconds."""
    directory = bench.directory / name
    directory.mkdir()
    variant, built, count = bench.variant, bench.built, _count(bench)
    grid = Grid(1, boot.delay_ms, boot.kind)
    with Server(variant, built, "grid", directory / "log", grid=grid, cores=bench.cores.server) as server:
        server.await_ready()
        yield "wire", median_service_ms(variant, built, server.url, directory, "grid", count, WARMUP, REST_MS)
        yield "browser", _in_the_browser(browser, variant, server.url, count)


def _in_the_browser(browser: Browser, variant: Variant, url: str, count: int) -> float:
    times_ms = []
    with Page(browser, by_keys(variant), url, initial_grid(1).expected, HOLD_MS) as page:
        page.open()
        for action in itertools.islice(grid_actions(SEED, 1, downward=True), WARMUP + count):
            reading = page.perform(action)
            if reading.reason or reading.right_ms is None:
                raise GestureError(f"{action.control}: {reading.reason}")
            times_ms.append(reading.right_ms)
    return median(times_ms[WARMUP:])


def _count(bench: Bench) -> int:
    return max(bench.count // 3, 3)


CALIBRATION = Calibration("known_truth", "known delays of the server, as browser and wire find them", _figures)
