"""`doctor`: what a run needs of the machine, what is there, and how to get what isn't."""

import os
import shutil
import sys
from dataclasses import asdict, dataclass

import typer

from pyuibench.cli.inputs import AsJson
from pyuibench.cli.terminal import FAILED, console, print_json
from pyuibench.errors import UserError
from pyuibench.project import CACHE

LEAST_MEMORY_GIB = 4
LEAST_DISK_GIB = 5


@dataclass(frozen=True)
class Check:
    """One need: what was found, and the remedy if it isn't met (or could be met better)."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def doctor(as_json: AsJson = False) -> None:
    """Say what this machine lacks for a run, and how to get it.

    Example: pyuibench doctor
    """
    checks = examine()
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            mark = "[green]ok[/]" if check.ok else "[red]lacking[/]"
            remedy = f" — {check.remedy}" if check.remedy else ""
            console().print(f"{mark:>20}  {check.name}: {check.found}{remedy}")
    if not all(check.ok for check in checks):
        raise typer.Exit(FAILED)


def examine() -> list[Check]:
    """Return the checks of everything a run needs."""
    return [_system(), _python(), _uv(), _browser(), _proxy(), _cores(), _memory(), _disk(), *_facts()]


def _system() -> Check:
    ok = sys.platform == "linux"
    return Check(
        "system", ok, sys.platform, "" if ok else "only Linux has the process and memory figures that runs need"
    )


def _python() -> Check:
    ok = sys.version_info >= (3, 11)
    return Check("Python", ok, sys.version.split()[0], "" if ok else "install Python 3.11 or newer")


def _uv() -> Check:
    from uv import find_uv_bin

    try:
        return Check("uv", True, find_uv_bin())
    except FileNotFoundError as error:
        return Check("uv", False, str(error), "pip install uv")


def _browser() -> Check:
    from pyuibench.instruments.browser.chromium import describe

    try:
        about = describe()
    except UserError as error:
        return Check("Chromium", False, "none that starts", str(error))
    return Check("Chromium", True, f"{about['version']}, {about['path']}")


def _proxy() -> Check:
    from pyuibench.serving.proxy import find_haproxy

    try:
        return Check("HAProxy", True, find_haproxy())
    except UserError as error:
        # Only one profile needs it.
        return Check("HAProxy", True, "none", str(error))


def _cores() -> Check:
    cores = len(os.sched_getaffinity(0))
    remedy = "" if cores >= 2 else "server and browser will share one core, and latencies will include that"
    return Check("cores", True, str(cores), remedy)


def _facts() -> list[Check]:
    """Return what `run.json` will say of the machine that none of the others does, and nothing depends on."""
    from pyuibench.serving import machine

    told = machine.describe()
    names = ("threads_of_one_core", "cpu_quota", "governor", "swap_gib", "open_files", "processes")
    return [Check(name.replace("_", " "), True, told[name]) for name in names]


def _memory() -> Check:
    import psutil

    gib = psutil.virtual_memory().available / 2**30
    ok = gib >= LEAST_MEMORY_GIB
    return Check("memory", ok, f"{gib:.1f} GiB available", "" if ok else f"free at least {LEAST_MEMORY_GIB} GiB")


def _disk() -> Check:
    place = next(it for it in (CACHE, *CACHE.parents) if it.is_dir())
    gib = shutil.disk_usage(place).free / 2**30
    ok = gib >= LEAST_DISK_GIB
    return Check(
        "disk", ok, f"{gib:.1f} GiB free", "" if ok else f"free at least {LEAST_DISK_GIB} GiB for environments"
    )
