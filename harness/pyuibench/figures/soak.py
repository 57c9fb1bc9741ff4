"""A soak: whether a session that acts a great many times grows slower, or its server or its page larger.

Each figure is a slope against the actions done so far: the mean over boots, with Student's t interval over them. What grows only
at first, as caches fill, is left out: a boot counts from a quarter of its actions on.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TypeAlias

import pandas as pd

from pyuibench.analysis.estimates import Point, slope
from pyuibench.figures.base import Figure, FigureSpec, Missing, Result, Section, TableSpec
from pyuibench.figures.samples import VariantInfo, tuples
from pyuibench.figures.view import NOT_MEASURED, RunView

Points: TypeAlias = Callable[[RunView, VariantInfo], list[Point]]
SOAK = "soak"
"""The experiment whose samples these are."""
ACTIONS = 1000
"""Slopes are given for so many actions."""
FILLING = 0.25
"""The share of a boot's actions in which caches may still fill."""
AT_A_TIME = 25
"""Latencies are taken as medians of so many actions in a row: five rounds, so that every control is in each as often."""
SECTION = Section(
    "soak",
    "Soak",
    84,
    f"One session acts again and again, on the wire and in a browser. Slopes per {ACTIONS:,} actions from a quarter of them on, "
    "[95 % interval over boots]. A slope whose interval holds 0 is not significant.",
)
SECTIONS = (SECTION,)


def _latencies(view: RunView, variant: VariantInfo, instrument: str, column: str) -> list[Point]:
    """Return medians of AT_A_TIME latencies in a row, against the thousands of actions done by then."""
    rows = view.interactions(variant, SOAK)
    own = rows[(rows["instrument"] == instrument) & ~rows["warmup"] & rows["ok"]]
    return [point for _, boot in own.groupby(["block", "boot"]) for point in _medians(boot, column)]


def _medians(boot: pd.DataFrame, column: str) -> Iterator[Point]:
    late = boot[(boot["sequence"] >= FILLING * boot["sequence"].max()) & boot[column].notna()]
    for number, own in late.groupby(late["sequence"] // AT_A_TIME):
        if len(own) == AT_A_TIME:
            at = (float(str(number)) + 0.5) * AT_A_TIME / ACTIONS
            yield Point(int(own["block"].iloc[0]), at, float(own[column].median()))


def _sizes(view: RunView, variant: VariantInfo, metric: str) -> list[Point]:
    """Return the sizes that were looked at on the way, against the thousands of actions done by then."""
    rows = view.measurements(variant, metric, SOAK)
    own = rows[rows["value"].notna()]
    return [
        Point(int(block), at / ACTIONS, value)
        for _, boot in own.groupby(["block", "boot"])
        for block, at, value in tuples(boot[boot["at"] >= FILLING * boot["at"].max()], ["block", "at", "value"])
    ]


def _growth(view: RunView, variant: VariantInfo, points: Points, unit: str) -> Figure | Missing:
    try:
        return Figure(slope(points(view, variant), view.level), unit)
    except ValueError:
        return Missing(NOT_MEASURED)


def _finding(view: RunView, variant: VariantInfo) -> Result:
    """Return in words what grows beyond doubt: all slopes of a variant are decided together (Bonferroni)."""
    slopes = {}
    for name, points in POINTS.items():
        with suppress(ValueError):
            slopes[name] = slope(points(view, variant), 1 - (1 - view.level) / len(POINTS))
    if not slopes:
        return Missing(NOT_MEASURED)
    if all(it.low is None for it in slopes.values()):
        return "too few boots to say"
    grows = [name for name, it in slopes.items() if it.low is not None and it.low > 0]
    return f"grows: {', '.join(grows)}" if grows else "nothing grows beyond doubt"


_is_in = partial(RunView.has, experiment=SOAK)
POINTS: dict[str, Points] = {
    "latency on the wire": partial(_latencies, instrument="wire", column="service_ms"),
    "latency in the browser": partial(_latencies, instrument="browser", column="right_ms"),
    "server memory": partial(_sizes, metric="pss_bytes"),
    "page heap": partial(_sizes, metric="heap_bytes"),
}
FIGURES = (
    *(
        FigureSpec(
            id,
            SECTION.id,
            name,
            unit,
            partial(_growth, points=POINTS[name], unit=unit),
            about,
            has_ratio=False,
            is_in=_is_in,
        )
        for id, name, unit, about in (
            ("soak.wire_latency", "latency on the wire", "ms", "how much longer an answer takes, without a browser"),
            ("soak.browser_latency", "latency in the browser", "ms", "how much longer a change of the page takes"),
            ("soak.server_memory", "server memory", "bytes", "PSS that is added to the server's process tree"),
            ("soak.heap", "page heap", "bytes", "JavaScript heap that is added to the page, after forced collection"),
        )
    ),
    FigureSpec(
        "soak.finding",
        SECTION.id,
        "finding",
        "",
        _finding,
        "what is above 0 beyond doubt, all slopes of a variant decided together",
        better="neither",
        has_ratio=False,
        is_in=_is_in,
    ),
)
TABLES = (
    TableSpec(
        "soak.slopes",
        SECTION.id,
        f"Growth per {ACTIONS:,} actions",
        tuple(figure.id for figure in FIGURES),
        rows="with figures",
    ),
)
