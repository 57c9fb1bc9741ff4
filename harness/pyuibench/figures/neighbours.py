"""Beside others: what clicks take while one session has jobs run, and what a browser's user sees beside a load."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from pyuibench.analysis.bootstrap import quantile
from pyuibench.analysis.estimates import mean
from pyuibench.contract.known_delays import KINDS
from pyuibench.contract.scenarios import ROUNDS, SCENARIOS
from pyuibench.figures.base import Figure, FigureSpec, Missing, Result, Section, TableSpec, Words
from pyuibench.figures.ends import headline_end
from pyuibench.figures.samples import VariantInfo, by_block, by_boot
from pyuibench.figures.view import RunView
from pyuibench.figures.waits import SENT, about, in_the_page_of
from workload.tasks import CRUNCH_STEP_S, CRUNCH_STEPS

SECTION = Section("neighbours", "Beside others", 15, leads=True)
SECTIONS = (SECTION,)
NEIGHBOURS, BESIDE = "neighbours", "beside"
"""The experiments whose samples these are."""
ALONE, TOGETHER, LONGER = "alone", "together", "longer"
P95, MEDIAN = 0.95, 0.5
Sides = tuple[pd.DataFrame, pd.DataFrame]


def _sides(view: RunView, variant: VariantInfo, kind: str) -> Sides:
    """Return a variant's clicks while one session rests, and while it has jobs run, of one kind."""

    def clicks(scenario: str) -> pd.DataFrame:
        rows = view.interactions(variant, NEIGHBOURS)
        at = (rows["job_kind"] == kind) & rows["held"] & (rows["control"] == "increment")
        return rows.loc[at & (rows["scenario"] == scenario), ["ok", "block", "boot", "response_ms"]]

    return view.kept(("sides", variant.id, kind), lambda: (clicks("unrelated"), clicks("neighbour")))


def _seen(view: RunView, variant: VariantInfo, scenario: str) -> Sides:
    """Return what a browser's user did alone, and beside other sessions."""

    def gestures() -> Sides:
        rows = view.interactions(variant, BESIDE)
        at = (rows["instrument"] == "browser") & ~rows["warmup"] & (rows["scenario"] == scenario)
        own = rows.loc[at, ["ok", "block", "boot", headline_end(view).column, SENT, "beside"]]
        return own[own["beside"] == 0], own[own["beside"] > 0]

    return view.kept(("seen", variant.id, scenario), gestures)


def _compared(view: RunView, sides: Sides, what: str, column: str, probability: float) -> Figure | Missing:
    """Return a quantile alone or beside others, or by how much it is longer, paired by block: an interval over boots."""
    if what == LONGER:
        return _longer(view, sides, column, probability)
    boots = by_boot(sides[what == TOGETHER], column)
    return Figure(quantile(boots, probability, view.level), "ms") if boots else Missing("no right answer")


def _longer(view: RunView, sides: Sides, column: str, probability: float) -> Figure | Missing:
    ours, theirs = (by_block(side, column) for side in sides)
    shared = sorted(ours.keys() & theirs.keys())
    longer = [
        float(np.quantile(theirs[block], probability) - np.quantile(ours[block], probability)) for block in shared
    ]
    n = sum(len(theirs[block]) for block in shared)
    return Figure(mean(np.array(longer), n, view.level), "ms") if longer else Missing("no boot has both")


def _click(view: RunView, variant: VariantInfo, kind: str, what: str) -> Figure | Missing:
    figure = _compared(view, _sides(view, variant, kind), what, "response_ms", P95)
    caveat = "" if what == ALONE else variant.caveats.get("neighbour", "")
    return replace(figure, note=caveat) if isinstance(figure, Figure) else figure


def _wrong(view: RunView, variant: VariantInfo, kind: str) -> Result:
    beside = _sides(view, variant, kind)[1]
    return f"{int((~beside['ok']).sum())} of {len(beside)}"


