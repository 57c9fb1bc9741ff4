"""More than one worker: what a second one adds, and what breaks where a visitor isn't sent to the same one every time."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pyuibench.analysis.estimates import ratio_of_medians
from pyuibench.contract.service_level import NOT_OPENED
from pyuibench.entries.deployment import APART, ONE, TWO
from pyuibench.figures.base import Column, Figure, Missing, Shown, Table, variant_row
from pyuibench.figures.load import faults
from pyuibench.figures.measured import measured_figure
from pyuibench.figures.samples import VariantInfo, tuples
from pyuibench.figures.view import Report, median_figure

WORKERS = "workers"
"""The experiment whose samples these are."""


def workers_table(report: Report) -> Table:
    """Return what one and two workers do when they are kept busy; no rows in a run without workers."""
    columns = (
        Column("deployed as", "the framework's documented way to more cores"),
        Column("1 worker", "right answers a second"),
        Column("2 workers", "right answers a second"),
        Column("times as many", "of two workers to one, paired by block, [95 % interval over blocks]"),
        Column("CPU, 1 worker", "of one core, on average while kept busy"),
        Column("CPU, 2 workers", "of one core: the machine's others are left to proxy and generator"),
        Column("per CPU second", "answers of two workers to those of one, by CPU second used: what sharing costs"),
        Column("memory, 2 workers", "PSS of all workers while all sessions are open"),
        Column("generator", "the most that the load generator used of one core"),
        Column("wrong answers, 1 and 2 workers", "by kind, of all that were due while they were kept busy"),
        Column("2 workers, not sticky", "what happens when requests of one visitor go to the workers by turns"),
    )
    any_boot = (report.run.measurements["experiment"] == WORKERS).any()
    rows = [variant_row(variant, _cells(report, variant)) for variant in report.variants] if any_boot else []
    caption = (
        "Sessions that act without a pause, each as soon as it is answered, through a proxy. Servers, proxy and generator "
        "share the machine's cores, so two workers have less than two cores: read the CPU beside the rate."
    )
    return Table("A second worker", caption, columns, tuple(rows))


def _cells(report: Report, variant: VariantInfo) -> tuple[Shown, ...]:
    way = _way(report, variant)
    if why := way.get("impossible"):
        return (str(way["about"]), *[Missing(why)] * 10)
    one, two, apart = (_of(report.run.measurements, variant, name) for name in (ONE, TWO, APART))
    rates = [_rates(report, variant, name) for name in (ONE, TWO)]
    return (
        str(way.get("about", "not stated")),
        *(_shown_rate(report, its, _why(report, variant, name)) for its, name in zip(rates, (ONE, TWO), strict=True)),
        _ratio(report, *rates),
        *(measured_figure(report, it, variant, "server_cpu_share", "app") for it in (one, two)),
        _ratio(report, *(_by_cpu(its, rows) for its, rows in zip(rates, (one, two), strict=True))),
        measured_figure(report, two, variant, "loaded_pss_bytes", "app"),
        _generator(pd.concat([one, two])),
        faults(pd.concat([_held(report, variant, ONE), _held(report, variant, TWO)])),
        "a port for all workers: no proxy can choose one" if way.get("command") else _broken(report, variant, apart),
    )


def _way(report: Report, variant: VariantInfo) -> Mapping[str, Any]:
    entry = (report.run.meta.get("entries") or {}).get(variant.entry) or {}
    way: Mapping[str, Any] = ((entry.get("variants") or {}).get(variant.name) or {}).get("deployment") or {}
    return way


def _of(frame: pd.DataFrame, variant: VariantInfo, deployment: str) -> pd.DataFrame:
    at = (frame["entry"] == variant.entry) & (frame["variant"] == variant.name) & (frame["experiment"] == WORKERS)
    return frame[at & (frame["deployment"] == deployment)]


def _held(report: Report, variant: VariantInfo, deployment: str) -> pd.DataFrame:
    rows = _of(report.run.interactions, variant, deployment)
    return rows[rows["held"].astype(bool)]


def _rates(report: Report, variant: VariantInfo, deployment: str) -> dict[int, float]:
    """Return block -> right answers a second of the hold."""
    figures = _of(report.run.measurements, variant, deployment)
    holds = dict(tuples(figures[figures["metric"] == "hold_s"], ["block", "value"]))
    rows = _held(report, variant, deployment)
    right = Counter(rows.loc[rows["ok"].astype(bool), "block"])
    return {int(block): count / holds[block] for block, count in right.items() if holds.get(block)}


def _by_cpu(rates: Mapping[int, float], figures: pd.DataFrame) -> dict[int, float]:
    """Return block -> right answers by second of CPU time that all workers used."""
    shares = dict(tuples(figures[figures["metric"] == "server_cpu_share"], ["block", "value"]))
    return {block: rate / shares[block] for block, rate in rates.items() if shares.get(block)}


def _shown_rate(report: Report, rates: Mapping[int, float], why: str) -> Figure | Missing:
    return median_figure(report, [np.array([it]) for it in rates.values()], "count", why)


def _ratio(report: Report, one: Mapping[int, float], two: Mapping[int, float]) -> Figure | Missing:
    try:
        ours, theirs = ({block: [it] for block, it in its.items()} for its in (two, one))
        return Figure(ratio_of_medians(ours, theirs, report.level), "ratio")
    except ValueError as error:
        return Missing(str(error))


def _generator(figures: pd.DataFrame) -> str:
    shares = figures.loc[figures["metric"] == "generator_cpu_share", "value"]
    return f"{shares.max():.0%}".replace("%", " %") if len(shares) else "not measured"


def _broken(report: Report, variant: VariantInfo, figures: pd.DataFrame) -> str:
    """Return what broke without stickiness: sessions that didn't open, or answers that were wrong, by kind."""
    unopened = figures[(figures["metric"] == "slo_kept") & (figures["outcome"] == NOT_OPENED)]
    if len(unopened):
        return f"breaks: {unopened['detail'].iloc[0]}"
    rows = _held(report, variant, APART)
    wrong = rows[~rows["ok"].astype(bool)]
    if rows.empty:
        return _why(report, variant, APART)
    if wrong.empty:
        return f"works: {faults(rows)} answers wrong"
    return f"breaks: {faults(rows)} answers; for instance: {wrong['reason'].iloc[0]}"


def _why(report: Report, variant: VariantInfo, deployment: str) -> str:
    """Return why there are no answers."""
    failed = _of(report.run.failures, variant, deployment)
    if len(failed):
        return str(failed["reason"].iloc[0])
    figures = _of(report.run.measurements, variant, deployment)
    missed = figures[(figures["metric"] == "slo_kept") & (figures["value"] == 0)]
    return str(missed["detail"].iloc[0]) if len(missed) else "not measured in this run"
