"""What the wire instrument adds to a bare client that does as little as a client can."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from pyuibench.calibration import bare_client
from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.figure import Figure
from pyuibench.calibration.wire_session import TimedPage, timed_rows

LIMIT_RATIO = 1.5
TURNS = 2
MESSAGES_PER_GESTURE = 10
WARMUP = 20
INTERVAL_MS = 1.0


def _figures(bench: Bench) -> Iterator[Figure]:
    """Compare the wire instrument with a bare asyncio client, each twice and in turn; the least of the medians counts."""
    count = bench.count * MESSAGES_PER_GESTURE
    bare_ms: list[float] = []
    wire_ms: list[float] = []
    for turn in range(TURNS):
        bare_ms.append(_bare_ms(bench.url, count))
        samples = bench.directory / str(turn)
        samples.mkdir()
        rows = timed_rows(bench, TimedPage(bench.url), samples, count, WARMUP, INTERVAL_MS)
        wire_ms.append(median(row["service_ms"] for row in rows))
    yield Figure("wire/bare", "bare asyncio client, one click, median", min(bare_ms), "ms")
    yield Figure("wire/instrument", "wire instrument, one click, median", min(wire_ms), "ms")
    yield Figure("wire/ratio", "wire instrument / bare client", min(wire_ms) / min(bare_ms), "x", LIMIT_RATIO)


def _bare_ms(url: str, count: int) -> float:
    command = [sys.executable, str(Path(bare_client.__file__)), url, str(count)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


CALIBRATION = Calibration("wire", "the wire instrument against a bare client", _figures)
