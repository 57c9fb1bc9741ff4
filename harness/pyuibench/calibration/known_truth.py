"""Whether the suite finds a delay that it knows of: the control's server waits, or computes, for so long before it answers.

The delay is the cost of the scaling page's one cell: user code like any other, to which nothing in the harness is tuned.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from playwright.sync_api import Browser

from pyuibench.browser.page import GestureError, Page
from pyuibench.calibration.figure import Figure
from pyuibench.calibration.wire import median_service_ms
from pyuibench.catalog import Variant
from pyuibench.environment import Environment
from pyuibench.machine import Cores
from pyuibench.server import Grid, Server
from pyuibench.spec import grid_actions, initial_grid

DELAYS_MS = (1.0, 5.0, 20.0, 100.0)
KINDS = {"sleep": "asleep", "cpu": "on the CPU"}
INSTRUMENTS = ("browser", "wire")
ROUNDS = 3
WARMUP = 2
HOLD_MS = 50
REST_MS = 60.0
LEAST_LIMIT_MS = 0.5
LIMIT_SHARE = 0.05
STATED_ONLY_MS = 1.0
"""Of this delay no precision is asked; whether it can be told from none is seen in runs of many boots."""
SEED = 7


@dataclass(frozen=True)
class Injected:
    """What a boot's server does before it answers."""

    delay_ms: float
    kind: str


NOTHING = Injected(0.0, "sleep")


@dataclass(frozen=True)
class Place:
    """What the boots have in common."""

    variant: Variant
    built: Environment
    cores: Cores
    directory: Path
    count: int


def known_truth(
    browser: Browser, place: Place, delays_ms: Sequence[float] = DELAYS_MS, rounds: int = ROUNDS
) -> list[Figure]:
    """Return for each instrument and delay what is recovered of it: the mean over rounds of median with less median without.

    Every round boots a server for each delay, in an order by chance. Raises ServerError, GestureError or WireError.
    """
    chance = random.Random(SEED)
    boots = [NOTHING, *(Injected(delay_ms, kind) for delay_ms in delays_ms for kind in KINDS)]
    medians: dict[tuple[str, Injected], list[float]] = {}
    for number in range(rounds):
        for boot in chance.sample(boots, len(boots)):
            name = f"{number}-{boot.delay_ms:g}-{boot.kind}"
            for instrument, value_ms in _measured(browser, place, boot, name):
                medians.setdefault((instrument, boot), []).append(value_ms)
    return [_figure(medians, instrument, boot) for instrument in INSTRUMENTS for boot in boots[1:]]


def _figure(medians: dict[tuple[str, Injected], list[float]], instrument: str, boot: Injected) -> Figure:
    pairs = zip(medians[instrument, boot], medians[instrument, NOTHING], strict=True)
    limit = None if boot.delay_ms <= STATED_ONLY_MS else max(LEAST_LIMIT_MS, LIMIT_SHARE * boot.delay_ms)
    name = f"{instrument}: {boot.delay_ms:g} ms {KINDS[boot.kind]}, recovered"
    return Figure(name, fmean(with_it - without for with_it, without in pairs), "ms", limit, boot.delay_ms)


def _measured(browser: Browser, place: Place, boot: Injected, name: str) -> Iterator[tuple[str, float]]:
    """Yield the median of one boot in each instrument, in milliseconds."""
    directory = place.directory / name
    directory.mkdir()
    grid = Grid(1, boot.delay_ms, boot.kind)
    log = directory / "log"
    with Server(place.variant, place.built, "grid", log, grid=grid, cores=place.cores.server) as server:
        server.await_ready()
        yield (
            "wire",
            median_service_ms(place.variant, place.built, server.url, directory, "grid", place.count, WARMUP, REST_MS),
        )
        yield "browser", _in_the_browser(browser, place, server)


def _in_the_browser(browser: Browser, place: Place, server: Server) -> float:
    times_ms = []
    with Page(browser, place.variant, server.url, initial_grid(1).expected, HOLD_MS) as page:
        page.open()
        for action in itertools.islice(grid_actions(SEED, 1, downward=True), WARMUP + place.count):
            page.page.wait_for_timeout(REST_MS)
            reading = page.perform(action)
            if reading.reason or reading.dom_ms is None:
                raise GestureError(f"{action.control}: {reading.reason}")
            times_ms.append(reading.dom_ms)
    return median(times_ms[WARMUP:])
