"""Many sessions: what each level of a load gave, how many sessions a server holds, and what becomes of its memory."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from pyuibench.analysis.bootstrap import quantiles
from pyuibench.analysis.estimates import Estimate, Point, slope, trend
from pyuibench.contract.faults import FAULTS
from pyuibench.contract.scenarios import P95_MS, ROUNDS, SCENARIOS
from pyuibench.entries.catalog import CROWD
from pyuibench.figures.base import (
    Better,
    Column,
    Figure,
    FigureSpec,
    Missing,
    Result,
    Section,
    Shown,
    Span,
    Table,
    TableMaker,
    TableSpec,
    variant_row,
)
from pyuibench.figures.measured import median_of
from pyuibench.figures.problems import alike
from pyuibench.figures.samples import VariantInfo, by_boot, tuples
from pyuibench.figures.view import NOT_MEASURED, RunView, median_figure
from pyuibench.figures.waits import on_the_wire
from pyuibench.results.store import Run

SECTION = Section("load", "Many sessions", 10, leads=True)
SECTIONS = (SECTION,)
LOAD = "load"
"""The experiment whose samples these are."""
GIB = 2**30
P95 = 0.95
FEWEST_BOOTS = 3
"""Fewer boots don't tell how they differ."""
LEAD_CYCLES = 3
"""After so many cycles, what is kept of earlier ones for some seconds is as much after each."""


@dataclass(frozen=True, eq=False)
class Level:
    """A level that a variant was brought to: how many boots kept the service level, how others missed it, and its samples."""

    variant: VariantInfo
    sessions: int
    boots: int
    kept: int
    missed: tuple[str, ...]
    due: pd.DataFrame
    figures: pd.DataFrame

    @property
    def is_held(self) -> bool:
        """Return whether every boot kept the service level."""
        return self.kept == self.boots


@dataclass(frozen=True)
class LevelRow:
    """One variant at one level: times in milliseconds, `response` from the intended start and `service` from sending."""

    variant: VariantInfo
    sessions: int
    boots: int
    kept: int
    missed: tuple[str, ...]
    response_p50: Figure | Missing
    """Of `unrelated`."""
    response_p95: dict[str, Figure | Missing]
    service_p95: dict[str, Figure | Missing]
    rate_per_s: Figure | Missing
    cpu_share: Figure | Missing
    pss: Figure | Missing
    faults: str


def slo_ms(view: RunView) -> dict[str, float]:
    """Return scenario -> the 95th percentile that the run's service level allows."""
    return dict(view.run.settings(LOAD).get("p95_ms", P95_MS))


def levels(view: RunView) -> tuple[Level, ...]:
    """Return each level that a variant was brought to; none in a run without a load."""
    return view.once(_levels)


def level_rows(view: RunView) -> tuple[LevelRow, ...]:
    """Return the figures of each level."""
    return view.once(_level_rows)


def _levels(view: RunView) -> tuple[Level, ...]:
    return tuple(level for variant in view.variants for level in _of_variant(view, variant))


def _level_rows(view: RunView) -> tuple[LevelRow, ...]:
    return tuple(_level_row(view, level) for level in levels(view))


def level_tables(view: RunView) -> tuple[Table, ...]:
    """Return every level of every variant: corrected and uncorrected times side by side."""
    columns = (
        Column("unrelated: response p50", "from the intended start"),
        *(Column(f"{name}: response p95", "from the intended start: corrected") for name in ROUNDS),
        *(Column(f"{name}: service p95", "from the sending: uncorrected") for name in ("unrelated", "global")),
        Column("interactions/s", "right answers a second of the hold"),
        Column("server CPU", "of one core"),
        Column("PSS", "of the server's process tree"),
        Column("held", "boots that kept the service level / boots"),
    )
    rows = [
        replace(variant_row(row.variant, _level_cells(row)), label=f"{row.variant.name}, {row.sessions}")
        for row in level_rows(view)
    ]
    caption = (
        "Of what was due while the level was held. In the charts full lines are 95th percentiles from the moment when an action "
        "was due, dotted ones from its sending, which hides what a stall kept from being sent. Dashed across: the service level."
    )
    return (Table("load.levels", "Level by level", caption, columns, tuple(rows)),)


def told(run: Run) -> Iterator[str]:
    """Yield a line for each level of a run's load, for a terminal."""
    view = RunView(run)
    for row in level_rows(view):
        verdict = "held" if row.kept == row.boots else f"missed: {'; '.join(row.missed)}"
        times = ", ".join(f"{name} p95 {_plain(row.response_p95[name])}" for name in ("unrelated", "global"))
        yield f"{row.variant.id}, {row.sessions} sessions: {times}; {verdict}"


def _plain(cell: Figure | Missing) -> str:
    return f"{cell.estimate.value:,.1f} ms" if isinstance(cell, Figure) else "none"


