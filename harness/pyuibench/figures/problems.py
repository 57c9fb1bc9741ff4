"""What went wrong, and how noisy the run was."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from pyuibench.analysis.estimates import FEWEST_BOOTS, Estimate
from pyuibench.audits.controls import twin_ratios
from pyuibench.figures.base import Problem
from pyuibench.figures.samples import tuples
from pyuibench.figures.view import RunView
from pyuibench.results.store import Run

LONGEST_TEXT = 60
# What an output showed, as reasons quote it.
_SHOWN = re.compile(r"""\b(is|shows) (?P<quote>['"])(?P<text>.*?)(?P=quote)""")


@dataclass(frozen=True)
class Noise:
    """The baseline's ratio to itself: the half-width of its 95 % intervals, and how many of all `counted` include 1."""

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


def noise(view: RunView) -> Noise | None:
    """Return how far the baseline is from itself, measured under two names; None where it wasn't or intervals are missing."""
    return view.once(_noise_of)


def _noise_of(view: RunView) -> Noise | None:
    return _noise(twin_ratios(view.run).values())


def repeated(view: RunView) -> Repeated | None:
    """Return the same for a long run taken as several short ones of FEWEST_BOOTS blocks each; None for a short run."""
    blocks = sorted(set(view.run.interactions["block"]))
    runs = [
        set(blocks[first : first + FEWEST_BOOTS]) for first in range(0, len(blocks) - FEWEST_BOOTS + 1, FEWEST_BOOTS)
    ]
    if len(runs) < 2:
        return None
    found = _noise(it for own in runs for it in twin_ratios(view.run, own).values())
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
    origin = ["entry", "variant", "page", "step"]
    return tuple(
        Problem(f"{entry}/{variant}", f"{page} page: {step}", reason, count)
        for (entry, variant, page, step), reason, count in _counted(tuples(run.failures, [*origin, "reason"]))
    )


def not_ok(run: Run) -> tuple[Problem, ...]:
    """Return the interactions that were not ok, warm-up ones too, by variant, case and reason."""
    origin = ["entry", "variant", "instrument", "scenario", "control"]
    rows = run.interactions[[*origin, "reason", "ok"]]
    kinds = {name: str(name).partition("-")[0] for name in rows["control"].unique()}
    rows = rows.assign(control=rows["control"].map(kinds), reason=rows["reason"].fillna("no reason stored"))
    wrong = tuples(rows[~rows["ok"].astype(bool)], [*origin, "reason"])
    totals = rows.groupby(origin).size().to_dict() if wrong else {}
    return tuple(
        Problem(
            f"{entry}/{variant}",
            f"{instrument}: {scenario}{' · ' + control if control else ''}",
            reason,
            count,
            totals[(entry, variant, instrument, scenario, control)],
        )
        for (entry, variant, instrument, scenario, control), reason, count in _counted(wrong)
    )


def alike(reasons: Iterable[str]) -> list[list[str]]:
    """Return reasons with those together that differ in numbers or in a text that was shown, in the order of the first."""
    groups: dict[str, list[str]] = {}
    for reason in reasons:
        groups.setdefault(re.sub(r"[\d,.]+", "", _SHOWN.sub(r"\1 a text", reason)), []).append(reason)
    return list(groups.values())


def shortened(reason: str) -> str:
    """Return a reason with long texts that were shown cut off: of an answer that came too late its beginning tells enough."""

    def cut(shown: re.Match[str]) -> str:
        text = shown["text"]
        return (
            shown[0]
            if len(text) <= LONGEST_TEXT
            else f"{shown[1]} {shown['quote']}{text[:LONGEST_TEXT]}…{shown['quote']}"
        )

    return _SHOWN.sub(cut, reason)


def _counted(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Yield each origin, each kind of reason there, by the first of its kind, and how many there are of the kind."""
    reasons: dict[tuple[str, ...], list[str]] = {}
    for *origin, reason in rows:
        reasons.setdefault(tuple(origin), []).append(reason)
    for where, own in sorted(reasons.items()):
        for kind in alike(sorted(own)):
            first = shortened(kind[0])
            yield where, first if kind[0] == kind[-1] else f"{first}, and like it", len(kind)
