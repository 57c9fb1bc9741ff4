"""What the load of a page consists of whose Python runs in the browser: runtime, packages, imports, first state."""

from functools import partial

import pandas as pd

from pyuibench.figures.base import Figure, FigureSpec, Missing, TableSpec
from pyuibench.figures.break_even import SECTION
from pyuibench.figures.latency import LOADS
from pyuibench.figures.measured import median_of
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView
from pyuibench.results.metrics import METRICS

PARTS = {
    "boot_runtime_ms": "runtime",
    "boot_packages_ms": "packages",
    "boot_imports_ms": "imports",
    "boot_first_state_ms": "first state",
}
"""Metric -> its name in a table, in the order of a boot."""


def _part(view: RunView, variant: VariantInfo, metric: str, load: str) -> Figure | Missing:
    if variant.runs_in == "server":
        return Missing(f"not applicable to {variant.id}: its Python runs on a server")
    rows = view.once(_parts)
    own = rows[(rows["entry"] == variant.entry) & (rows["variant"] == variant.name)]
    return median_of(view, variant, own[(own["metric"] == metric) & (own["control"] == load)], "ms")


def _parts(view: RunView) -> pd.DataFrame:
    rows = view.run.measurements
    return rows[rows["metric"].isin(PARTS) & (rows["page"] == "app")]


def _is_in(view: RunView) -> bool:
    return not view.once(_parts).empty


FIGURES = tuple(
    FigureSpec(
        f"page_boot.{load}.{metric.removeprefix('boot_').removesuffix('_ms')}",
        SECTION.id,
        f"{load} load, {label}",
        "ms",
        partial(_part, metric=metric, load=load),
        METRICS[metric].about,
        heading=f"{load}: {label}",
        has_ratio=False,
        is_in=_is_in,
        options="--instrument browser",
    )
    for load in LOADS
    for metric, label in PARTS.items()
)
TABLES = (
    TableSpec(
        "page_boot.parts",
        SECTION.id,
        "What a load in the browser consists of",
        tuple(figure.id for figure in FIGURES),
        "Medians over boots: until Python runs, until its packages can be imported, until the app's modules are imported, and "
        "until all is right. Cold: a visitor's first load. Warm: again, with the browser's cache.",
        rows="with figures",
    ),
)
