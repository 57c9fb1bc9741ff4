"""Prints what a ledger record costs, in microseconds: the best of several repeats, less an undecorated call.

Run with the interpreter of an environment that has the workload, and with `PYUIBENCH_LEDGER` set.
"""

import time
from collections.abc import Callable

from workload.ledger import recorded

CALLS = 10_000
REPEATS = 15


def nothing() -> None:
    """Do nothing."""


def _best_us(function: Callable[[], None]) -> float:
    times_us = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(CALLS):
            function()
        times_us.append((time.perf_counter() - start) * 1e6 / CALLS)
    return min(times_us)


if __name__ == "__main__":
    print(_best_us(recorded(nothing)) - _best_us(nothing))