def _of_variant(view: RunView, variant: VariantInfo) -> Iterator[Level]:
    verdicts = view.measurements(variant, "slo_kept", LOAD)
    if verdicts.empty:
        return
    figures = view.measurements(variant, experiment=LOAD)
    due = _due(view, variant)
    for sessions in sorted(set(verdicts["sessions"])):
        at = verdicts[verdicts["sessions"] == sessions]
        yield Level(
            variant=variant,
            sessions=int(sessions),
            boots=len(at),
            kept=int(at["value"].sum()),
            missed=tuple(sorted({str(it) for it in at.loc[at["value"] == 0, "detail"]})),
            due=due[due["sessions"] == sessions],
            figures=figures[figures["sessions"] == sessions],
        )


def _level_row(view: RunView, level: Level) -> LevelRow:
    columns = ["scenario", "block", "boot", "ok", "response_ms", "service_ms"]
    due = level.due[columns]
    by_scenario = {name: due[due["scenario"] == name] for name in ROUNDS}
    response, service = (
        {name: _of_crowd(_quantiles(view, rows, column), level.variant, name) for name, rows in by_scenario.items()}
        for column in ("response_ms", "service_ms")
    )
    return LevelRow(
        variant=level.variant,
        sessions=level.sessions,
        boots=level.boots,
        kept=level.kept,
        missed=level.missed,
        response_p50=response["unrelated"][0],
        response_p95={name: p95 for name, (_, p95) in response.items()},
        service_p95={name: p95 for name, (_, p95) in service.items()},
        rate_per_s=_rate(view, level),
        cpu_share=median_of(view, level.variant, _metric(level.figures, "server_cpu_share"), "share"),
        pss=median_of(view, level.variant, _metric(level.figures, "loaded_pss_bytes"), "bytes"),
        faults=faults(level.due),
    )


def _loaded(view: RunView, variant: VariantInfo) -> list[Level]:
    return [level for level in levels(view) if level.variant == variant]


def _missed_at(view: RunView, variant: VariantInfo) -> Result:
    loaded = _loaded(view, variant)
    missed = next((level for level in loaded if not level.is_held), None)
    return f"{missed.sessions}: {told_once(missed.missed)}" if missed else f"not up to {loaded[-1].sessions}"


def _rate_held(view: RunView, variant: VariantInfo) -> Result:
    held = [level for level in _loaded(view, variant) if level.is_held]
    return _rate(view, held[-1]) if held else Missing("no level was held by every boot")


def told_once(reasons: Sequence[str]) -> str:
    """Return reasons with those that differ in their numbers alone told once, by the first of them."""
    kinds = alike(reasons)
    return "; ".join(f"{own[0]}, and {len(own) - 1} alike" if len(own) > 1 else own[0] for own in kinds)


def _held(view: RunView, variant: VariantInfo) -> Result:
    """Return the highest level that each boot held: the lowest and the highest of these."""
    verdicts = view.measurements(variant, "slo_kept", LOAD)
    best = [
        max((int(it) for it in own.loc[own["value"] == 1, "sessions"]), default=0)
        for _, own in verdicts.groupby("boot")
    ]
    return Span(min(best), max(best), variant.caveats.get(CROWD, ""))


def _memory_slope(view: RunView, variant: VariantInfo) -> Figure | Missing:
    rows = view.measurements(variant, "loaded_pss_bytes", LOAD).dropna(subset=["value"])
    points = [Point(block, sessions, value) for block, sessions, value in tuples(rows, ["block", "sessions", "value"])]
    return _slope(points, view, "bytes", "only one level was reached: no slope")


def _leak(view: RunView, variant: VariantInfo) -> Figure | Missing:
    figures = view.measurements(variant, "cycle_pss_bytes")
    rows = figures[(figures["at"] > LEAD_CYCLES) & figures["value"].notna()]
    points = [Point(block, float(number), value) for block, number, value in tuples(rows, ["block", "at", "value"])]
    if len({point.block for point in points}) >= FEWEST_BOOTS:
        return _slope(points, view, "bytes", "no cycles were measured in this run")
    try:
        return Figure(trend(points, view.level), "bytes", "of too few boots: the interval is of cycles, not of boots")
    except ValueError:
        return Missing("no cycles were measured in this run")


def _slope(points: Sequence[Point], view: RunView, unit: str, why: str) -> Figure | Missing:
    try:
        return Figure(slope(points, view.level), unit)
    except ValueError:
        return Missing(why)


def _per_gib(view: RunView, variant: VariantInfo) -> Result:
    per_session = view.result(MEMORY_PER_SESSION, variant)
    if not isinstance(per_session, Figure):
        return per_session
    it = per_session.estimate
    if it.value <= 0:
        return Missing("memory didn't grow with sessions")
    if it.low is None or it.high is None:
        return Figure(Estimate(GIB / it.value, None, None, it.n, it.boots), "count")
    # Where a session may take nothing, by what was seen, there is no most.
    most = GIB / it.low if it.low > 0 else math.inf
    return Figure(Estimate(GIB / it.value, GIB / it.high, most, it.n, it.boots), "count")


