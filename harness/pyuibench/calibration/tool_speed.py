"""How long the tool's own commands take, against a limit each: `python -m pyuibench.calibration.tool_speed RUN...`.

It stands beside what else is measured of the harness itself. Commands are run as a user runs them, each as a program of its own.
The limits are for what a user waits, on a machine that does nothing else; the least of several times counts, since whatever else
the machine does only adds. The CPU time beside it tells a slow command from a busy machine.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

PROGRAM = Path(sys.executable).with_name("pyuibench")
OFTEN = 7
BAD_INPUT = 2


@dataclass(frozen=True)
class Command:
    """A command to time: its arguments, the seconds that it may take, how often it is run, and the exit code that it has."""

    name: str
    arguments: tuple[str, ...]
    limit_s: float
    times: int = 1
    exit_code: int = 0


@dataclass(frozen=True)
class Taken:
    """The least seconds that a command took, and the CPU time of its processes then; or why it could not be timed."""

    elapsed_s: float
    cpu_s: float
    problem: str = ""


def commands(runs: Sequence[Path], out: Path) -> tuple[Command, ...]:
    """Return what is timed: what answers at once, and what is written of runs; `report` of the first, the rest of all."""
    names = tuple(map(str, runs))
    return (
        Command("--help", ("--help",), 0.5, OFTEN),
        Command("list", ("list",), 0.5, OFTEN),
        Command("verify, an unknown entry", ("verify", "no-such-entry"), 0.5, OFTEN, BAD_INPUT),
        Command(f"report, {runs[0].name}", ("report", names[0]), 8.0),
        Command(f"site, {len(runs)} runs", ("site", *names, "--out", str(out / "site")), 15.0),
        Command(f"talk, {len(runs)} runs", ("talk", *names, "--out", str(out / "talk")), 20.0),
    )


def timed(command: Command) -> Taken:
    """Return the quickest of a command's runs. One that ends with another exit code than it should isn't repeated."""
    taken = []
    for _ in range(command.times):
        cpu_s, began_s = _children_cpu_s(), time.monotonic()
        ended = subprocess.run([PROGRAM, *command.arguments], capture_output=True, text=True, check=False)
        taken.append(Taken(time.monotonic() - began_s, _children_cpu_s() - cpu_s))
        if ended.returncode != command.exit_code:
            said = ended.stderr.strip().splitlines() or ["nothing"]
            return Taken(0.0, 0.0, f"exit code {ended.returncode} instead of {command.exit_code}: {said[-1]}")
    return min(taken, key=lambda it: it.elapsed_s)


def table_of(results: Sequence[tuple[Command, Taken]]) -> Table:
    """Return a row a command."""
    table = Table("command", "took, s", "CPU, s", "limit, s", "")
    for command, taken in results:
        times = ("", "") if taken.problem else (f"{taken.elapsed_s:.2f}", f"{taken.cpu_s:.2f}")
        table.add_row(command.name, *times, f"{command.limit_s:g}", _verdict(command, taken))
    return table


def keeps(command: Command, taken: Taken) -> bool:
    """Return whether a command did what it should within its limit."""
    return not taken.problem and taken.elapsed_s <= command.limit_s


def main() -> None:
    """Time every command, print a table, and exit with 1 if a limit is exceeded or a command fails."""
    named = [Path(name) for name in sys.argv[1:]]
    if not named:
        sys.exit("Name the directories of runs: the first is the one to report on, `site` and `talk` are of all.")
    with tempfile.TemporaryDirectory(prefix="pyuibench-speed-") as directory:
        # A report is written into its run's directory; what is committed stays as it is.
        runs = [Path(shutil.copytree(run, Path(directory) / "runs" / run.name)) for run in named]
        results = [(command, timed(command)) for command in commands(runs, Path(directory))]
    Console().print(table_of(results))
    for command, taken in results:
        if taken.problem:
            print(f"{command.name} failed: {taken.problem}", file=sys.stderr)
    sys.exit(0 if all(keeps(command, taken) for command, taken in results) else 1)


def _verdict(command: Command, taken: Taken) -> str:
    if taken.problem:
        return "[red]failed[/]"
    return "[green]ok[/]" if keeps(command, taken) else "[red]exceeded[/]"


def _children_cpu_s() -> float:
    """Return the CPU time of all processes so far that were started here, and of those that they waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
