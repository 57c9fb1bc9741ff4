"""What machine and tools a run was made with, and how its cores are shared out."""

import os
import platform
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

SYSTEM_CPU = Path("/sys/devices/system/cpu")
CONTROL_GROUPS = Path("/sys/fs/cgroup")
FEWEST_FOR_SERVER = 4
"""How many cores there must be for the server to have one that the browser doesn't use."""
TOOLS = ("gevent", "locust", "numpy", "pandas", "playwright", "websockets")


@dataclass(frozen=True)
class Cores:
    """Which CPUs the server, the browser, and the harness (the load generator with it) run on."""

    server: tuple[int, ...]
    browser: tuple[int, ...]
    harness: tuple[int, ...]


def share_cores(available: Sequence[int]) -> Cores:
    """Keep the server and the load generator apart where there are two cores or more; on a single core they share it.

    The browser isn't pinned to one core: it is several processes, which that would slow down, some pages more than others
    (docs/method/statistics.md). Where there are fewer than FEWEST_FOR_SERVER cores it may use the server's too: while a
    page works, a server that serves one session has mostly answered.
    """
    first, *rest = sorted(available)
    others = tuple(rest) or (first,)
    return Cores((first,), others if len(available) >= FEWEST_FOR_SERVER else (first, *rest), others)


@contextmanager
def on_cores(cores: Sequence[int]) -> Iterator[None]:
    """Keep this process, and what it starts meanwhile, on some CPUs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def describe() -> dict[str, str]:
    """Return the machine in words, fact by fact. What can't be read is "not known", with the reason."""
    return {name: _told(fact) for name, fact in FACTS.items()}


def _told(fact: Callable[[], str]) -> str:
    try:
        return fact()
    except OSError as error:
        return f"not known ({error.filename}: {error.strerror})"
    except (ValueError, KeyError) as error:
        return f"not known ({error})"


def raise_open_files() -> None:
    """Let this process, and those that it starts, have as many files and connections open as it may allow itself."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def tool_versions() -> dict[str, str]:
    """Return name -> version of the harness's own instruments."""
    return {name: version(name) for name in TOOLS}


def available_cores() -> tuple[int, ...]:
    """Return the CPUs that this process may use."""
    return tuple(sorted(os.sched_getaffinity(0)))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _siblings() -> str:
    """Return which of the cores that may be used are threads of one core, which slow each other down."""
    shared = {
        (SYSTEM_CPU / f"cpu{core}/topology/thread_siblings_list").read_text().strip() for core in available_cores()
    }
    return ", ".join(sorted(each for each in shared if not each.isdigit())) or "none"


def _quota() -> str:
    """Return how much CPU the process's control group may use, of version 2 or 1 of Linux's control groups."""
    for group in _control_groups():
        if (limit := group / "cpu.max").is_file():
            quota, period = limit.read_text().split()
        elif (limit := group / "cpu.cfs_quota_us").is_file():
            quota, period = limit.read_text().strip(), (group / "cpu.cfs_period_us").read_text()
        else:
            continue
        return "none" if quota in ("max", "-1") else f"{int(quota) / int(period):g} cores"
    return "none stated"


def _control_groups() -> Iterator[Path]:
    """Yield where the process's control groups may have their files: a container sees its own as the root."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for place in (path.lstrip("/"), ""):
            yield CONTROL_GROUPS / controllers / place
            yield CONTROL_GROUPS / "cpu" / place


def _governor() -> str:
    return (SYSTEM_CPU / f"cpu{available_cores()[0]}/cpufreq/scaling_governor").read_text().strip()


def _limit(kind: int) -> str:
    """Return a limit of the process, and how far it may raise it."""
    soft, hard = ("unlimited" if each == resource.RLIM_INFINITY else str(each) for each in resource.getrlimit(kind))
    return soft if soft == hard else f"{soft}, can be raised to {hard}"


def _swap() -> str:
    swap = psutil.swap_memory()
    return f"{swap.total / 2**30:.1f}, of which {swap.used / 2**30:.1f} in use"


FACTS: Mapping[str, Callable[[], str]] = {
    "processor": _processor,
    "cores": lambda: str(len(available_cores())),
    "core_numbers": lambda: ", ".join(map(str, available_cores())),
    "threads_of_one_core": _siblings,
    "cpu_quota": _quota,
    "governor": _governor,
    "memory_gib": lambda: f"{psutil.virtual_memory().total / 2**30:.1f}",
    "swap_gib": _swap,
    "open_files": lambda: _limit(resource.RLIMIT_NOFILE),
    "processes": lambda: _limit(resource.RLIMIT_NPROC),
    "system": lambda: f"{platform.system()} {platform.release()}",
    "distribution": lambda: platform.freedesktop_os_release().get("PRETTY_NAME", "unknown"),
    "python": platform.python_version,
    "load_at_start": lambda: f"{os.getloadavg()[0]:.2f}",
}
"""What is known of the machine, each fact in words."""
LASTING = ("processor", "core_numbers", "memory_gib", "system")
"""The facts that a run must go on with as it began."""
