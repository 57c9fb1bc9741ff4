"""Print what a record of the ledger costs: microseconds a call, less those of the undecorated function."""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable

CALLS = 10_000


def nothing() -> None:
    """Stand for a function of the workload."""


def microseconds(function: Callable[[], None]) -> float:
    start_ns = time.perf_counter_ns()
    for _ in range(CALLS):
        function()
    return (time.perf_counter_ns() - start_ns) / CALLS / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15, help="calls are timed in so many batches of 10,000")
    repeats = parser.parse_args().repeats

    with tempfile.TemporaryDirectory() as directory:
        os.environ["PYUIBENCH_LEDGER"] = f"{directory}/first"
        from workload import ledger  # It looks at the environment when it is imported.

        recorded = ledger.recorded(nothing)

        def batch(number: int) -> float:
            # A file of its own for each batch: as in a run, records go to pages that were not touched before.
            ledger._ledger = ledger.Ledger(f"{directory}/batch-{number}")
            return microseconds(recorded) - microseconds(nothing)

        opened = statistics.median(map(batch, range(repeats)))
        ledger._ledger = None
        closed = statistics.median(microseconds(recorded) - microseconds(nothing) for _ in range(repeats))
    print(f"{opened:.2f} microseconds a record, median of {repeats} batches")
    print(f"{closed:.2f} microseconds a call without a ledger")


if __name__ == "__main__":
    main()
