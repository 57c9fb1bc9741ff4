"""What each entry's environment costs to have, and what its build takes."""

import numpy as np

from pyuibench.figures.base import Column, Figure, Missing, Row, Section, Table, TableMaker, TableSpec
from pyuibench.figures.measured import COUNTED, metric_spec
from pyuibench.figures.view import NOT_MEASURED, RunView, median_figure
from pyuibench.results.metrics import METRICS

SECTION = Section("environment", "Environment", 130)
SECTIONS = (SECTION,)
_OF_AN_ENTRY = {
    "install_s": "install",
    "environment_bytes": "environment",
    "environment_packages": "environment packages",
}
FIGURES = (
    metric_spec(
        "environment.size",
        SECTION.id,
        "environment",
        "environment_bytes",
        compared=COUNTED,
        is_listed=False,
    ),
    metric_spec("environment.build_time", SECTION.id, "build time", "build_s"),
    metric_spec("environment.build_size", SECTION.id, "build size", "build_bytes"),
)


def environment_tables(view: RunView) -> tuple[Table, ...]:
    """Return what each entry's environment costs to have: one row an entry."""
    columns = tuple(Column(label, METRICS[metric].about) for metric, label in _OF_AN_ENTRY.items())
    firsts = {variant.entry: variant for variant in reversed(view.variants)}
    rows = [
        Row(first.title, first.version, (), tuple(_of_entry(view, first.entry, metric) for metric in _OF_AN_ENTRY))
        for first in (firsts[entry] for entry in dict.fromkeys(variant.entry for variant in view.variants))
    ]
    is_measured = view.run.measurements["metric"].isin(list(_OF_AN_ENTRY)).any()
    title = "Environment of each entry"
    return (
        Table("environment.of_entries", title, "", columns, tuple(rows) if is_measured else (), with_intervals=False),
    )


def _of_entry(view: RunView, entry: str, metric: str) -> Figure | Missing:
    frame = view.run.measurements
    rows = frame[(frame["entry"] == entry) & (frame["metric"] == metric)]
    stored = rows["reason"].dropna()
    values = np.asarray(rows["value"].dropna(), float)
    why = str(stored.iloc[0]) if len(stored) else NOT_MEASURED
    note = "measured once" if len(values) == 1 else ""
    return median_figure(view, [values] if len(values) else [], METRICS[metric].unit, why, note)


TABLES = (
    TableMaker("environment.of_entries", SECTION.id, environment_tables),
    TableSpec(
        "environment.build",
        SECTION.id,
        "Build",
        ("environment.build_time", "environment.build_size"),
        rows="with figures",
        with_intervals=False,
    ),
)
