"""Figures made of `measurements`: the median over boots of a metric."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pyuibench.figures.base import Better, Comparison, Figure, FigureFamily, FigureSpec, Missing
from pyuibench.figures.samples import VariantInfo, failure_of
from pyuibench.figures.view import NOT_MEASURED, RunView, median_figure, values_by_boot
from pyuibench.results.metrics import METRICS

_PLACE = ["entry", "variant", "metric", "page"]
UNUSUAL = ("one-offs", "soak")
"""Experiments whose sessions upload, stream or act a thousand times: what the server takes then is no ordinary session's."""
MEASURED, COUNTED = False, True
"""How a metric of two runs is compared: beyond noise, or by any difference."""


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

    def rows(view: RunView, variant: VariantInfo) -> pd.DataFrame:
        return _rows(view, variant, metric, page, sessions)

    def estimate(view: RunView, variant: VariantInfo) -> Figure | Missing:
        return median_of(view, variant, rows(view, variant), unit, page)

    def is_in(view: RunView) -> bool:
        return any(len(rows(view, variant)) for variant in view.variants)

    def values(view: RunView, variant: VariantInfo) -> Sequence[float]:
        own = rows(view, variant)
        return [float(np.median(boot)) for boot in values_by_boot(own[own["sessions"] <= 1], "value").values()]

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
        comparison=None if compared is None else Comparison(values, compared),
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


def metric_rows(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the measurements of a metric that have a value."""
    return frame[(frame["metric"] == metric) & frame["value"].notna()]


def median_of(
    view: RunView, variant: VariantInfo, rows: pd.DataFrame, unit: str, page: str = "app"
) -> Figure | Missing:
    """Return the median over boots of a variant's measurements, or why there is none."""
    boots = list(values_by_boot(rows, "value").values())
    return median_figure(view, boots, unit, partial(_why_not_measured, view, rows, variant, page))


def _rows(view: RunView, variant: VariantInfo, metric: str, page: str, sessions: int | None) -> pd.DataFrame:
    """Return a variant's measurements of a metric on a page, of all numbers of sessions where none is stated."""
    key = (variant.entry, variant.name, metric, page)
    groups = view.once(_by_page) if sessions is None else view.once(_by_sessions)
    found = groups.get(key if sessions is None else (*key, sessions))
    return view.once(_none) if found is None else found


def _none(view: RunView) -> pd.DataFrame:
    return view.run.measurements.iloc[:0]


def _by_page(view: RunView) -> dict[tuple[Any, ...], pd.DataFrame]:
    return {tuple(key): own for key, own in _of_ordinary_sessions(view).groupby(_PLACE, sort=False)}


def _by_sessions(view: RunView) -> dict[tuple[Any, ...], pd.DataFrame]:
    return {tuple(key): own for key, own in _of_ordinary_sessions(view).groupby([*_PLACE, "sessions"], sort=False)}


def _of_ordinary_sessions(view: RunView) -> pd.DataFrame:
    """Return the measurements without those beside sessions that do something of their own: their memory is no session's."""
    rows = view.run.measurements
    return rows[~rows["experiment"].isin(UNUSUAL)]


def _numbers(frame: pd.DataFrame, metric: str) -> Iterator[int]:
    rows = frame[(frame["metric"] == metric) & (frame["page"] == "app")]
    yield from sorted({int(number) for number in rows["sessions"]})


def _sessions(number: int) -> str:
    return "session" if number == 1 else "sessions"


def _why_not_measured(view: RunView, rows: pd.DataFrame, variant: VariantInfo, page: str) -> str:
    stored = rows["reason"].dropna()
    if len(stored):
        return str(stored.iloc[0])
    if page in variant.not_applicable:
        return f"not applicable to {variant.id}: {variant.not_applicable[page]}"
    instrument = str(rows["instrument"].iloc[0]) if len(rows) else "resources"
    return failure_of(view.failures(variant), variant, page, instrument) or NOT_MEASURED
