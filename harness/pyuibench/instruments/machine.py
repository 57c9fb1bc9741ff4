"""What others did to the machine while a step was carried out: CPU time of processes that aren't the run's, and steal.

The machine's CPU time is what its cores didn't idle: Linux counts idling to the microsecond (`get_cpu_idle_time_us` behind
/proc/stat), while its columns of user and system time are sampled by a timer. The run's own is that of the harness and of all
processes below it, with those that have ended: the kernel adds their time to the process that waited for them, so the sum over a
tree loses nothing as long as no process leaves the tree. None can: a server's supervisor and the harness inherit every process
that loses its parent (`serving.orphans`), as those of a Chromium do when it is closed. /proc shows the processes of this
container, /proc/stat the whole machine: others in other containers are seen.

A control group of its own would be more exact, but takes rights that a run hasn't.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from pyuibench.instruments.base import Instrument, Reading
from pyuibench.serving import orphans

PROC = Path("/proc")
PER_S = os.sysconf("SC_CLK_TCK")
LEAST_S = 1.0
"""Of a shorter step nothing is said: the kernel states times in hundredths of a second, for each process."""
_IDLE, _IOWAIT, _STEAL = 3, 4, 7
_PARENT = 1
_OWN_AND_ENDED = slice(11, 15)
"""Of /proc/PID/stat, behind the name: user and system time, its own and that of the children that it has waited for."""


@dataclass(frozen=True)
class CpuTimes:
    """CPU time so far, in seconds over all cores; `at_s` is when it was read, on the monotonic clock."""

    at_s: float
    cores: int
    idle_s: float
    steal_s: float
    own_s: float


def read_cpu_times(root: int) -> CpuTimes:
    """Return the machine's CPU times, and those of a process and all below it as its `own`."""
    cores = [line.split()[1:] for line in (PROC / "stat").read_text().splitlines() if _is_of_one_core(line)]
    return CpuTimes(
        at_s=time.monotonic(),
        cores=len(cores),
        idle_s=sum(int(core[_IDLE]) + int(core[_IOWAIT]) for core in cores) / PER_S,
        steal_s=sum(int(core[_STEAL]) for core in cores) / PER_S,
        own_s=_tree_s(root),
    )


def others(before: CpuTimes, after: CpuTimes) -> Iterator[Reading]:
    """Yield the shares of one core that others used, and that the machine's host kept; nothing of less than LEAST_S.

    A share may come out below 0 by what the kernel rounds.
    """
    elapsed_s = after.at_s - before.at_s
    if elapsed_s < LEAST_S:
        return
    steal_s = after.steal_s - before.steal_s
    busy_s = elapsed_s * after.cores - (after.idle_s - before.idle_s) - steal_s
    yield Reading("others_cpu_share", (busy_s - (after.own_s - before.own_s)) / elapsed_s)
    yield Reading("others_steal_share", steal_s / elapsed_s)


@contextmanager
def beside(_serving: Callable[[], list[psutil.Process]]) -> Iterator[list[Reading]]:
    """Look at the machine beside a step; the list that it gives has the readings when the step is over."""
    readings: list[Reading] = []
    orphans.await_ended()
    before = read_cpu_times(os.getpid())
    yield readings
    readings += others(before, read_cpu_times(os.getpid()))


def _is_of_one_core(line: str) -> bool:
    name = line.partition(" ")[0]
    return name.startswith("cpu") and name != "cpu"


def _tree_s(root: int) -> float:
    """Return the CPU time of a process and all below it, with that of those that have ended."""
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for pid, fields in _processes():
        parents[pid] = int(fields[_PARENT])
        used[pid] = sum(map(int, fields[_OWN_AND_ENDED]))
    return sum(ticks for pid, ticks in used.items() if _is_below(pid, root, parents)) / PER_S


def _processes() -> Iterator[tuple[int, list[str]]]:
    for entry in os.scandir(PROC):
        if entry.name.isdigit():
            try:
                text = (PROC / entry.name / "stat").read_text(errors="replace")
            except OSError:
                # It has ended since.
                continue
            # A program's name stands in brackets, and may have spaces and brackets in it.
            yield int(entry.name), text.rpartition(")")[2].split()


def _is_below(pid: int, root: int, parents: Mapping[int, int]) -> bool:
    while pid != root and pid in parents:
        pid = parents[pid]
    return pid == root


INSTRUMENT = Instrument(
    "machine",
    "CPU time that others used, and that the machine's host kept, beside every step of a run",
    needs_server=False,
    is_always=True,
    around=beside,
)