def _gesture(view: RunView, variant: VariantInfo, scenario: str, what: str) -> Figure | Missing:
    sides = _seen(view, variant, scenario)
    figure = _compared(view, sides, what, headline_end(view).column, MEDIAN)
    if what == LONGER:
        return figure
    baseline = _seen(view, view.baseline, scenario) if view.baseline else None
    side = int(what == TOGETHER)
    controls = SCENARIOS[scenario].controls
    return in_the_page_of(figure, variant, controls, sides[side], baseline[side] if baseline else None)


def _others(view: RunView) -> float:
    """Return how many sessions act beside a browser's user."""
    return float(max(view.run.interactions["beside"], default=0))


def _spec(
    id: str,
    label: Words,
    about: Words,
    estimate: Callable[[RunView, VariantInfo], Result],
    experiment: str,
    what: str = "",
) -> FigureSpec:
    return FigureSpec(
        id,
        SECTION.id,
        label,
        "ms" if what else "",
        estimate,
        about,
        better="lower" if what else "neither",
        # A difference may be nothing.
        has_ratio=what != LONGER,
        is_in=partial(RunView.has, experiment=experiment),
    )


def _clicks_of(kind: str, spent: str) -> tuple[FigureSpec, ...]:
    words = {
        ALONE: ("calm p95", "response of a click while the one session only stays open"),
        TOGETHER: ("beside a job p95", "response of a click while that session has jobs run, one after the other"),
        LONGER: ("longer by", "p95 beside a job less p95 calm, of the same boot"),
    }
    wrong = "clicks beside jobs that were wrong or not answered"
    return (
        *(
            _spec(
                f"neighbours.{kind}.{what}",
                f"{label}, job {spent}",
                about,
                partial(_click, kind=kind, what=what),
                NEIGHBOURS,
                what,
            )
            for what, (label, about) in words.items()
        ),
        _spec(f"neighbours.{kind}.wrong", f"wrong, job {spent}", wrong, partial(_wrong, kind=kind), NEIGHBOURS),
    )


def _gestures_of(scenario: str) -> tuple[FigureSpec, ...]:
    def median(view: RunView) -> str:
        return headline_end(view).about

    words: dict[str, tuple[Words, Words]] = {
        ALONE: (f"{scenario}, alone", median),
        TOGETHER: (lambda view: f"{scenario}, beside {_others(view):.0f}", median),
        LONGER: (f"{scenario}, longer by", "the median beside others less that alone, of the same boot"),
    }
    return tuple(
        _spec(
            f"neighbours.seen.{scenario}.{what}",
            label,
            about,
            partial(_gesture, scenario=scenario, what=what),
            BESIDE,
            what,
        )
        for what, (label, about) in words.items()
    )


_CLICKS = tuple(figure for kind, spent in KINDS.items() for figure in _clicks_of(kind, spent))
_GESTURES = tuple(figure for scenario in ROUNDS for figure in _gestures_of(scenario))
FIGURES = (*_CLICKS, *_GESTURES)


def _about_clicks(view: RunView) -> str:
    others = view.run.settings(NEIGHBOURS).get("sessions", "Some")
    return (
        f"{others} others click on the counter, once a second each. "
        f"A job blocks its thread for {CRUNCH_STEPS} x {CRUNCH_STEP_S:g} s."
    )


TABLES = (
    TableSpec(
        "neighbours.clicks",
        SECTION.id,
        "One session's job, and the others",
        tuple(figure.id for figure in _CLICKS),
        _about_clicks,
        rows="with figures",
        in_summary=True,
    ),
    TableSpec(
        "neighbours.seen",
        SECTION.id,
        "What a user sees beside others",
        tuple(figure.id for figure in _GESTURES),
        lambda view: (
            f"A browser of one user goes through its rounds, alone and while others act once a second each. {about(view)}"
        ),
        rows="with figures",
        in_summary=True,
    ),
)
