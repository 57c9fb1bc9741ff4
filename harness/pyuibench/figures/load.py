"""Many sessions: what each level of a load gave, how many sessions a server holds, and what becomes of its memory."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from pyuibench.analysis.bootstrap import quantile
from pyuibench.analysis.estimates import Estimate, Point, slope, trend
from pyuibench.contract.faults import FAULTS
from pyuibench.contract.scenarios import P95_MS
from pyuibench.figures.base import Column, Figure, Missing, Shown, Table, variant_row
from pyuibench.figures.measured import measured_figure
from pyuibench.figures.problems import alike
from pyuibench.figures.samples import VariantInfo, by_boot, tuples
from pyuibench.figures.view import Report, median_figure
from pyuibench.results.store import Run

LOAD = "load"
"""The experiment whose samples these are."""
GIB = 2**30
FEWEST_BOOTS = 3
"""Fewer boots don't tell how they differ."""
LEAD_CYCLES = 3
"""After so many cycles, what is kept of earlier ones for some seconds is as much after each."""


@dataclass(frozen=True)
class LevelRow:
    """One variant at one level: times in milliseconds, `response` from the intended start and `service` from sending."""

    variant: VariantInfo
    sessions: int
    boots: int
    kept: int
    missed: tuple[str, ...]
    response_p50: dict[str, Figure | Missing]
    response_p95: dict[str, Figure | Missing]
    service_p95: dict[str, Figure | Missing]
    rate_per_s: Figure | Missing
    cpu_share: Figure | Missing
    pss: Figure | Missing
    faults: str


SCENARIOS = ("unrelated", "local", "global")


def slo_ms(report: Report) -> dict[str, float]:
    """Return scenario -> the 95th percentile that the run's service level allows."""
    return dict(report.run.settings(LOAD).get("p95_ms", P95_MS))


@lru_cache(maxsize=16)
def level_rows(report: Report) -> tuple[LevelRow, ...]:
    """Return a row for each level that a variant was brought to; none in a run without a load."""
    return tuple(row for variant in report.variants for row in _of_variant(report, variant))


def held_table(report: Report) -> Table:
    """Return how many sessions each variant's server holds, where and how it misses the service level, and its memory."""
    variants = list(dict.fromkeys(row.variant for row in level_rows(report)))
    columns = (
        Column(
            "sessions held", "the highest level that kept the service level, lowest and highest of the boots; one core"
        ),
        Column("missed at", "the level at which it was missed, and how"),
        Column("interactions/s", "right answers a second at the highest level held by every boot"),
        Column(
            "memory per session", "slope of the process tree's PSS against open sessions, [95 % interval over boots]"
        ),
        Column("sessions per GiB", "1 GiB / memory per session, the server itself left out"),
        Column("given back", "share of what sessions added that is free again after the last was closed"),
        Column("leak per cycle", "slope of PSS over cycles of sessions opened, used and closed, from the fourth on"),
        Column(
            "wrong answers", "by kind, of all that were due while a level was held: lost, stale, duplicated, foreign"
        ),
    )
    rows = [variant_row(variant, _held_cells(report, variant)) for variant in variants]
    caption = "The server has one core, the generator another. A level is held if its answers keep the service level."
    return Table("Sessions that a server holds", caption, columns, tuple(rows))


def levels_table(report: Report) -> Table:
    """Return every level of every variant: corrected and uncorrected times side by side."""
    columns = (
        Column("unrelated: response p50", "from the intended start"),
        *(Column(f"{name}: response p95", "from the intended start: corrected") for name in SCENARIOS),
        *(Column(f"{name}: service p95", "from the sending: uncorrected") for name in ("unrelated", "global")),
        Column("interactions/s", "right answers a second of the hold"),
        Column("server CPU", "of one core"),
        Column("PSS", "of the server's process tree"),
        Column("held", "boots that kept the service level / boots"),
    )
    rows = [
        replace(variant_row(row.variant, _level_cells(row)), label=f"{row.variant.name}, {row.sessions}")
        for row in level_rows(report)
    ]
    return Table("Level by level", "Of what was due while the level was held.", columns, tuple(rows))


