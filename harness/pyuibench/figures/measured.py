"""Figures made of `measurements`: the median over boots of a metric."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from pyuibench.analysis.estimates import Floats
from pyuibench.analysis.moderation import Scatter, Spread
from pyuibench.figures.base import Better, Comparison, Figure, FigureFamily, FigureSpec, Missing
from pyuibench.figures.samples import NO_SERVER, VariantInfo, failure_of, tuples
from pyuibench.figures.view import NOT_MEASURED, RunView, median_figure, scatter_of
from pyuibench.results.metrics import METRICS

_ORIGIN = ["entry", "variant", "metric", "page"]
UNUSUAL = ("chat", "one-offs", "soak")
"""Experiments whose sessions upload, stream or act a thousand times: what the server takes then is no ordinary session's."""
MEASURED, COUNTED = False, True
"""How a metric of two runs is compared: beyond noise, or by any difference."""


class _Row(NamedTuple):
    """One measurement of a metric; `value` is NaN and `reason` says why where there is none."""

    block: int
    boot: str
    sessions: int
    value: float
    instrument: str
    reason: str | float | None


def metric_spec(
    id: str,
    section: str,
    label: str,
    metric: str,
    *,
    page: str = "app",
    sessions: int | None = None,
    unit: str = "",
    about: str = "",
    better: Better = "lower",
    compared: bool | None = None,
    is_listed: bool = True,
) -> FigureSpec:
    """Return the figure of a metric on a page, of so many sessions where that is stated; `compared`: MEASURED or COUNTED.

    `unit` and `about` have to be given for a metric that METRICS lacks: one of a single experiment.
    """
    unit, about = unit or METRICS[metric].unit, about or METRICS[metric].about

    def found(view: RunView, variant: VariantInfo) -> Sequence[_Row]:
        return _found(view, variant, metric, page, sessions)

    def estimate(view: RunView, variant: VariantInfo) -> Figure | Missing:
        scatter = view.kept(("scatter", metric, page, sessions), lambda: _scatter(view, found))
        return _median(view, variant, found(view, variant), unit, page, scatter.of(variant.id))

    def is_in(view: RunView) -> bool:
        return any(found(view, variant) for variant in view.variants)

    def alone(view: RunView, variant: VariantInfo) -> Sequence[_Row]:
        return [row for row in found(view, variant) if row.sessions <= 1]

    def values(view: RunView, variant: VariantInfo) -> Sequence[float]:
        return [float(np.median(boot)) for boot in _by_boot(alone(view, variant))]

    def spread(view: RunView, variant: VariantInfo) -> Spread | None:
        scatter = view.kept(("scatter alone", metric, page, sessions), lambda: _scatter(view, alone))
        return scatter.of(variant.id)

    return FigureSpec(
        id,
        section,
        label,
        unit,
        estimate,
        about,
        better=better,
        has_ratio=unit != "share",
        is_in=is_in,
        is_listed=is_listed,
        comparison=None if compared is None else Comparison(values, compared, spread),
    )


def by_sessions(
    id: str, section: str, label: str, metric: str, *, unit: str = "", about: str = "", is_listed: bool = True
) -> FigureFamily:
    """Return a metric's figures on the app page, one for each number of sessions that a run has."""

    def members(view: RunView) -> tuple[FigureSpec, ...]:
        return tuple(
            metric_spec(
                f"{id}.{number}-{_sessions(number)}",
                section,
                f"{label}, {number} {_sessions(number)}",
                metric,
                sessions=number,
                unit=unit,
                about=about,
                is_listed=is_listed,
            )
            for number in _numbers(view.run.measurements, metric)
        )

    return FigureFamily(id, section, members)


def median_of(
    view: RunView, variant: VariantInfo, rows: pd.DataFrame, unit: str, page: str = "app"
) -> Figure | Missing:
    """Return the median over boots of a variant's measurements, or why there is none."""
    return _median(view, variant, [_Row(*row) for row in tuples(rows, [*_Row._fields])], unit, page)


def _median(
    view: RunView, variant: VariantInfo, rows: Sequence[_Row], unit: str, page: str, spread: Spread | None = None
) -> Figure | Missing:
    why = partial(_why_not_measured, view, rows, variant, page)
    return median_figure(view, _by_boot(rows), unit, why, spread=spread)


def _scatter(view: RunView, found: Callable[[RunView, VariantInfo], Sequence[_Row]]) -> Scatter:
    """Return how far a metric of all variants scatters from block to block."""
    return scatter_of(view, {variant.id: _by_block(found(view, variant)) for variant in view.variants})


def _by_block(rows: Iterable[_Row]) -> dict[int, Floats]:
    found: dict[int, list[float]] = {}
    for row in rows:
        if not math.isnan(row.value):
            found.setdefault(row.block, []).append(row.value)
    return {block: np.array(values) for block, values in found.items()}


def _by_boot(rows: Iterable[_Row]) -> list[Floats]:
    """Return the values that are known, an array a boot, in the order of blocks."""
    found: dict[tuple[int, str], list[float]] = {}
    for row in rows:
        if not math.isnan(row.value):
            found.setdefault((row.block, row.boot), []).append(row.value)
    return [np.array(found[place]) for place in sorted(found)]


def _found(view: RunView, variant: VariantInfo, metric: str, page: str, sessions: int | None) -> Sequence[_Row]:
    """Return a variant's measurements of a metric on a page, of all numbers of sessions where none is stated."""
    rows = view.once(_by_place).get((variant.entry, variant.name, metric, page), ())
    return rows if sessions is None else [row for row in rows if row.sessions == sessions]


def _by_place(view: RunView) -> dict[tuple[str, ...], list[_Row]]:
    """Return the measurements without those beside sessions that do something of their own: their memory is no session's.

    A record a row, in one go: a frame for each of thousands of places takes many times as long.
    """
    rows = view.run.measurements
    found: dict[tuple[str, ...], list[_Row]] = {}
    for *place, block, boot, sessions, value, instrument, reason in tuples(
        rows[~rows["experiment"].isin(UNUSUAL)], [*_ORIGIN, *_Row._fields]
    ):
        found.setdefault(tuple(place), []).append(_Row(block, boot, sessions, value, instrument, reason))
    return found


def _numbers(frame: pd.DataFrame, metric: str) -> Iterator[int]:
    rows = frame[(frame["metric"] == metric) & (frame["page"] == "app")]
    yield from sorted({int(number) for number in rows["sessions"]})


def _sessions(number: int) -> str:
    return "session" if number == 1 else "sessions"


def _why_not_measured(view: RunView, rows: Sequence[_Row], variant: VariantInfo, page: str) -> str:
    stored = next((row.reason for row in rows if isinstance(row.reason, str)), None)
    if stored is not None:
        return stored
    if variant.runs_in == "browser":
        return f"not applicable to {variant.id}: {NO_SERVER}"
    if page in variant.not_applicable:
        return f"not applicable to {variant.id}: {variant.not_applicable[page]}"
    instrument = rows[0].instrument if rows else "resources"
    return failure_of(view.failures(variant), variant, page, instrument) or NOT_MEASURED
