"""Figures that aren't of interactions: memory, start, page, code, environment."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pyuibench.figures.base import Column, Figure, Missing, Row, Table, variant_row
from pyuibench.figures.samples import VariantInfo, failure_of
from pyuibench.figures.view import Report, median_figure
from pyuibench.results.metrics import METRICS

CHANGE = ("change_lines", "change_places")
CODE = ("logical_lines", "tokens", "cyclomatic_complexity", "framework_names")
ENVIRONMENT = ("install_s", "environment_bytes", "environment_packages")
BOOT = ("boot_ready_ms", "first_session_ms", "first_answer_ms", "session_ms")
MEMORY = ("idle_pss_bytes", "idle_uss_bytes", "loaded_pss_bytes", "js_heap_bytes")
PROCESS = ("threads", "handles", "processes", "server_cpu_ms", "generator_cpu_share", "leftover_processes")
BUILD = ("build_s", "build_bytes")
PAGE = ("page_bytes_down", "page_requests", "outside_requests")


def measured_table(
    report: Report, title: str, metrics: Sequence[str], page: str = "app", with_intervals: bool = True
) -> Table:
    """Return medians over boots of figures of `measurements` on a page, a column for each number of sessions."""
    frame = report.run.measurements
    frame = frame[frame["metric"].isin(metrics) & (frame["page"] == page)]
    wanted = [(metric, sessions) for metric in metrics for sessions in _sessions(frame, metric)]
    columns = tuple(
        Column(_metric_label(metric, sessions, len(_sessions(frame, metric)) > 1), METRICS[metric].about)
        for metric, sessions in wanted
    )
    rows = [
        variant_row(
            variant,
            [
                measured_figure(report, frame[frame["sessions"] == sessions], variant, metric, page)
                for metric, sessions in wanted
            ],
        )
        for variant in report.variants
    ]
    return Table(title, "", columns, tuple(rows) if columns else (), with_intervals)


def environment_table(report: Report) -> Table:
    """Return what each entry's environment costs to have: one row an entry."""
    columns = tuple(Column(_metric_label(metric, 0, False), METRICS[metric].about) for metric in ENVIRONMENT)
    firsts = {variant.entry: variant for variant in reversed(report.variants)}
    rows = [
        Row(first.title, first.version, (), tuple(_of_entry(report, first.entry, metric) for metric in ENVIRONMENT))
        for first in (firsts[entry] for entry in dict.fromkeys(variant.entry for variant in report.variants))
    ]
    return Table("Environment of each entry", "", columns, tuple(rows), with_intervals=False)


def _sessions(frame: pd.DataFrame, metric: str) -> list[int]:
    return sorted({int(sessions) for sessions in frame.loc[frame["metric"] == metric, "sessions"]})


def _metric_label(metric: str, sessions: int, say_sessions: bool) -> str:
    name = metric.rpartition("_")[0] if metric.rpartition("_")[2] in ("ms", "bytes", "s") else metric
    name = (
        name.replace("_", " ").replace("pss", "PSS").replace("uss", "USS").replace("cpu", "CPU").replace("js ", "JS ")
    )
    return (
        f"{name}, {sessions} session{'s' if sessions != 1 else ''}"
        if say_sessions or metric.startswith("loaded")
        else name
    )


def measured_figure(
    report: Report, frame: pd.DataFrame, variant: VariantInfo, metric: str, page: str
) -> Figure | Missing:
    """Return the median over boots of a metric of a variant's page, or why there is none."""
    at = (frame["entry"] == variant.entry) & (frame["variant"] == variant.name)
    rows = frame[at & (frame["metric"] == metric)]
    boots = [np.asarray(group["value"], float) for _, group in rows[rows["value"].notna()].groupby(["block", "boot"])]
    return median_figure(report, boots, METRICS[metric].unit, _why_not_measured(report, rows, variant, page))


def _why_not_measured(report: Report, rows: pd.DataFrame, variant: VariantInfo, page: str) -> str:
    stored = rows["reason"].dropna()
    if len(stored):
        return str(stored.iloc[0])
    if page in variant.not_applicable:
        return f"not applicable to {variant.id}: {variant.not_applicable[page]}"
    instrument = str(rows["instrument"].iloc[0]) if len(rows) else "resources"
    return failure_of(report.run.failures, variant, page, instrument) or "not measured in this run"


def _of_entry(report: Report, entry: str, metric: str) -> Figure | Missing:
    frame = report.run.measurements
    rows = frame[(frame["entry"] == entry) & (frame["metric"] == metric)]
    stored = rows["reason"].dropna()
    values = np.asarray(rows["value"].dropna(), float)
    why = str(stored.iloc[0]) if len(stored) else "not measured in this run"
    return median_figure(
        report, [values] if len(values) else [], METRICS[metric].unit, why, "measured once" if len(values) == 1 else ""
    )