def _given_back(view: RunView, variant: VariantInfo) -> Figure | Missing:
    """Return the share of the memory that sessions added, at the highest level, that was free again some time after."""
    loaded = view.measurements(variant, "loaded_pss_bytes", LOAD).dropna(subset=["value"])
    closed = dict(tuples(view.measurements(variant, "closed_pss_bytes", LOAD), ["boot", "value"]))
    shares = []
    for boot, own in loaded.groupby("boot"):
        ordered = own.sort_values("sessions")["value"].to_numpy(dtype=np.float64)
        if boot in closed and ordered[-1] > ordered[0]:
            shares.append(np.array([(ordered[-1] - closed[boot]) / (ordered[-1] - ordered[0])]))
    return median_figure(view, shares, "share", "memory did not grow, or was not measured after the load")


def _rate(view: RunView, level: Level) -> Figure | Missing:
    holds = dict(tuples(_metric(level.figures, "hold_s"), ["boot", "value"]))
    right = Counter(level.due.loc[level.due["ok"], "boot"])
    rates = [np.array([count / holds[boot]]) for boot, count in right.items() if boot in holds]
    return median_figure(view, rates, "count", "nothing was answered")


def _quantiles(view: RunView, rows: pd.DataFrame, column: str) -> tuple[Figure | Missing, Figure | Missing]:
    """Return median and 95th percentile."""
    boots = by_boot(rows, column)
    if not boots:
        return Missing("no right answer"), Missing("no right answer")
    median, p95 = quantiles(boots, (0.5, P95), view.level)
    return Figure(median, "ms"), Figure(p95, "ms")


def _of_crowd(
    figures: tuple[Figure | Missing, Figure | Missing], variant: VariantInfo, scenario: str
) -> tuple[Figure | Missing, Figure | Missing]:
    """Return a scenario's median and 95th percentile with what the server is said to wait for its controls."""
    median, p95 = (on_the_wire(it, variant, SCENARIOS[scenario].controls) for it in figures)
    return median, p95


def _level_cells(row: LevelRow) -> tuple[Shown, ...]:
    return (
        row.response_p50,
        *(row.response_p95[name] for name in ROUNDS),
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


def _all_faults(view: RunView, variant: VariantInfo) -> str:
    return faults(_due(view, variant))


def _due(view: RunView, variant: VariantInfo) -> pd.DataFrame:
    """Return what was due on the wire while a level was held."""
    rows = view.near(variant)
    return rows[(rows["instrument"] == "wire") & rows["held"] & ~rows["warmup"]]


def _metric(figures: pd.DataFrame, metric: str) -> pd.DataFrame:
    return figures[figures["metric"] == metric]


def _if_loaded(view: RunView, variant: VariantInfo, estimate: Callable[[RunView, VariantInfo], Result]) -> Result:
    return estimate(view, variant) if _loaded(view, variant) else Missing(NOT_MEASURED)


def _spec(
    name: str,
    label: str,
    about: str,
    estimate: Callable[[RunView, VariantInfo], Result],
    unit: str,
    better: Better = "lower",
    has_ratio: bool = True,
) -> FigureSpec:
    return FigureSpec(
        f"load.{name}",
        SECTION.id,
        label,
        unit,
        partial(_if_loaded, estimate=estimate),
        about,
        better=better,
        has_ratio=has_ratio,
        is_in=lambda view: bool(levels(view)),
    )


HELD = _spec(
    "sessions_held",
    "sessions held",
    "the highest level that kept the service level, lowest and highest of the boots; one core",
    _held,
    "count",
    "higher",
)
MEMORY_PER_SESSION = _spec(
    "memory_per_session",
    "memory per session",
    "slope of the process tree's PSS against open sessions, [95 % interval over boots]",
    _memory_slope,
    "bytes",
)
PER_GIB = _spec(
    "sessions_per_gib",
    "sessions per GiB",
    "1 GiB / memory per session, the server itself left out",
    _per_gib,
    "count",
    "higher",
)
GIVEN_BACK = _spec(
    "given_back",
    "given back",
    "share of what sessions added that is free again after the last was closed",
    _given_back,
    "share",
    "higher",
    has_ratio=False,
)
FIGURES = (
    HELD,
    _spec("missed_at", "missed at", "the level at which it was missed, and how", _missed_at, "", "neither"),
    _spec(
        "rate",
        "interactions/s",
        "right answers a second at the highest level held by every boot",
        _rate_held,
        "count",
        "higher",
    ),
    MEMORY_PER_SESSION,
    PER_GIB,
    GIVEN_BACK,
    _spec(
        "leak_per_cycle",
        "leak per cycle",
        f"slope of PSS over cycles of sessions opened, used and closed, after the first {LEAD_CYCLES}",
        _leak,
        "bytes",
    ),
    _spec(
        "wrong_answers",
        "wrong answers",
        f"by kind, of all that were due while a level was held: {', '.join(FAULTS)}",
        _all_faults,
        "",
        "neither",
    ),
)
TABLES = (
    TableSpec(
        "load.held",
        SECTION.id,
        "Sessions that a server holds",
        tuple(figure.id for figure in FIGURES),
        "The server has one core, the generator another. A level is held if its answers keep the service level.",
        rows="with figures",
        in_summary=True,
    ),
    TableMaker("load.levels", SECTION.id, level_tables),
)
