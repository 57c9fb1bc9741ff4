"""Measures the harness itself: what measuring costs, and whether the instruments tell the truth."""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError

from pyuibench.calibration.base import Bench, Calibration, Told
from pyuibench.calibration.figure import Figure
from pyuibench.calibration.registry import CALIBRATIONS
from pyuibench.entries.catalog import Entry
from pyuibench.errors import ServerError, UserError
from pyuibench.instruments.browser.page import GestureError
from pyuibench.instruments.wire.run import WireError
from pyuibench.serving import environment, machine
from pyuibench.serving.server import Server

LIMIT_S = 360.0
"""For how long all of it may go on: longer ones aren't made."""


def calibrate(
    entries: Mapping[str, Entry], count: int, only: Sequence[str] = (), told: Told = lambda _: None
) -> Iterator[Figure]:
    """Yield each figure as it is taken, of all calibrations or those named `only`; `count` gestures where nothing else is said.

    `told` is told what is done next, and for how long it went on. The last figure is how long all of it took.

    Raises UserError when there is no baseline, or when something fails.
    """
    baseline = next((entry for entry in entries.values() if entry.table.baseline), None)
    if baseline is None:
        raise UserError("There is no baseline to calibrate on; give its directory with --apps.")
    variant = baseline.variants[0]
    built = environment.prepare(variant)
    began_s = time.monotonic()
    cores = machine.share_cores(machine.available_cores())
    with tempfile.TemporaryDirectory(prefix="pyuibench-calibrate-") as name, machine.on_cores(cores.harness):
        directory = Path(name)
        with Server(variant, built, "app", directory / "log", cores=cores.server) as server:
            server.await_ready()
            for calibration in (it for it in CALIBRATIONS.values() if not only or it.id in only):
                own = directory / calibration.id
                own.mkdir()
                yield from _made(calibration, Bench(variant, built, cores, own, server.url, count, told))
    yield Figure("all", "all of it took", time.monotonic() - began_s, "s", LIMIT_S)


def _made(calibration: Calibration, bench: Bench) -> Iterator[Figure]:
    began_s = time.monotonic()
    bench.told(f"{calibration.id}: {calibration.about}")
    try:
        yield from calibration.figures(bench)
    except (ServerError, GestureError, WireError, PlaywrightError) as error:
        raise UserError(f"{calibration.id} couldn't be calibrated: {error}") from error
    bench.told(f"{calibration.id} took {time.monotonic() - began_s:.0f} s")