def told(run: Run) -> Iterator[str]:
    """Yield a line for each level of a run's load, for a terminal."""
    report = Report(run)
    for row in level_rows(report):
        verdict = "held" if row.kept == row.boots else f"missed: {'; '.join(row.missed)}"
        times = ", ".join(f"{name} p95 {_plain(row.response_p95[name])}" for name in ("unrelated", "global"))
        yield f"{row.variant.id}, {row.sessions} sessions: {times}; {verdict}"


def _plain(cell: Figure | Missing) -> str:
    return f"{cell.estimate.value:,.1f} ms" if isinstance(cell, Figure) else "none"


def _of_variant(report: Report, variant: VariantInfo) -> Iterator[LevelRow]:
    figures = _levels_of(report, variant)
    verdicts = figures[figures["metric"] == "slo_kept"]
    rows = _of(report.run.near, variant)
    held = rows[(rows["instrument"] == "wire") & rows["held"].astype(bool) & ~rows["warmup"].astype(bool)]
    for sessions in sorted(set(verdicts["sessions"])):
        own = held[held["sessions"] == sessions]
        at = verdicts[verdicts["sessions"] == sessions]
        here = figures[figures["sessions"] == sessions]
        by_scenario = {name: own[own["scenario"] == name] for name in SCENARIOS}
        yield LevelRow(
            variant=variant,
            sessions=int(sessions),
            boots=len(at),
            kept=int(at["value"].sum()),
            missed=tuple(sorted({str(it) for it in at.loc[at["value"] == 0, "detail"]})),
            response_p50={name: _quantile(report, it, "response_ms", 0.5) for name, it in by_scenario.items()},
            response_p95={name: _quantile(report, it, "response_ms", 0.95) for name, it in by_scenario.items()},
            service_p95={name: _quantile(report, it, "service_ms", 0.95) for name, it in by_scenario.items()},
            rate_per_s=_rate(report, own, here),
            cpu_share=measured_figure(report, here, variant, "server_cpu_share", "app"),
            pss=measured_figure(report, here, variant, "loaded_pss_bytes", "app"),
            faults=faults(own),
        )


def _held_cells(report: Report, variant: VariantInfo) -> tuple[Shown, ...]:
    rows = [row for row in level_rows(report) if row.variant == variant]
    missed = [row for row in rows if row.kept < row.boots]
    kept = [row for row in rows if row.kept == row.boots]
    per_session = _memory_slope(report, variant)
    return (
        _held(report, variant),
        f"{missed[0].sessions}: {_told_once(missed[0].missed)}" if missed else f"not up to {rows[-1].sessions}",
        kept[-1].rate_per_s if kept else Missing("no level was held by every boot"),
        per_session,
        _per_gib(per_session),
        given_back(report, variant),
        _leak(report, variant),
        _all_faults(report, variant),
    )


def _told_once(reasons: Sequence[str]) -> str:
    """Return reasons with those that differ in their numbers alone told once, by the first of them."""
    kinds = alike(reasons)
    return "; ".join(f"{own[0]}, and {len(own) - 1} alike" if len(own) > 1 else own[0] for own in kinds)


def _held(report: Report, variant: VariantInfo) -> str:
    """Return the highest level that each boot held: the lowest and the highest of these."""
    figures = _levels_of(report, variant)
    verdicts = figures[figures["metric"] == "slo_kept"]
    best = [
        max((int(it) for it in own.loc[own["value"] == 1, "sessions"]), default=0)
        for _, own in verdicts.groupby("boot")
    ]
    return str(best[0]) if len(set(best)) == 1 else f"{min(best)}–{max(best)}"


def _memory_slope(report: Report, variant: VariantInfo) -> Figure | Missing:
    figures = _levels_of(report, variant)
    rows = figures[(figures["metric"] == "loaded_pss_bytes") & figures["value"].notna()]
    points = [Point(block, sessions, value) for block, sessions, value in tuples(rows, ["block", "sessions", "value"])]
    return _slope(points, report, "bytes", "only one level was reached: no slope")


