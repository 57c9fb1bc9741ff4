"""More than one worker: what a second one adds, and what breaks where a visitor isn't sent to the same one every time."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pyuibench.analysis.estimates import ratio_of_medians
from pyuibench.contract.service_level import NOT_OPENED
from pyuibench.entries.deployment import APART, ONE, TWO
from pyuibench.figures.base import Better, Figure, FigureSpec, Missing, Result, Section, TableSpec
from pyuibench.figures.load import faults
from pyuibench.figures.measured import median_of
from pyuibench.figures.samples import VariantInfo, tuples
from pyuibench.figures.view import NOT_MEASURED, RunView, median_figure

SECTION = Section("workers", "A second worker", 20, leads=True)
SECTIONS = (SECTION,)
WORKERS = "workers"
"""The experiment whose samples these are."""


def _way(view: RunView, variant: VariantInfo) -> Mapping[str, Any]:
    entry = (view.run.meta.get("entries") or {}).get(variant.entry) or {}
    way: Mapping[str, Any] = ((entry.get("variants") or {}).get(variant.name) or {}).get("deployment") or {}
    return way


def _metric(view: RunView, variant: VariantInfo, deployment: str, metric: str) -> pd.DataFrame:
    rows = view.measurements(variant, metric, WORKERS)
    return rows[rows["deployment"] == deployment]


def _held(view: RunView, variant: VariantInfo, deployment: str) -> pd.DataFrame:
    def held() -> pd.DataFrame:
        rows = view.interactions(variant, WORKERS)
        return rows[(rows["deployment"] == deployment) & rows["held"]]

    return view.kept(("held", variant.id, deployment), held)


def _rates(view: RunView, variant: VariantInfo, deployment: str) -> dict[int, float]:
    """Return block -> right answers a second of the hold."""
    holds = dict(tuples(_metric(view, variant, deployment, "hold_s"), ["block", "value"]))
    rows = _held(view, variant, deployment)
    right = Counter(rows.loc[rows["ok"], "block"])
    return {int(block): count / holds[block] for block, count in right.items() if holds.get(block)}


def _by_cpu(view: RunView, variant: VariantInfo, deployment: str) -> dict[int, float]:
    """Return block -> right answers by second of CPU time that all workers used."""
    shares = dict(tuples(_metric(view, variant, deployment, "server_cpu_share"), ["block", "value"]))
    rates = _rates(view, variant, deployment)
    return {block: rate / shares[block] for block, rate in rates.items() if shares.get(block)}


def _rate(view: RunView, variant: VariantInfo, deployment: str) -> Result:
    rates = _rates(view, variant, deployment)
    return median_figure(
        view, [np.array([it]) for it in rates.values()], "count", partial(_why, view, variant, deployment)
    )


def _two_to_one(
    view: RunView, variant: VariantInfo, values: Callable[[RunView, VariantInfo, str], Mapping[int, float]]
) -> Result:
    """Return the ratio of what two workers do to what one does, paired by block."""
    two, one = ({block: [value] for block, value in values(view, variant, name).items()} for name in (TWO, ONE))
    try:
        return Figure(ratio_of_medians(two, one, view.level), "ratio")
    except ValueError as error:
        return Missing(str(error))


def _measured(view: RunView, variant: VariantInfo, deployment: str, metric: str, unit: str) -> Result:
    return median_of(view, variant, _metric(view, variant, deployment, metric), unit)


def _deployed_as(view: RunView, variant: VariantInfo) -> Result:
    return str(_way(view, variant).get("about", "not stated"))


def _generator(view: RunView, variant: VariantInfo) -> Result:
    shares = pd.concat([_metric(view, variant, name, "generator_cpu_share")["value"] for name in (ONE, TWO)])
    return f"{shares.max():.0%}".replace("%", " %") if len(shares) else "not measured"


def _wrong(view: RunView, variant: VariantInfo) -> Result:
    return faults(pd.concat([_held(view, variant, name) for name in (ONE, TWO)]))


def _not_sticky(view: RunView, variant: VariantInfo) -> Result:
    """Return what broke without stickiness: sessions that didn't open, or answers that were wrong, by kind."""
    if _way(view, variant).get("command"):
        return "a port for all workers: no proxy can choose one"
    verdicts = _metric(view, variant, APART, "slo_kept")
    unopened = verdicts[verdicts["outcome"] == NOT_OPENED]
    if len(unopened):
        return f"breaks: {unopened['detail'].iloc[0]}"
    rows = _held(view, variant, APART)
    wrong = rows[~rows["ok"]]
    if rows.empty:
        return _why(view, variant, APART)
    if wrong.empty:
        return f"works: {faults(rows)} answers wrong"
    return f"breaks: {faults(rows)} answers; for instance: {wrong['reason'].iloc[0]}"


