"""How fast the machine is just now: the CPU time that a fixed piece of work takes on each core that a run uses.

A machine that shares its processor with others changes its speed for minutes at a time, and no figure of Linux says so: it is
neither steal nor another process, the same instructions just take longer. So a fixed piece of work is timed before the server of
a boot is started, and once more after it was stopped. Nothing that is compared runs then, so what is read can't depend on it.
"""

import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import geometric_mean, median

from pyuibench.instruments.base import Instrument, Reading
from pyuibench.serving.machine import Cores

REPEATS = 15
"""Of the work on each core, some 60 ms; of their times the median is taken, which a pause of the scheduler doesn't move."""
TABLE = [{"name": f"row {number}", "value": number * 1.5} for number in range(1500)]
STEPS = 40_000


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
    """Carry the work out once: text to objects and back, and a loop of the interpreter, as servers do them."""
    began_ns = time.thread_time_ns()
    json.loads(json.dumps(TABLE))
    total = 0
    for number in range(STEPS):
        total += number * number % 7
    return (time.thread_time_ns() - began_ns) / 1e6


INSTRUMENT = Instrument(
    "speed",
    "how fast the machine was before and after each boot, by a fixed piece of work",
    needs_server=False,
    is_always=True,
)
