"""Measures the harness itself, on the baseline: what measuring costs, and whether the stopwatch tells the truth."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from pyuibench.calibration.figure import Figure
from pyuibench.calibration.generator import RATES_PER_S, generator_figures
from pyuibench.calibration.known_truth import ROUNDS, Begun, Place, known_truth
from pyuibench.calibration.relay import relay_figures
from pyuibench.calibration.wire import median_service_ms
from pyuibench.contract.known_delays import DELAYS_MS
from pyuibench.contract.states import Action, initial_app
from pyuibench.entries.catalog import Entry, Variant
from pyuibench.errors import UserError
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.browser.page import Page, Reading
from pyuibench.instruments.browser.trace import CATEGORIES, MARK, Traced, gestures
from pyuibench.project import WORKLOAD
from pyuibench.serving import environment, machine
from pyuibench.serving.environment import Environment
from pyuibench.serving.server import Server

STOPWATCH_LIMIT_MS = 2.0
WIRE_LIMIT_RATIO = 2.0
LEDGER_LIMIT_US = 2.0
WIRE_WARMUP = 20
WIRE_INTERVAL_MS = 1.0
ALIGNMENT_LIMIT_NS = 20_000_000
LEDGER_BENCHMARK = WORKLOAD / "benchmarks" / "ledger.py"


def calibrate(
    entries: Mapping[str, Entry],
    count: int,
    delays_ms: Sequence[float] = DELAYS_MS,
    rounds: int = ROUNDS,
    rates_per_s: Sequence[int] = RATES_PER_S,
    begun: Begun = lambda _: None,
) -> Iterator[Figure]:
    """Yield each figure as it is taken: `count` gestures, ten times as many messages, a third as many at each known delay.

    The load generator is asked for each of the rates, until it no longer keeps up. `begun` is told what is measured next.

    Raises UserError when there is no baseline.
    """
    baseline = next((entry for entry in entries.values() if entry.table.baseline), None)
    if baseline is None:
        raise UserError("There is no baseline to calibrate on; give its directory with --apps.")
    variant = baseline.variants[0]
    built = environment.prepare(baseline)
    cores = machine.share_cores(machine.available_cores())
    with tempfile.TemporaryDirectory(prefix="pyuibench-calibrate-") as name, machine.on_cores(cores.harness):
        directory = Path(name)
        with Server(variant, built, "app", directory / "log", cores=cores.server) as server:
            server.await_ready()
            begun("the stopwatch against the browser's trace")
            yield from _stopwatch(variant, server.url, count, cores.browser)
            begun("the wire instrument against a bare client")
            yield from _wire(variant, built, server, directory, count * 10)
            begun("the ledger of the user's code")
            yield Figure("ledger, one record", _ledger_us(built), "us", LEDGER_LIMIT_US)
            begun("the relay against its nominal round trips")
            yield from relay_figures(count)
            begun("the load generator at ever higher rates")
            yield from generator_figures(variant, built, server.url, directory, rates_per_s)
        with chromium(cores.browser) as browser:
            place = Place(variant, built, cores, directory, max(count // 3, 3))
            yield from known_truth(browser, place, delays_ms, rounds, begun)


def clicks(count: int) -> Iterator[Action]:
    """Yield so many clicks on the counter."""
    state = initial_app()
    for clicked in range(1, count + 1):
        state, action = state.act("unrelated", "increment", clicked, ("count",))
        yield action


def _stopwatch(variant: Variant, url: str, count: int, cores: Sequence[int]) -> Iterator[Figure]:
    pairs = list(_aligned(*_traced_clicks(variant, url, count, cores)))
    if len(pairs) < count // 2:
        raise UserError(
            f"Only {len(pairs)} of {count} gestures were found in the trace; is this Chromium very old or new?"
        )
    paint = [reading.painted_ms - traced.commit_ms for reading, traced in pairs if reading.painted_ms is not None]
    right = [reading.right_ms - traced.right_ms for reading, traced in pairs if reading.right_ms is not None]
    yield Figure("gestures found in the trace", len(pairs), f"of {count}")
    yield Figure("stopwatch `painted`, median", median(r.painted_ms or 0 for r, _ in pairs), "ms")
    yield Figure("trace: event to commit, median", median(t.commit_ms for _, t in pairs), "ms")
    yield Figure("stopwatch `painted` - trace commit, median of pairs", median(paint), "ms", STOPWATCH_LIMIT_MS)
    yield Figure("stopwatch `right` - trace event to mark, median of pairs", median(right), "ms", STOPWATCH_LIMIT_MS)


def _traced_clicks(variant: Variant, url: str, count: int, cores: Sequence[int]) -> tuple[list[Reading], list[Traced]]:
    with chromium(cores) as browser, Page(browser, variant, url, initial_app().expected, 30, mark=MARK) as page:
        page.open()
        browser.start_tracing(page=page.page, categories=list(CATEGORIES))
        readings = [page.perform(action) for action in clicks(count)]
        trace = json.loads(browser.stop_tracing())
    return readings, list(gestures(trace["traceEvents"]))


def _aligned(readings: list[Reading], traced: list[Traced]) -> Iterator[tuple[Reading, Traced]]:
    """Pair each reading with the gesture that began at the same moment of the shared clock."""
    for reading in readings:
        nearest = min(traced, key=lambda gesture: abs(gesture.dispatched_ns - reading.started_ns), default=None)
        if nearest and abs(nearest.dispatched_ns - reading.started_ns) < ALIGNMENT_LIMIT_NS:
            yield reading, nearest


def _wire(variant: Variant, built: Environment, server: Server, directory: Path, count: int) -> Iterator[Figure]:
    """Compare the wire instrument with a bare asyncio client, each twice and in turn."""
    bare: list[float] = []
    wire: list[float] = []
    for turn in range(2):
        bare.append(_bare_ms(server.url, count))
        samples = directory / str(turn)
        samples.mkdir()
        wire.append(median_service_ms(variant, built, server.url, samples, "app", count, WIRE_WARMUP, WIRE_INTERVAL_MS))
    yield Figure("bare asyncio client, one click, median", min(bare), "ms")
    yield Figure("wire instrument, one click, median", min(wire), "ms")
    yield Figure("wire instrument / bare client", min(wire) / min(bare), "x", WIRE_LIMIT_RATIO)


def _bare_ms(url: str, count: int) -> float:
    script = Path(__file__).parent / "bare_client.py"
    result = subprocess.run([sys.executable, str(script), url, str(count)], capture_output=True, text=True, check=True)
    return float(result.stdout)


def _ledger_us(built: Environment) -> float:
    """Return the cost of a ledger record in the environment of the baseline, in microseconds: the workload's own benchmark."""
    command = [str(built.bin / "python"), str(LEDGER_BENCHMARK)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[0])
