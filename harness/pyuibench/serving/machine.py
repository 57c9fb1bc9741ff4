"""What machine and tools a run was made with, and how its cores are shared out."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

TOOLS = ("gevent", "locust", "numpy", "pandas", "playwright", "websockets")


@dataclass(frozen=True)
class Cores:
    """Which CPUs the server and which the harness (browser and load generator with it) run on."""

    server: tuple[int, ...]
    harness: tuple[int, ...]


def share_cores(available: Sequence[int]) -> Cores:
    """Give the server a core of its own where there are two or more; on a single core they share it."""
    first, *rest = sorted(available)
    return Cores((first,), tuple(rest) or (first,))


def describe() -> dict[str, str]:
    """Return the machine in words: processor, cores, memory, system, Python."""
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory_gib": f"{psutil.virtual_memory().total / 2**30:.1f}",
        "system": f"{platform.system()} {platform.release()}",
        "distribution": platform.freedesktop_os_release().get("PRETTY_NAME", "unknown"),
        "python": platform.python_version(),
        "load_at_start": f"{os.getloadavg()[0]:.2f}",
    }


def tool_versions() -> dict[str, str]:
    """Return name -> version of the harness's own instruments."""
    return {name: version(name) for name in TOOLS}


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def available_cores() -> tuple[int, ...]:
    """Return the CPUs that this process may use."""
    return tuple(sorted(os.sched_getaffinity(0)))
