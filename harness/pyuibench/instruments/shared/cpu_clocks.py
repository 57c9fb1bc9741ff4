"""CPU time of other processes, in nanoseconds: what an interaction costs, on a machine that others use too.

Linux gives every process a clock of the CPU time of all its threads, which others may read (clock_getcpuclockid(3)). It knows of
what runs at this moment. `/proc/PID/stat` counts in ticks of 10 ms, which is more than most interactions take.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

import psutil

from pyuibench.instruments.resources import descendants

SCHEDULED = 2
"""CPUCLOCK_SCHED of the kernel's posix-timers.h: user and system time, as the scheduler counts it."""


def process_ns(pid: int) -> int | None:
    """Return the CPU time of a process since it began, in nanoseconds, None for one that isn't there any more."""
    try:
        return time.clock_gettime_ns((~pid << 3) | SCHEDULED)
    except OSError:
        return None


def main_thread_ns(pid: int) -> int | None:
    """Return the CPU time of a process's first thread in nanoseconds, None for one that isn't there any more.

    It is exact while the thread rests: of one that runs, what it took since the scheduler last looked is missing.
    """
    try:
        # Unbuffered, since this is read just before a gesture.
        with open(f"/proc/{pid}/task/{pid}/schedstat", "rb", buffering=0) as file:
            return int(file.read().split()[0])
    except (OSError, IndexError):
        return None


def total_ms(pids: Iterable[int | None]) -> float | None:
    """Return the CPU time of processes since they began, in milliseconds, None where one isn't there or isn't known."""
    times_ns = [None if pid is None else process_ns(pid) for pid in pids]
    known = [it for it in times_ns if it is not None]
    return sum(known) / 1e6 if len(known) == len(times_ns) else None


class TreeClock:
    """The CPU time that a tree of processes takes between two moments, while some begin and others end."""

    def __init__(self, parents: Sequence[int]) -> None:
        """Look at all processes below these."""
        self._parents = tuple(parents)
        self._before: dict[int, int | None] = {}
        self._look()

    def start(self) -> None:
        """Begin to count. Takes a microsecond a process."""
        self._before = {pid: process_ns(pid) for pid in self._known}

    def spent_ms(self) -> float | None:
        """Return the milliseconds since `start`, None where they can't be known.

        A process that began meanwhile counts with all that it took. Of one that ended its parent's count of such time tells, in
        ticks of 10 ms; where no parent has counted it, it can't be known.
        """
        after = {pid: process_ns(pid) for pid in self._known}
        ended_ns = self._ended_ns
        self._look()
        of_ended_ns = self._ended_ns - ended_ns
        has_lost_one = None in after.values() and not of_ended_ns
        after |= {pid: process_ns(pid) for pid in self._known if pid not in after}
        if not self._known or has_lost_one:
            return None
        return (sum((now or 0) - (self._before.get(pid) or 0) for pid, now in after.items()) + of_ended_ns) / 1e6

    def _look(self) -> None:
        """Find out which processes there are, and what those took that have ended."""
        self._known = tuple(process.pid for process in descendants(self._parents))
        self._ended_ns = sum(_of_ended_children_ns(pid) for pid in (*self._parents, *self._known))


def _of_ended_children_ns(pid: int) -> int:
    with suppress(psutil.Error):
        times = psutil.Process(pid).cpu_times()
        return round((times.children_user + times.children_system) * 1e9)
    return 0
