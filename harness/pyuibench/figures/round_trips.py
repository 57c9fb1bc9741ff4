"""How often an action waits for the network: how much longer it takes for each added millisecond of round trip."""

from functools import partial

import numpy as np

from pyuibench.analysis.estimates import Point, slope
from pyuibench.contract.scenarios import TASKS
from pyuibench.figures.base import Figure, FigureSpec, Missing, Section, TableSpec
from pyuibench.figures.latency import app_cases, case_id
from pyuibench.figures.samples import Case, VariantInfo, by_block_and_rtt
from pyuibench.figures.view import NOT_MEASURED, RunView

SECTION = Section("round_trips", "Round trips", 140)
SECTIONS = (SECTION,)


def _round_trips(view: RunView, variant: VariantInfo, case: Case) -> Figure | Missing:
    times = by_block_and_rtt(view.samples.far(variant, case), "right_ms")
    points = [Point(block, rtt_ms, float(np.median(values))) for (block, rtt_ms), values in times.items()]
    try:
        return Figure(slope(points, view.level), "count")
    except ValueError:
        return Missing(NOT_MEASURED)


def _is_in(view: RunView, case: Case) -> bool:
    return case in view.headline_cases and bool((view.run.interactions["rtt_ms"] > 0).any())


FIGURES = tuple(
    FigureSpec(
        f"round_trips.{case_id(case)}",
        SECTION.id,
        case.label,
        "count",
        partial(_round_trips, case=case),
        "milliseconds that it takes longer for every millisecond of the network's round trip",
        is_in=partial(_is_in, case=case),
    )
    for case in app_cases()
    if case.scenario not in TASKS
)
TABLES = (
    TableSpec(
        "round_trips.all",
        SECTION.id,
        "Round trips",
        tuple(figure.id for figure in FIGURES),
        "Milliseconds that an action takes longer for every millisecond of the network's round trip, in the browser through a "
        "relay: how often it waits for the server. Loading a page also fetches what it is made of.",
        rows="with figures",
    ),
)
