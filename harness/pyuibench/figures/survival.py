"""What a session survives, and how long it takes until the page answers again."""

from functools import partial

import pandas as pd

from pyuibench.figures.base import FigureSpec, Missing, Result, Section, TableSpec
from pyuibench.figures.samples import VariantInfo, failure_of
from pyuibench.figures.view import NOT_MEASURED, RunView
from pyuibench.results.metrics import METRICS

SECTION = Section("survival", "What survives", 150)
SECTIONS = (SECTION,)
_EVENTS = {
    "cut": ("connection cut", "cut_ms"),
    "reload": ("page reloaded", "reload_ms"),
    "restart": ("server restarted", "restart_ms"),
}


def _survived(view: RunView, variant: VariantInfo, metric: str) -> Result:
    rows = view.measurements(variant, metric)
    if rows.empty:
        return Missing(failure_of(view.failures(variant), variant, "app", "resilience") or NOT_MEASURED)
    last = rows.iloc[-1]
    return str(last["outcome"]) if pd.isna(last["value"]) else f"{last['outcome']}, {last['value'] / 1e3:.1f} s"


FIGURES = tuple(
    FigureSpec(
        f"survival.{event}",
        SECTION.id,
        label,
        "",
        partial(_survived, metric=metric),
        METRICS[metric].about,
        better="neither",
        is_in=partial(RunView.has_metric, metric=metric),
    )
    for event, (label, metric) in _EVENTS.items()
)
TABLES = (
    TableSpec(
        "survival.all",
        SECTION.id,
        "What survives",
        tuple(figure.id for figure in FIGURES),
        "A session with ten clicks and another granularity; afterwards its counter is clicked once a second. Kept: counter and "
        "granularity; partly: one of them; lost: both, but the page works again; dead: no answer until the visitor reloads.",
        with_intervals=False,
    ),
)
