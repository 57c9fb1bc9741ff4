"""What a record of the ledger of user code costs the app that writes it."""

import os
import subprocess
from collections.abc import Iterator

from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.figure import Figure
from pyuibench.project import WORKLOAD
from pyuibench.serving import in_memory

LIMIT_US = 1.5
BENCHMARK = WORKLOAD / "benchmarks" / "ledger.py"


def _figures(bench: Bench) -> Iterator[Figure]:
    """Yield the cost of a record in the environment of the baseline, in microseconds: the workload's own benchmark.

    It writes where a run has its ledgers written.
    """
    command = [str(bench.built.bin / "python"), str(BENCHMARK)]
    with in_memory.directory() as directory:
        env = {**os.environ, "TMPDIR": str(directory)}
        printed = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    yield Figure("ledger/record", "ledger, one record", float(printed.split()[0]), "us", LIMIT_US)


CALIBRATION = Calibration("ledger", "the ledger of user code: a call that is recorded less one that isn't", _figures)
