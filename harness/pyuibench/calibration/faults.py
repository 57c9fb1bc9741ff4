"""Faults that are put into real runs, each while the run measures: what an audit must find.

The clock of the machine is not set: that would hit whatever else runs on it, and no time of a run is on that clock (a test looks
for it). What can differ is the monotonic clock of two processes, in time namespaces, which is put in here.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from pyuibench.instruments.browser.chromium import CHROMIUM_VARIABLE, find_chromium
from pyuibench.serving.machine import available_cores, share_cores
from pyuibench.serving.only_run import LOCK_VARIABLE

CLONE_NEWTIME = 0x80
CLOCK_OFFSET_MS = 5
BURNER_SHARE = 0.5
SLICE_S = 0.05
PAUSE_S, LOOK_S = 0.25, 0.25
"""How long a generator is stopped, and how long it then goes on."""
BURN = """
import os, sys, time
parent, share, slice_s = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
cores = [int(core) for core in sys.argv[4:]]
if cores:
    os.sched_setaffinity(0, cores)
while os.getppid() == parent:
    end = time.monotonic() + slice_s * share
    while time.monotonic() < end:
        pass
    time.sleep(slice_s * (1 - share))
"""
OTHER_CLOCK = """#!{python}
import ctypes, os, sys
if ctypes.CDLL(None).unshare({flag}):
    sys.exit("no right to make a time namespace")
with open("/proc/self/timens_offsets", "w") as offsets:
    offsets.write("monotonic 0 {offset_ns}")
child = os.fork()
if not child:
    os.execv({program!r}, [{program!r}, *sys.argv[1:]])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
"""Chromium in a time namespace of its own, whose monotonic clock is ahead of the machine's: only a child is in it."""


@dataclass(frozen=True)
class FaultyRun:
    """Where a faulty run is made: `directory` is for what the fault needs, `command` makes a run like it in another directory."""

    directory: Path
    command: Callable[[Path], list[str]]


@dataclass(frozen=True)
class Fault:
    """One fault, and what has to find it.

    `found_by` are the audits of which one or more must fail, `env` what the run's environment is changed to, `during` what goes
    on while the run does. `lacks` says why it can't be put in here, None where it can.
    """

    name: str
    about: str
    found_by: tuple[str, ...]
    env: Callable[[FaultyRun], Mapping[str, str]] = lambda faulty: {}
    during: Callable[[FaultyRun, psutil.Process], AbstractContextManager[None]] = lambda faulty, run: nullcontext()
    lacks: Callable[[], str | None] = lambda: None


@contextmanager
def burner(share: float, cores: tuple[int, ...] = ()) -> Iterator[None]:
    """Have a process be busy for a share of the time, on some cores if they are named. It doesn't outlive this one."""
    # It is told its parent's id: one that asks for it may ask when the parent has ended already.
    command = [sys.executable, "-c", BURN, str(os.getpid()), str(share), str(SLICE_S), *map(str, cores)]
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.kill()


@contextmanager
def pausing(run: psutil.Process) -> Iterator[None]:
    """Stop every load generator below a run again and again, as a quota of CPU does."""
    over = threading.Event()

    def pause() -> None:
        while not over.wait(LOOK_S):
            generators = [it for it in _below(run) if "locust" in _command_line(it)]
            _signal(generators, signal.SIGSTOP)
            over.wait(PAUSE_S)
            _signal(generators, signal.SIGCONT)

    thread = threading.Thread(target=pause)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def second_run(faulty: FaultyRun) -> Iterator[None]:
    """Have another run measure meanwhile, which takes another lock for the machine's."""
    env = {**os.environ, LOCK_VARIABLE: str(faulty.directory / "lock")}
    command = faulty.command(faulty.directory / "second")
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            # Its servers and its browser end with it.
            process.terminate()


def _other_clock(faulty: FaultyRun) -> dict[str, str]:
    """Write a program that starts Chromium with another clock, and return the variable that names it."""
    with sync_playwright() as playwright:
        chromium = find_chromium(playwright.chromium)
    script = faulty.directory / "chromium"
    words = {"python": sys.executable, "flag": CLONE_NEWTIME, "offset_ns": CLOCK_OFFSET_MS * 10**6}
    script.write_text(OTHER_CLOCK.format(program=str(chromium), **words))
    script.chmod(0o755)
    return {CHROMIUM_VARIABLE: str(script)}


def _lacks_time_namespaces() -> str | None:
    """Try in a process of its own: one that has done it can't take it back."""
    trial = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({CLONE_NEWTIME}))"
    failed = subprocess.run([sys.executable, "-c", trial], check=False).returncode
    return "it takes the right to make time namespaces (root)" if failed else None


def _below(run: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return run.children(recursive=True)
    return []


def _command_line(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(number)


FAULTS = (
    Fault(
        "burner",
        f"another process is busy for {BURNER_SHARE:.0%} of the time",
        ("others",),
        during=lambda faulty, run: burner(BURNER_SHARE),
    ),
    Fault(
        "stolen-core",
        "another process is always busy, on the core of the server",
        ("others",),
        during=lambda faulty, run: burner(1.0, share_cores(available_cores()).server),
    ),
    Fault(
        "starved-generator",
        f"the load generator is stopped for {PAUSE_S:g} s of every {PAUSE_S + LOOK_S:g} s",
        ("on_time", "offered"),
        during=lambda faulty, run: pausing(run),
    ),
    Fault(
        "clock",
        f"the browser's monotonic clock is {CLOCK_OFFSET_MS} ms ahead of the server's",
        ("clocks", "computed"),
        env=_other_clock,
        lacks=_lacks_time_namespaces,
    ),
    Fault(
        "second-run",
        "another benchmark measures meanwhile, which took another lock",
        ("others",),
        during=lambda faulty, run: second_run(faulty),
    ),
)
