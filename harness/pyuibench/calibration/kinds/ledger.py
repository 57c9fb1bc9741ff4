"""What a record of the ledger of user code costs the app that writes it."""

import subprocess
from collections.abc import Iterator

from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.figure import Figure
from pyuibench.project import WORKLOAD

LIMIT_US = 1.5
BENCHMARK = WORKLOAD / "benchmarks" / "ledger.py"


def _figures(bench: Bench) -> Iterator[Figure]:
    """Yield the cost of a record in the environment of the baseline, in microseconds: the workload's own benchmark."""
    command = [str(bench.built.bin / "python"), str(BENCHMARK)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    yield Figure("ledger/record", "ledger, one record", float(printed.split()[0]), "us", LIMIT_US)


CALIBRATION = Calibration("ledger", "the ledger of user code: a call that is recorded less one that isn't", _figures)
