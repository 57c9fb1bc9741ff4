"""How fast the machine is just now: the CPU time that a fixed piece of work takes on each core that a run uses.

A machine that shares its processor with others changes its speed for minutes at a time, and no figure of Linux says so: it is
neither steal nor another process, the same instructions just take longer. So a fixed piece of work is timed before the server of
a boot is started, and once more after it was stopped. Nothing that is compared runs then, so what is read can't depend on it.

The work is what every app computes when a filter changes: 100,000 orders selected and summed up. That goes through memory as an
app does. A loop of the interpreter, which stays in a core's own cache, doesn't tell: in a run of half an hour it varied by 2 %,
while the apps' own functions took 30 % more CPU time in some minutes than in others.
"""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from statistics import geometric_mean, median

import pandas as pd

import workload
from pyuibench.instruments.base import Instrument, Reading
from pyuibench.serving.machine import Cores

REPEATS = 9
"""Of the work on each core, 60 ms; of their times the median is taken, which a pause of the scheduler doesn't move."""
CATEGORY, MIN_UNITS = workload.DEFAULT_CATEGORY, workload.DEFAULT_MIN_UNITS


def fixed_work_ms(cores: Sequence[int]) -> float:
    """Return milliseconds of CPU time that the work takes: the geometric mean over cores, each of them by itself."""
    with ThreadPoolExecutor(1) as pool:
        return geometric_mean([pool.submit(_on_core, core).result() for core in cores])


def reading(cores: Cores, when: str) -> Reading:
    """Return how fast the machine is now, all cores of a run considered; `when` tells people a boot's two readings apart."""
    of_run = sorted({*cores.server, *cores.browser, *cores.harness})
    return Reading("fixed_work_ms", fixed_work_ms(of_run), detail=when)


def _on_core(core: int) -> float:
    # Of the calling thread alone, which ends with its pool.
    os.sched_setaffinity(0, {core})
    return median(_timed_ms() for _ in range(REPEATS))


def _timed_ms() -> float:
    """Carry the work out once, and return the CPU time that it took."""
    orders = _orders()
    began_ns = time.thread_time_ns()
    selected = workload.select_orders(orders, CATEGORY, MIN_UNITS)
    workload.kpis(selected, CATEGORY, MIN_UNITS)
    workload.revenue_figure(selected, CATEGORY, MIN_UNITS, workload.GRANULARITIES[0])
    return (time.thread_time_ns() - began_ns) / 1e6


@cache
def _orders() -> pd.DataFrame:
    return workload.orders()


INSTRUMENT = Instrument(
    "speed",
    "how fast the machine was before and after each boot, by a fixed piece of work",
    needs_server=False,
    is_always=True,
)
