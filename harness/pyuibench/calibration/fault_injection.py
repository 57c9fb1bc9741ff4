"""Whether audits can be believed: `python -m pyuibench.calibration.fault_injection DIRECTORY --quiet 30 --faulty 6`.

So many short runs of the baseline are made while nothing else should use the machine: an audit that fails raises a false alarm.
Among them are some with each fault put in: one of the audits that look for it has to fail. The runs are kept in the directory,
with what came of them as `fault-injection.json` and `fault-injection.md`; those that are there already aren't made again.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from pyuibench.calibration.faults import FAULTS, Fault, FaultyRun

PROGRAM = str(Path(sys.executable).with_name("pyuibench"))
PROFILE = "audits"
VARIANT = "baseline/websocket"
"""It is measured twice, under two names."""
QUIET = "quiet"
QUIET_RUNS = 30
FAULTY_RUNS = 6
"""With each fault: thirty in all."""
BAD_INPUT = 2
NOT_PUT_IN = (
    "A step of the machine's own clock is not put in: it would hit whatever else runs here. No time of a run is on that clock, "
    "which a test of the sources looks for."
)


@dataclass(frozen=True)
class Outcome:
    """One run: the audits that failed and what they said, or why the run itself did. `fault` is QUIET where none was put in."""

    fault: str
    number: int
    failed: dict[str, list[str]]
    took_s: float
    problem: str = ""

    def is_found(self, fault: Fault) -> bool:
        """Return whether one of the audits that look for the fault failed."""
        return bool(self.failed.keys() & set(fault.found_by))


def bench(directory: Path) -> list[str]:
    """Return the command that makes a short run."""
    return [PROGRAM, "bench", VARIANT, "--profile", PROFILE, "--out", str(directory)]


def schedule(quiet: int, faulty: int) -> Iterator[tuple[Fault | None, int]]:
    """Yield fault, or None, and number of each run: faulty ones all along the quiet ones, as a machine changes with the hour."""
    possible = [fault for fault in FAULTS if not fault.lacks()]
    every = max(quiet // max(faulty, 1), 1)
    for at in range(1, max(quiet, faulty * every) + 1):
        if at <= quiet:
            yield None, at
        number, is_between = divmod(at, every)
        if not is_between and number <= faulty:
            yield from ((fault, number) for fault in possible)


def outcome_of(fault: Fault | None, number: int, directory: Path) -> Outcome:
    """Make a run with a fault, or without one, unless it is there already, and return what the audits say of it."""
    name = fault.name if fault else QUIET
    run = directory / f"{name}-{number:02d}"
    began_s = time.monotonic()
    problem = "" if (run / "interactions.parquet").is_file() else _make(fault, run)
    took_s = time.monotonic() - began_s
    if problem:
        return Outcome(name, number, {}, took_s, problem)
    audited = subprocess.run([PROGRAM, "audit", str(run), "--json"], capture_output=True, text=True, check=False)
    if audited.returncode == BAD_INPUT:
        return Outcome(name, number, {}, took_s, audited.stderr.strip())
    failed = {it["id"]: _messages(it["objections"]) for it in json.loads(audited.stdout) if not it["passed"]}
    return Outcome(name, number, failed, took_s)


def refused_beside(directory: Path) -> bool:
    """Return whether a second run that takes the machine's lock like any other is refused while one measures."""
    with subprocess.Popen(bench(directory / "first"), stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        # It says how many boots there are once it has the lock.
        next((line for line in first.stdout if "boots to measure" in line), None)
        second = subprocess.run(bench(directory / "second"), capture_output=True, text=True, check=False)
        first.terminate()
    return second.returncode == BAD_INPUT and not (directory / "second").exists()


def as_markdown(outcomes: Sequence[Outcome], refused: bool, lacking: Sequence[str]) -> str:
    """Return what came of all runs as a page of Markdown."""
    quiet = [it for it in outcomes if it.fault == QUIET and not it.problem]
    alarms = Counter(audit for it in quiet for audit in it.failed)
    alarmed = sum(bool(it.failed) for it in quiet)
    lines = ["# Fault injection", "", f"{alarmed} of {len(quiet)} quiet runs failed an audit.", ""]
    if alarms:
        lines += ["| audit | quiet runs that it failed |", "| --- | ---: |"]
        lines += [*(f"| {audit} | {count} |" for audit, count in alarms.most_common()), ""]
    lines += ["| fault | put in | found | failed audits |", "| --- | ---: | ---: | --- |"]
    lines += [_line(fault, [it for it in outcomes if it.fault == fault.name]) for fault in FAULTS]
    lines += [
        "",
        f"A second run that takes the same lock was {'refused' if refused else 'NOT refused'}.",
        "",
        NOT_PUT_IN,
    ]
    lines += [*lacking, *(f"{it.fault}-{it.number:02d} failed: {it.problem}" for it in outcomes if it.problem)]
    return "\n".join([*lines, ""])


def is_as_it_should(outcomes: Iterable[Outcome], refused: bool) -> bool:
    """Return whether no quiet run failed an audit, each fault was found, and every run could be made."""
    faults = {fault.name: fault for fault in FAULTS}
    return refused and all(
        not it.problem and (it.is_found(faults[it.fault]) if it.fault in faults else not it.failed) for it in outcomes
    )


def main() -> None:
    """Make the runs, print and keep what came of them; exit with 1 after a false alarm or a fault that wasn't found."""
    parser = argparse.ArgumentParser(description="Count false alarms of audits, and faults that they find.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--quiet", type=int, default=QUIET_RUNS, help="how many runs without a fault")
    parser.add_argument("--faulty", type=int, default=FAULTY_RUNS, help="how many with each fault")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    directory = wanted.directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    lacking = [f"{fault.name} can't be put in here: {why}." for fault in FAULTS if (why := fault.lacks())]
    outcomes = []
    for fault, number in schedule(wanted.quiet, wanted.faulty):
        outcomes.append(outcome_of(fault, number, directory))
        print(_told(outcomes[-1]), flush=True)
    refused = refused_beside(_empty(directory / "refused"))
    page = as_markdown(outcomes, refused, lacking)
    (directory / "fault-injection.md").write_text(page, encoding="utf-8")
    facts: dict[str, Any] = {"outcomes": [asdict(it) for it in outcomes], "refused": refused, "lacking": lacking}
    (directory / "fault-injection.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    print(page)
    sys.exit(0 if is_as_it_should(outcomes, refused) else 1)


def _make(fault: Fault | None, run: Path) -> str:
    """Make a run; return why it failed, "" if it didn't."""
    faulty = FaultyRun(_empty(run.with_name(f"{run.name}-fault")), bench) if fault else None
    env = {**os.environ, **(fault.env(faulty) if fault and faulty else {})}
    with subprocess.Popen(bench(run), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as made:
        try:
            with fault.during(faulty, psutil.Process(made.pid)) if fault and faulty else nullcontext():
                said = made.communicate()[1]
        finally:
            # Whoever ends this ends the run with it.
            made.terminate()
    return (said.strip() or f"exit code {made.returncode}") if made.returncode else ""


def _empty(directory: Path) -> Path:
    directory.mkdir(exist_ok=True)
    return directory


def _messages(objections: Iterable[dict[str, Any]]) -> list[str]:
    return [it["message"] for it in objections]


def _line(fault: Fault, made: Sequence[Outcome]) -> str:
    made = [it for it in made if not it.problem]
    found = sum(it.is_found(fault) for it in made)
    by = Counter(audit for it in made for audit in it.failed)
    failed = ", ".join(f"{audit} {count}" for audit, count in by.most_common())
    return f"| {fault.name}: {fault.about} | {len(made)} | {found} | {failed} |"


def _told(it: Outcome) -> str:
    what = it.problem or "; ".join(f"{audit}: {said[0]}" for audit, said in it.failed.items()) or "no audit failed"
    return f"{it.fault} {it.number}, {it.took_s:.0f} s: {what}"


if __name__ == "__main__":
    main()
