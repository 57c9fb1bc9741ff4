"""A page whose Python runs in the browser against the same framework's on a server: from which distance on it is sooner."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import isinf

import numpy as np

from pyuibench.analysis.break_even import Line, actions_until_paid, line
from pyuibench.analysis.estimates import Estimate, mean, median
from pyuibench.contract.scenarios import TASKS
from pyuibench.figures.base import Figure, FigureSpec, Missing, Section, TableSpec
from pyuibench.figures.ends import headline_end
from pyuibench.figures.latency import app_cases, case_id
from pyuibench.figures.samples import Case, VariantInfo, by_block_and_rtt
from pyuibench.figures.view import NOT_MEASURED, RunView

SECTION = Section(
    "break_even",
    "In the browser or on a server",
    142,
    "What a page takes whose Python runs in the browser, against the same framework's app on a server at some distance. Round "
    "trips are added by a relay; the same app is measured with and without them.",
)
SECTIONS = (SECTION,)
LOAD = Case("app", "load", "cold")
ACTION = Case("app", "global", "min_units")
DRAWN = (Case("app", "unrelated", "increment"), ACTION, LOAD)
"""The cases that are drawn against the round trip."""
DISTANCES_MS = (20.0, 50.0, 150.0)
"""Round trips for which it is told after how many actions the longer boot is paid back."""


@dataclass(frozen=True)
class Distances:
    """A case in the browser and on the same framework's server: round-trip time -> a typical boot's milliseconds, estimated."""

    variant: VariantInfo
    server: VariantInfo
    case: Case
    here: Mapping[float, Estimate]
    there: Mapping[float, Estimate]


def distances(view: RunView, case: Case) -> tuple[Distances, ...]:
    """Return what a case takes at each distance, of each variant that runs in the browser and has its server beside it."""
    known = ((variant, _server_of(view, variant)) for variant in view.variants if variant.runs_in == "browser")
    both = (
        Distances(variant, server, case, _typical(view, variant, case), _typical(view, server, case))
        for variant, server in known
        if server
    )
    return tuple(it for it in both if it.here and len(it.there) > 1)


def of_case(case: Case) -> FigureSpec:
    """Return the figure that says from which round trip on a case is sooner in the browser. Raises KeyError for a load."""
    return _BY_CASE[case]


def _server_of(view: RunView, variant: VariantInfo) -> VariantInfo | None:
    """Return the first variant of the entry with the same app on a server."""
    return next((it for it in view.variants if it.entry == variant.server_entry), None)


def _typical(view: RunView, variant: VariantInfo, case: Case) -> dict[float, Estimate]:
    by_rtt: dict[float, list[list[float]]] = {}
    for of_rtt in _medians(view, variant, case).values():
        for rtt_ms, median_ms in of_rtt.items():
            by_rtt.setdefault(rtt_ms, []).append([median_ms])
    return {rtt_ms: median(boots, view.level) for rtt_ms, boots in sorted(by_rtt.items())}


def _break_even(view: RunView, variant: VariantInfo, case: Case) -> Figure | Missing:
    """Return from which round trip on a case is sooner in the browser."""
    both = _both(view, variant, case)
    if isinstance(both, Missing):
        return both
    return _mean(view, {block: there.exceeds(here) for block, (here, there) in both.items()}, "ms")


def _paid_back(view: RunView, variant: VariantInfo, rtt_ms: float) -> Figure | Missing:
    """Return after how many changes of a filter the longer boot is paid back, at a distance."""
    loads, acts = _both(view, variant, LOAD), _both(view, variant, ACTION)
    if isinstance(loads, Missing) or isinstance(acts, Missing):
        return loads if isinstance(loads, Missing) else Missing(NOT_MEASURED)
    counts = {
        block: actions_until_paid(load.at(rtt_ms), act.at(rtt_ms), load_there.at(rtt_ms), act_there.at(rtt_ms))
        for block, (load, load_there) in loads.items()
        if block in acts
        for act, act_there in [acts[block]]
    }
    return _mean(view, counts, "count")


def _both(view: RunView, variant: VariantInfo, case: Case) -> Mapping[int, tuple[Line, Line]] | Missing:
    """Return block -> lines over round trips, in the browser and on a server."""
    if variant.runs_in == "server":
        return Missing(f"not applicable to {variant.id}: it runs on a server")
    server = _server_of(view, variant)
    if server is None:
        return Missing("the same framework on a server isn't in this run")
    here, there = _lines(view, variant, case), _lines(view, server, case)
    return {block: (here[block], there[block]) for block in here.keys() & there.keys()} or Missing(NOT_MEASURED)


def _lines(view: RunView, variant: VariantInfo, case: Case) -> dict[int, Line]:
    return {block: line(of_rtt) for block, of_rtt in _medians(view, variant, case).items() if len(of_rtt) > 1}


def _medians(view: RunView, variant: VariantInfo, case: Case) -> dict[int, dict[float, float]]:
    """Return block -> added round trip -> median milliseconds of a case."""
    times = by_block_and_rtt(view.samples.far(variant, case), headline_end(view).column)
    found: dict[int, dict[float, float]] = {}
    for (block, rtt_ms), values in times.items():
        found.setdefault(block, {})[rtt_ms] = float(np.median(values))
    return found


def _mean(view: RunView, by_block: Mapping[int, float], unit: str) -> Figure | Missing:
    values = list(by_block.values())
    if not values:
        return Missing(NOT_MEASURED)
    never = sum(map(isinf, values))
    if never == len(values):
        return Missing("never: the server's answers are as quick at any distance, or quicker")
    if never:
        return Missing(f"not known: never in {never} of {len(values)} blocks")
    return Figure(mean(np.array(values), len(values), view.level), unit)


def _is_in(view: RunView) -> bool:
    return any(it.runs_in == "browser" for it in view.variants) and bool((view.run.interactions["rtt_ms"] > 0).any())


_BY_CASE: Mapping[Case, FigureSpec] = {
    case: FigureSpec(
        f"break_even.{case_id(case)}",
        SECTION.id,
        f"{case.label}, break-even",
        "ms",
        partial(_break_even, case=case),
        "round trip of the network from which on the page in the browser answers sooner than the server's",
        heading=case.label,
        has_ratio=False,
        is_in=_is_in,
    )
    for case in app_cases()
    if case.scenario not in TASKS and case.scenario != LOAD.scenario
}
_DISTANCES = tuple(
    FigureSpec(
        f"break_even.actions.{rtt_ms:.0f}-ms",
        SECTION.id,
        f"actions until its boot is paid back, round trips of {rtt_ms:.0f} ms",
        "count",
        partial(_paid_back, rtt_ms=rtt_ms),
        "changes of a filter after which the longer cold load has been made up by quicker answers",
        heading=f"{rtt_ms:.0f} ms",
        has_ratio=False,
        is_in=_is_in,
    )
    for rtt_ms in DISTANCES_MS
)
FIGURES = (*_BY_CASE.values(), *_DISTANCES)
TABLES = (
    TableSpec(
        "break_even.round_trips",
        SECTION.id,
        "Break-even round trips",
        tuple(figure.id for figure in _BY_CASE.values()),
        "From which round trip of the network on an action is answered sooner in the browser. 0 means: at any distance.",
        rows="with figures",
        in_summary=True,
    ),
    TableSpec(
        "break_even.actions",
        SECTION.id,
        "Actions until the boot is paid back",
        tuple(figure.id for figure in _DISTANCES),
        "Changes of a filter after which the page in the browser has made up for its longer cold load, by round trip.",
        rows="with figures",
        in_summary=True,
    ),
)