def _leak(report: Report, variant: VariantInfo) -> Figure | Missing:
    figures = _of(report.run.measurements, variant)
    rows = figures[(figures["metric"] == "cycle_pss_bytes") & figures["value"].notna()]
    rows = rows[rows["at"] > LEAD_CYCLES]
    points = [Point(block, float(number), value) for block, number, value in tuples(rows, ["block", "at", "value"])]
    if len({point.block for point in points}) >= FEWEST_BOOTS:
        return _slope(points, report, "bytes", "no cycles were measured in this run")
    try:
        return Figure(trend(points, report.level), "bytes", "of too few boots: the interval is of cycles, not of boots")
    except ValueError:
        return Missing("no cycles were measured in this run")


def _slope(points: Sequence[Point], report: Report, unit: str, why: str) -> Figure | Missing:
    try:
        return Figure(slope(points, report.level), unit)
    except ValueError:
        return Missing(why)


def _per_gib(per_session: Figure | Missing) -> Figure | Missing:
    if isinstance(per_session, Missing):
        return per_session
    it = per_session.estimate
    if it.value <= 0:
        return Missing("memory didn't grow with sessions")
    if it.low is None or it.high is None:
        return Figure(Estimate(GIB / it.value, None, None, it.n, it.boots), "count")
    # Where a session may take nothing, by what was seen, there is no most.
    most = GIB / it.low if it.low > 0 else math.inf
    return Figure(Estimate(GIB / it.value, GIB / it.high, most, it.n, it.boots), "count")


def given_back(report: Report, variant: VariantInfo) -> Figure | Missing:
    """Return the share of the memory that sessions added, at the highest level, that was free again some time after."""
    figures = _levels_of(report, variant)
    loaded = figures[(figures["metric"] == "loaded_pss_bytes") & figures["value"].notna()]
    closed = dict(tuples(figures[figures["metric"] == "closed_pss_bytes"], ["boot", "value"]))
    shares = []
    for boot, own in loaded.groupby("boot"):
        ordered = own.sort_values("sessions")["value"].to_numpy(dtype=np.float64)
        if boot in closed and ordered[-1] > ordered[0]:
            shares.append(np.array([(ordered[-1] - closed[boot]) / (ordered[-1] - ordered[0])]))
    return median_figure(report, shares, "share", "memory did not grow, or was not measured after the load")


def _rate(report: Report, own: pd.DataFrame, here: pd.DataFrame) -> Figure | Missing:
    holds = dict(tuples(here[here["metric"] == "hold_s"], ["boot", "value"]))
    right = Counter(own.loc[own["ok"].astype(bool), "boot"])
    rates = [np.array([count / holds[boot]]) for boot, count in right.items() if boot in holds]
    return median_figure(report, rates, "count", "nothing was answered")


def _quantile(report: Report, rows: pd.DataFrame, column: str, probability: float) -> Figure | Missing:
    boots = by_boot(rows.assign(ok=rows["ok"].astype(bool)), column)
    return Figure(quantile(boots, probability, report.level), "ms") if boots else Missing("no right answer")


def _level_cells(row: LevelRow) -> tuple[Shown, ...]:
    return (
        row.response_p50["unrelated"],
        *(row.response_p95[name] for name in SCENARIOS),
        *(row.service_p95[name] for name in ("unrelated", "global")),
        row.rate_per_s,
        row.cpu_share,
        row.pss,
        f"{row.kept} / {row.boots}",
    )


def faults(rows: pd.DataFrame) -> str:
    """Return how many answers were wrong, by kind, of all: `none of 93`, or `3 lost of 93`."""
    wrong = rows[~rows["ok"].astype(bool)]
    if wrong.empty:
        return f"none of {len(rows):,}"
    kinds = Counter(str(it) if it in FAULTS else "failed" for it in wrong.get("fault", [None] * len(wrong)))
    return f"{', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))} of {len(rows):,}"


def _all_faults(report: Report, variant: VariantInfo) -> str:
    rows = _of(report.run.near, variant)
    return faults(rows[(rows["instrument"] == "wire") & rows["held"].astype(bool) & ~rows["warmup"].astype(bool)])


def _levels_of(report: Report, variant: VariantInfo) -> pd.DataFrame:
    """Return a variant's figures of the load's levels."""
    figures = _of(report.run.measurements, variant)
    return figures[figures["experiment"] == LOAD]


def _of(frame: pd.DataFrame, variant: VariantInfo) -> pd.DataFrame:
    return frame[(frame["entry"] == variant.entry) & (frame["variant"] == variant.name)]
