"""Commands that measure, and the one that joins what was measured: `bench`, `calibrate`, `merge`."""

import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pyuibench.calibration.names import calibration_names
from pyuibench.cli.inputs import (
    Apps,
    Measured,
    NewRun,
    entries_in,
    read_share,
    require_known,
    run_directory,
    seed_or_chance,
)
from pyuibench.cli.show import load_run, tell_report
from pyuibench.cli.terminal import FAILED, STOPPED, UNMEASURED, complain, console, foreign_answer_told, tell
from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.errors import UserError
from pyuibench.experiments.names import profile_names
from pyuibench.instruments.registry import instrument_names
from pyuibench.results.meta import read_meta, require_absent, require_finished

if TYPE_CHECKING:
    from pyuibench.entries.catalog import Entry, Variant
    from pyuibench.experiments.manifest import Request

PROFILE = "quick"

Profile = Annotated[
    str | None, typer.Option(help=f"How much is measured: {', '.join(profile_names())}; {PROFILE} without it.")
]
Scenarios = Annotated[list[str] | None, typer.Option(help="Only this scenario. Repeatable.")]
Instruments = Annotated[list[str] | None, typer.Option(help="Only this instrument. Repeatable.")]
AllVariants = Annotated[bool, typer.Option("--all-variants", help="Not only the first of each entry.")]
OrderSeed = Annotated[int | None, typer.Option(help="The order's seed; by chance without it.")]
Share = Annotated[
    str | None,
    typer.Option(metavar="SHARE", help="Go on by blocks until each headline ratio is known to this, as 5%."),
]
MostBlocks = Annotated[int, typer.Option(min=1, help="With --precision: the most blocks.")]
Minutes = Annotated[
    float | None,
    typer.Option(
        metavar="MINUTES", min=1, help="Begin no block that would end after so long, counted anew when resumed."
    ),
]
Resumed = Annotated[Path | None, typer.Option(metavar="RUN", help="Go on with a run that was cut off.")]
Gestures = Annotated[int, typer.Option(min=5, max=500, help="How many gestures, and messages times ten.")]
Calibrations = Annotated[
    list[str] | None, typer.Option(help=f"Only this: {', '.join(calibration_names())}. Repeatable.")
]
Joined = Annotated[
    list[Path], typer.Argument(metavar="RUN...", help="Directories of runs, or a load's and its workers'.")
]
JoinedRun = Annotated[Path | None, typer.Option(help="The new run's directory; without it workers' samples are added.")]


@dataclass(frozen=True)
class Amount:
    """How much a bench measures: known names, and figures that were read.

    `half_width` is the precision that is asked for, as a share, in at most `most_blocks`; `within_min` the time that there is.
    """

    profile: str
    scenarios: tuple[str, ...]
    instruments: tuple[str, ...]
    seed: int
    half_width: float | None
    most_blocks: int
    within_min: float | None

    def __post_init__(self) -> None:
        require_known("scenario", self.scenarios, SCENARIOS)
        require_known("instrument", self.instruments, instrument_names())
        require_known("profile", [self.profile], profile_names())


def bench(
    names: Measured = None,
    apps: Apps = None,
    profile: Profile = None,
    scenario: Scenarios = None,
    instrument: Instruments = None,
    all_variants: AllVariants = False,
    seed: OrderSeed = None,
    precision: Share = None,
    most_blocks: MostBlocks = 30,
    within: Minutes = None,
    out: NewRun = None,
    resume: Resumed = None,
) -> None:
    """Measure entries, the first variant of each and those named as entry/variant, and the baseline; write a report.

    Ends with 3 if a part of that could not be measured.

    Example: pyuibench bench baseline --profile smoke
    """
    if precision and within:
        raise UserError(
            "--precision goes on until it is reached and --within until the time is over: give one of them."
        )
    if resume:
        if any((all_variants, names, profile, scenario, instrument, out, precision, within, seed is not None)):
            raise UserError(
                "--resume goes on as the run was begun: give it no entries and no other option than --apps."
            )
        _go_on(resume, entries_in(apps))
        return
    amount = Amount(
        profile or PROFILE,
        tuple(scenario or ()),
        tuple(instrument or ()),
        seed_or_chance(seed),
        read_share(precision) if precision else None,
        most_blocks,
        within,
    )
    from pyuibench.entries.choose import choose_for_bench

    entries = entries_in(apps)
    variants = choose_for_bench(entries, names or (), all_variants)
    _begin(amount, variants, entries, run_directory(out, amount.profile))


