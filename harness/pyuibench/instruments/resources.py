"""Memory, CPU, threads and handles of a process tree."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from pyuibench.instruments.base import Instrument

INSTRUMENT = Instrument("resources", "memory, CPU time, threads and handles of the processes that serve")


@dataclass(frozen=True)
class TreeFigures:
    """Sums over a process tree. PSS and USS as the kernel counts them in smaps_rollup; CPU time is user + system.

    Of PSS what was swapped out is a part: else a server would seem to need less the less memory the machine has left.
    """

    pss_bytes: int = 0
    uss_bytes: int = 0
    cpu_ms: float = 0.0
    threads: int = 0
    handles: int = 0
    processes: int = 0

    def __add__(self, other: "TreeFigures") -> "TreeFigures":
        return TreeFigures(
            self.pss_bytes + other.pss_bytes,
            self.uss_bytes + other.uss_bytes,
            self.cpu_ms + other.cpu_ms,
            self.threads + other.threads,
            self.handles + other.handles,
            self.processes + other.processes,
        )


def descendants(pids: Iterable[int]) -> list[psutil.Process]:
    """Return the processes below these, of those that still run."""
    return [process for pid in pids for process in _below(pid)]


def measure(processes: Iterable[psutil.Process]) -> TreeFigures:
    """Return the figures of the processes that still run. Reading them takes about 5 ms a process."""
    return sum(map(_one, processes), TreeFigures())


def cpu_ms(processes: Iterable[psutil.Process]) -> float:
    """Return the CPU time of the processes alone, which is cheap to read."""
    return sum(map(_cpu_ms, processes))


def _below(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _one(process: psutil.Process) -> TreeFigures:
    try:
        with process.oneshot():
            memory = _memory_bytes(process.pid)
            pss_bytes = memory["Pss"] + memory["SwapPss"]
            uss_bytes = sum(size for name, size in memory.items() if name.startswith("Private_"))
            return TreeFigures(pss_bytes, uss_bytes, _cpu_ms(process), process.num_threads(), process.num_fds(), 1)
    except (psutil.Error, ProcessLookupError, FileNotFoundError, PermissionError):
        return TreeFigures()


def _memory_bytes(pid: int) -> Counter[str]:
    """Return kind -> bytes of all mappings of a process. Raises ProcessLookupError or FileNotFoundError for one that has ended.

    As psutil reads them, which leaves `SwapPss` out: for some processes the kernel has no sums, but each mapping's sizes.
    """
    place = Path("/proc", str(pid))
    try:
        text = (place / "smaps_rollup").read_text()
    except (ProcessLookupError, FileNotFoundError):
        text = (place / "smaps").read_text()
    return memory_kinds(text)


def memory_kinds(text: str) -> Counter[str]:
    """Return kind -> bytes, summed over all mappings, of what the kernel says in `smaps` or `smaps_rollup`."""
    kinds: Counter[str] = Counter()
    for line in text.splitlines():
        name, _, size = line.partition(":")
        if size.endswith(" kB"):
            kinds[name] += int(size.removesuffix(" kB")) * 1024
    return kinds


def _cpu_ms(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
        return (times.user + times.system) * 1e3
    except psutil.Error:
        return 0.0