def _why(view: RunView, variant: VariantInfo, deployment: str) -> str:
    """Return why there are no answers."""
    failures = view.failures(variant)
    failed = failures[(failures["experiment"] == WORKERS) & (failures["deployment"] == deployment)]
    if len(failed):
        return str(failed["reason"].iloc[0])
    verdicts = _metric(view, variant, deployment, "slo_kept")
    missed = verdicts[verdicts["value"] == 0]
    return str(missed["detail"].iloc[0]) if len(missed) else NOT_MEASURED


def _if_possible(view: RunView, variant: VariantInfo, estimate: Callable[[RunView, VariantInfo], Result]) -> Result:
    why = _way(view, variant).get("impossible")
    return Missing(str(why)) if why else estimate(view, variant)


def _spec(
    name: str,
    label: str,
    about: str,
    estimate: Callable[[RunView, VariantInfo], Result],
    unit: str = "",
    better: Better = "neither",
) -> FigureSpec:
    return FigureSpec(
        f"workers.{name}",
        SECTION.id,
        label,
        unit,
        estimate if estimate is _deployed_as else partial(_if_possible, estimate=estimate),
        about,
        better=better,
        has_ratio=unit not in ("share", "ratio"),
        is_in=partial(RunView.has, experiment=WORKERS),
    )


FIGURES = (
    _spec("deployed_as", "deployed as", "the framework's documented way to more cores", _deployed_as),
    _spec("one.rate", ONE, "right answers a second", partial(_rate, deployment=ONE), "count", "higher"),
    _spec("two.rate", TWO, "right answers a second", partial(_rate, deployment=TWO), "count", "higher"),
    _spec(
        "times_as_many",
        "times as many",
        "of two workers to one, paired by block, [95 % interval over blocks]",
        partial(_two_to_one, values=_rates),
        "ratio",
        "higher",
    ),
    _spec(
        "one.cpu",
        f"CPU, {ONE}",
        "of one core, on average while kept busy",
        partial(_measured, deployment=ONE, metric="server_cpu_share", unit="share"),
        "share",
        "lower",
    ),
    _spec(
        "two.cpu",
        f"CPU, {TWO}",
        "of one core: the machine's others are left to proxy and generator",
        partial(_measured, deployment=TWO, metric="server_cpu_share", unit="share"),
        "share",
        "lower",
    ),
    _spec(
        "per_cpu_second",
        "per CPU second",
        "answers of two workers to those of one, by CPU second used: what sharing costs",
        partial(_two_to_one, values=_by_cpu),
        "ratio",
        "higher",
    ),
    _spec(
        "two.memory",
        f"memory, {TWO}",
        "PSS of all workers while all sessions are open",
        partial(_measured, deployment=TWO, metric="loaded_pss_bytes", unit="bytes"),
        "bytes",
        "lower",
    ),
    _spec("generator", "generator", "the most that the load generator used of one core", _generator),
    _spec(
        "wrong_answers",
        "wrong answers, 1 and 2 workers",
        "by kind, of all that were due while they were kept busy",
        _wrong,
    ),
    _spec(
        "not_sticky",
        APART,
        "what happens when requests of one visitor go to the workers by turns",
        _not_sticky,
    ),
)
TABLES = (
    TableSpec(
        "workers.busy",
        SECTION.id,
        "A second worker",
        tuple(figure.id for figure in FIGURES),
        "Sessions that act without a pause, each as soon as it is answered, through a proxy. Servers, proxy and generator "
        "share the machine's cores, so two workers have less than two cores: read the CPU beside the rate.",
        in_summary=True,
    ),
)