def calibrate(gestures: Gestures = 60, only: Calibrations = None, apps: Apps = None) -> None:
    """Measure the harness itself: stopwatch against trace, wire against a bare client, what each of them costs.

    Each figure is printed as it is taken.

    Example: pyuibench calibrate --gestures 100
    """
    require_known("calibration", only or (), calibration_names())
    entries = entries_in(apps)
    from pyuibench.calibration.calibrate import calibrate as measure_harness

    exceeded = []
    for figure in measure_harness(entries, gestures, tuple(only or ()), told=tell):
        limit = "" if figure.limit is None else f"  (limit {figure.limit_text}: {'ok' if figure.ok else 'exceeded'})"
        tell(f"  {figure.label}: {figure.text}{limit}")
        if not figure.ok:
            exceeded.append(figure.label)
    if exceeded:
        tell(f"Exceeded: {'; '.join(exceeded)}")
        raise typer.Exit(FAILED)


def merge(runs: Joined, out: JoinedRun = None, apps: Apps = None) -> None:
    """Make one run of several with --out; or add to a load, the first, what its workers sampled elsewhere.

    Example: pyuibench merge results/monday results/tuesday --out results/both
    """
    entries = entries_in(apps)
    if out:
        directory = _merged(runs, out)
    else:
        directory, *workers = runs
        if not workers:
            raise UserError("Name the directories of the workers' samples after the run, or give --out for a new run.")
        read_meta(directory)
        from pyuibench.results.merge import add_samples

        tell(f"Files of samples that were added: {add_samples(directory, workers)}")
    tell_report(load_run(directory), entries)


def _merged(runs: Sequence[Path], out: Path) -> Path:
    if len(runs) < 2:
        raise UserError("Merging takes two runs or more.")
    for run in runs:
        require_finished(run)
    require_absent(out)
    from pyuibench.results.merge import merge as merge_runs

    return merge_runs(runs, out)


def _go_on(directory: Path, entries: Mapping[str, "Entry"]) -> None:
    within_s = read_meta(directory).get("within_s")
    with _interruptible(directory):
        from pyuibench.cli.progress import TerminalProgress
        from pyuibench.experiments import request as benching

        benching.resume_run(directory, entries, TerminalProgress(console(), within_s).hooks, widest_of)
    _tell_measured(directory, entries)


def _begin(amount: Amount, variants: tuple["Variant", ...], entries: Mapping[str, "Entry"], directory: Path) -> None:
    require_absent(directory)
    with _interruptible(directory):
        from pyuibench.cli.progress import TerminalProgress
        from pyuibench.experiments import request as benching

        request = _request(amount, variants)
        _ask_for_torch(request)
        benching.new_run(request, directory, TerminalProgress(console(), request.within_s).hooks, widest_of)
    _tell_measured(directory, entries)


def _tell_measured(directory: Path, entries: Mapping[str, "Entry"]) -> None:
    """Write a run's report, and end with a code of its own where parts of the run could not be measured."""
    run = load_run(directory)
    tell_report(run, entries)
    if failed := len(run.failures):
        complain(
            f"{failed} part{'s' if failed > 1 else ''} of the run could not be measured; the report begins with why."
        )
        raise typer.Exit(UNMEASURED)


def _ask_for_torch(request: "Request") -> None:
    """Ask before gigabytes are fetched for pages that ask models; without an answer these are left out, with a reason."""
    from pyuibench.contract.other_pages import CONTRACTS
    from pyuibench.serving import models

    asked = any(boot.origin.page in CONTRACTS and CONTRACTS[boot.origin.page].asks_models for boot in request.plan(1))
    if not (asked and sys.stdin.isatty() and (why_not := models.why_not())):
        return
    tell(why_not)
    if typer.confirm("PyPI's build works too, but is a download of some 3 GB. Install that one?"):
        os.environ[models.FROM_PYPI] = "1"


def _request(amount: Amount, variants: tuple["Variant", ...]) -> "Request":
    from pyuibench.experiments.manifest import Request
    from pyuibench.experiments.profiles import profile_named
    from pyuibench.experiments.selection import selection
    from pyuibench.experiments.stopping import Precision

    return Request(
        profile_named(amount.profile),
        selection(amount.scenarios, amount.instruments),
        variants,
        amount.seed,
        Precision(amount.half_width, amount.most_blocks) if amount.half_width else None,
        amount.within_min * 60 if amount.within_min else math.inf,
    )


@contextmanager
def _interruptible(directory: Path) -> Iterator[None]:
    """Say how to go on when Ctrl-C ends a run, and where its samples are when another session's answer does."""
    try:
        with foreign_answer_told(directory):
            yield
    except KeyboardInterrupt:
        complain(f"stopped; go on with `pyuibench bench --resume {directory}`." if directory.is_dir() else "stopped.")
        raise typer.Exit(STOPPED) from None


def widest_of(directory: Path) -> float | None:
    """Return the half-width of the widest interval of a run's headline ratios; None while one has none."""
    from pyuibench.figures.latency import widest
    from pyuibench.figures.view import RunView

    return widest(RunView(load_run(directory)))
