"""What went wrong, and how noisy the run was."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pyuibench.audits import twin_ratios
from pyuibench.report.cells import Problem
from pyuibench.report.report import Report
from pyuibench.report.select import tuples
from pyuibench.stats import FEWEST_BOOTS, Estimate
from pyuibench.store import Run


@dataclass(frozen=True)
class Noise:
    """The control's ratio to itself: the half-width of its 95 % intervals, and how many of all `counted` hold 1."""

    median_half_width: float
    largest_half_width: float
    held: int
    counted: int


@dataclass(frozen=True)
class Repeated:
    """The noise of a run taken as so many `runs` of so many `blocks` each."""

    runs: int
    blocks: int
    noise: Noise


def noise(report: Report) -> Noise | None:
    """Return how far the control is from itself, measured under two names; None where it wasn't or intervals are missing."""
    return _noise(twin_ratios(report.run).values())


def repeated(report: Report) -> Repeated | None:
    """Return the same for a long run taken as several short ones of FEWEST_BOOTS blocks each; None for a short run."""
    blocks = sorted(set(report.run.interactions["block"]))
    runs = [
        set(blocks[first : first + FEWEST_BOOTS]) for first in range(0, len(blocks) - FEWEST_BOOTS + 1, FEWEST_BOOTS)
    ]
    if len(runs) < 2:
        return None
    found = _noise(it for own in runs for it in twin_ratios(report.run, own).values())
    return Repeated(len(runs), FEWEST_BOOTS, found) if found else None


def _noise(estimates: Iterable[Estimate]) -> Noise | None:
    ratios = [it for it in estimates if it.low is not None and it.high is not None]
    if not ratios:
        return None
    halves = [np.sqrt((it.high or 1) / (it.low or 1)) - 1 for it in ratios]
    held = sum((it.low or 1) <= 1 <= (it.high or 1) for it in ratios)
    return Noise(float(np.median(halves)), float(max(halves)), held, len(ratios))


def failures(run: Run) -> tuple[Problem, ...]:
    """Return the boots or parts of boots that could not be carried out, like ones together."""
    counts = Counter(tuples(run.failures, ["entry", "variant", "page", "step", "reason"]))
    return tuple(
        Problem(f"{entry}/{variant}", f"{page} page: {step}", reason, count)
        for (entry, variant, page, step, reason), count in sorted(counts.items())
    )


def not_ok(run: Run) -> tuple[Problem, ...]:
    """Return the interactions that were not ok, warm-up ones too, by variant, case and reason."""
    place = ["entry", "variant", "instrument", "scenario", "control"]
    rows = run.interactions.assign(
        control=run.interactions["control"].astype(str).str.split("-").str[0],
        reason=run.interactions["reason"].fillna("no reason stored"),
    )
    totals = Counter(tuples(rows, place))
    counts = Counter(tuples(rows[~rows["ok"].astype(bool)], [*place, "reason"]))
    return tuple(
        Problem(
            f"{entry}/{variant}",
            f"{instrument}: {scenario}{' · ' + control if control else ''}",
            reason,
            count,
            totals[(entry, variant, instrument, scenario, control)],
        )
        for (entry, variant, instrument, scenario, control, reason), count in sorted(counts.items())
    )
