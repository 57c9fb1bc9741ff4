"""Whether the suite finds a delay that it knows of, more precisely than a run looks: `analysis.known_delays`, twice over.

What of the pause itself is to be seen is stated as well.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import fmean, median

from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.by_keys import by_keys
from pyuibench.calibration.figure import Figure
from pyuibench.calibration.wire_session import median_service_ms
from pyuibench.contract.known_delays import DELAYS_MS, KINDS, PAUSE_MS, SEED, limit_ms
from pyuibench.contract.states import Action, initial_grid
from pyuibench.contract.walks import grid_actions
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

    A server for each delay runs all the while, and they take turns in an order by chance: a machine isn't as fast in one minute
    as in another. Raises ServerError, GestureError or WireError.
    """
    chance = random.Random(SEED)
    truths = [Injected(delay_ms, kind) for delay_ms in (0.0, *DELAYS_MS) for kind in KINDS]
    boots = [AT_ONCE, *(Injected(PAUSE_MS + truth.delay_ms, truth.kind) for truth in truths)]
    with ExitStack() as running:
        urls = {boot: running.enter_context(_served(bench, boot)) for boot in boots}
        medians = {("wire", boot): found for boot, found in _on_the_wire(bench, chance, urls).items()}
        medians |= {("browser", boot): found for boot, found in _in_the_browser(bench, chance, urls).items()}
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


@contextmanager
def _served(bench: Bench, boot: Injected) -> Iterator[str]:
    """Serve the page of one cell, whose change is answered after a time; yield its address."""
    grid = Grid(1, boot.delay_ms, boot.kind)
    log = bench.directory / f"{_name(boot)}.log"
    with Server(bench.variant, bench.built, "grid", log, grid=grid, cores=bench.cores.server) as server:
        server.await_ready()
        yield server.url


def _on_the_wire(bench: Bench, chance: random.Random, urls: Mapping[Injected, str]) -> dict[Injected, list[float]]:
    """Return the median of each round, in milliseconds."""
    medians: dict[Injected, list[float]] = {boot: [] for boot in urls}
    for number in range(ROUNDS):
        bench.told(f"  on the wire, round {number + 1} of {ROUNDS}")
        for boot in chance.sample(list(urls), len(urls)):
            directory = bench.directory / f"{number}-{_name(boot)}"
            directory.mkdir()
            amount = (_count(bench), WARMUP, REST_MS)
            median_ms = median_service_ms(bench.variant, bench.built, urls[boot], directory, "grid", *amount)
            medians[boot].append(median_ms)
    return medians


def _in_the_browser(bench: Bench, chance: random.Random, urls: Mapping[Injected, str]) -> dict[Injected, list[float]]:
    """Return the median of as many turns as the rounds have actions, in milliseconds."""
    bench.told("  in the browser")
    variant, times_ms = by_keys(bench.variant), {boot: list[float]() for boot in urls}
    actions = {boot: grid_actions(SEED, 1, downward=True) for boot in urls}
    with chromium(bench.cores.browser) as browser, ExitStack() as opened:
        pages = {
            boot: opened.enter_context(Page(browser, variant, url, initial_grid(1).expected, HOLD_MS))
            for boot, url in urls.items()
        }
        for page in pages.values():
            page.open()
        for _ in range(WARMUP + ROUNDS * _count(bench)):
            for boot in chance.sample(list(urls), len(urls)):
                times_ms[boot].append(_right_ms(pages[boot], next(actions[boot])))
    return {boot: [median(times[WARMUP:])] for boot, times in times_ms.items()}


def _right_ms(page: Page, action: Action) -> float:
    reading = page.perform(action)
    if reading.reason or reading.right_ms is None:
        raise GestureError(f"{action.control}: {reading.reason}")
    return reading.right_ms


def _name(boot: Injected) -> str:
    return f"{boot.delay_ms:g}-{boot.kind}"


def _count(bench: Bench) -> int:
    return max(bench.count // 3, 3)


CALIBRATION = Calibration("known_truth", "known delays of the server, as browser and wire find them", _figures)
