"""Many sessions: what each level of a load gave, how many sessions a server holds, and what becomes of its memory."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from pyuibench.analysis.bootstrap import quantiles
from pyuibench.analysis.estimates import Estimate, Floats, Point, bracketed, mean, slope, steps
from pyuibench.analysis.ranks import excess
from pyuibench.contract.faults import FAULTS
from pyuibench.contract.scenarios import P95_MS, ROUNDS, SCENARIOS
from pyuibench.contract.service_level import SLOW, UNDECIDED
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
    Table,
    TableMaker,
    TableSpec,
    variant_row,
)
from pyuibench.figures.format import interval, quantity
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
UPPER = 0.2
"""Memory is looked at from this share of the highest level on: before, what all sessions share is still being loaded."""
NEGLIGIBLE_BYTES = 50_000.0
"""A server whose sessions take less than this each, beyond doubt, keeps none: a GiB would hold more than 20,000."""


@dataclass(frozen=True, eq=False)
class Level:
    """A level that a variant was brought to: how many boots kept the service level, how others didn't, and its samples.

    `missed` and `undecided` say how the service level was missed, and why that isn't known of `unknown` boots.
    """

    variant: VariantInfo
    sessions: int
    boots: int
    kept: int
    unknown: int
    missed: tuple[str, ...]
    undecided: tuple[str, ...]
    due: pd.DataFrame
    figures: pd.DataFrame


@dataclass(frozen=True)
class Bracket:
    """What a boot tells of how many sessions its server holds: the last level held (0 for none), and the first missed one.

    Where none was missed there is no end, and `why` says so: the service level was kept to the last, or it is undecided.
    """

    boot: str
    held: int
    missed: int | None
    why: str

    @property
    def ends(self) -> tuple[float, float]:
        """Return between which numbers of sessions the first lies that is too many."""
        return self.held, np.inf if self.missed is None else self.missed


@dataclass(frozen=True)
class LevelRow:
    """One variant at one level: times in milliseconds, `response` from the intended start and `service` from sending."""

    variant: VariantInfo
    sessions: int
    boots: int
    kept: int
    unknown: int
    missed: tuple[str, ...]
    undecided: tuple[str, ...]
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
        Column("held", "boots that kept the service level / boots; of others it is undecided"),
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


def p95_ms(levels: Iterable[Level], column: str, scenario: str) -> dict[int, float]:
    """Return sessions -> 95th percentile of a scenario's right answers, of each level that has any."""
    due = {it.sessions: by_boot(it.due[it.due["scenario"] == scenario], column) for it in levels}
    return {sessions: float(np.quantile(np.concatenate(boots), P95)) for sessions, boots in due.items() if boots}


def told(run: Run) -> Iterator[str]:
    """Yield a line for each level of a run's load, and for what a variant holds, for a terminal."""
    view = RunView(run)
    for row in level_rows(view):
        times = ", ".join(f"{name} p95 {_plain(row.response_p95[name])}" for name in ("unrelated", "global"))
        yield f"{row.variant.id}, {row.sessions} sessions: {times}; {_verdict(row)}"
    for variant in view.variants:
        for bracket in brackets(view, variant):
            end = bracket.why if bracket.missed is None else f"fewer than {bracket.missed}"
            yield f"{variant.id} holds {bracket.held} sessions, {end}"


def missed_levels(run: Run) -> tuple[int, ...]:
    """Return the numbers of sessions at which a run's load missed the service level."""
    return tuple(row.sessions for row in level_rows(RunView(run)) if row.missed)


def undecided_levels(run: Run) -> tuple[int, ...]:
    """Return the numbers of sessions of which a run's load can't say whether they were held."""
    return tuple(row.sessions for row in level_rows(RunView(run)) if row.undecided and not row.missed)


def _verdict(row: LevelRow) -> str:
    if row.missed:
        return f"missed: {'; '.join(row.missed)}"
    return f"undecided: {'; '.join(row.undecided)}" if row.undecided else "held"


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
        unknown = at["outcome"].isin(UNDECIDED)
        yield Level(
            variant=variant,
            sessions=int(sessions),
            boots=len(at),
            kept=int((at["value"] == 1).sum()),
            unknown=int(unknown.sum()),
            missed=_reasons(at[(at["value"] == 0) & ~unknown]),
            undecided=_reasons(at[unknown]),
            due=due[due["sessions"] == sessions],
            figures=figures[figures["sessions"] == sessions],
        )


def _reasons(verdicts: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted({str(it) for it in verdicts["detail"]}))


def brackets(view: RunView, variant: VariantInfo) -> tuple[Bracket, ...]:
    """Return, of each boot of a variant's load, between which levels the number of sessions lies that its server holds."""
    verdicts = view.measurements(variant, "slo_kept", LOAD)
    return tuple(bracket_of(str(boot), own) for boot, own in verdicts.groupby("boot"))


def broken_at(view: RunView, variant: VariantInfo) -> frozenset[str]:
    """Return how the first level missed was missed other than by slow answers, over all boots: outcomes of a service level."""
    first = {it.boot: it.missed for it in brackets(view, variant)}
    verdicts = view.measurements(variant, "slo_kept", LOAD)
    missed = verdicts[(verdicts["value"] == 0) & (verdicts["sessions"] == verdicts["boot"].map(first))]
    return frozenset(map(str, missed["outcome"])) - {SLOW, *UNDECIDED}


def bracket_of(boot: str, verdicts: pd.DataFrame) -> Bracket:
    """Return between which levels the number of sessions lies that a boot's server holds, from its verdicts."""
    unknown = verdicts["outcome"].isin(UNDECIDED)
    missed = min((int(it) for it in verdicts.loc[(verdicts["value"] == 0) & ~unknown, "sessions"]), default=None)
    kept = [int(it) for it in verdicts.loc[verdicts["value"] == 1, "sessions"]]
    held = max((it for it in kept if missed is None or it < missed), default=0)
    if missed is not None:
        return Bracket(boot, held, missed, "")
    undecided = verdicts[unknown]
    if undecided.empty:
        return Bracket(boot, held, None, "the most that were tried")
    first = undecided.sort_values("sessions").iloc[0]
    return Bracket(boot, held, None, f"undecided at {first['sessions']}: {first['detail']}")


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
        unknown=level.unknown,
        missed=level.missed,
        undecided=level.undecided,
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
    """Return between which levels boots missed the service level first, and how; or why none did."""
    found = brackets(view, variant)
    at = sorted({it.missed for it in found if it.missed is not None})
    if not at:
        return told_once(list(dict.fromkeys(f"not up to {it.held}: {it.why}" for it in found)))
    how = {reason for level in _loaded(view, variant) if level.sessions in at for reason in level.missed}
    span = "–".join(dict.fromkeys(f"{it}" for it in (at[0], at[-1])))
    return f"{span}: {told_once(sorted(how))}"


def _rate_held(view: RunView, variant: VariantInfo) -> Result:
    """Return the right answers a second of each boot at the highest level that it held."""
    highest = {it.boot: it.held for it in brackets(view, variant)}
    rates = [
        rate
        for level in _loaded(view, variant)
        for boot, rate in _rates(level).items()
        if highest.get(boot) == level.sessions
    ]
    return median_figure(view, [np.array([it]) for it in rates], "count", "no level was held")


def told_once(reasons: Sequence[str]) -> str:
    """Return reasons with those that differ in their numbers alone told once, by the first of them."""
    kinds = alike(reasons)
    return "; ".join(f"{own[0]}, and {len(own) - 1} alike" if len(own) > 1 else own[0] for own in kinds)


def _held(view: RunView, variant: VariantInfo) -> Result:
    """Return how many sessions a server holds, from the two levels between which each boot has it."""
    found = brackets(view, variant)
    whys = [it.why for it in found if it.missed is None]
    if not any(it.held for it in found) and whys:
        return Missing(told_once(list(dict.fromkeys(whys))))
    why = told_once(list(dict.fromkeys(whys)))
    least = f"at least, as in {len(whys)} of {len(found)} boots: {why}" if whys else ""
    notes = filter(None, (least, variant.caveats.get(CROWD, "")))
    return Figure(bracketed([it.ends for it in found], view.level), "count", "; ".join(notes))


def _memory_slope(view: RunView, variant: VariantInfo) -> Figure | Missing:
    rows = view.measurements(variant, "loaded_pss_bytes", LOAD).dropna(subset=["value"])
    points = [
        Point(block, sessions, value)
        for _, own in rows.groupby("boot")
        for block, sessions, value in tuples(own, ["block", "sessions", "value"])
        if sessions >= UPPER * own["sessions"].max()
    ]
    return _slope(points, view, "bytes", "only one level was reached: no slope")


def _cycles(view: RunView, variant: VariantInfo) -> dict[str, Floats]:
    """Return boot -> the server's memory after each cycle of sessions, from the last of the leading ones on."""
    figures = view.measurements(variant, "cycle_pss_bytes")
    rows = figures[(figures["at"] >= LEAD_CYCLES) & figures["value"].notna()].sort_values("at")
    return {str(boot): own["value"].to_numpy(dtype=np.float64) for boot, own in rows.groupby("boot")}


def _growth(view: RunView, variant: VariantInfo) -> Floats:
    """Return by how much memory grew with each cycle after the leading ones; with enough boots, the mean of each boot."""
    series = _cycles(view, variant)
    if len(series) >= FEWEST_BOOTS:
        return np.array([steps([own]).mean() for own in series.values() if len(own) > 1])
    return steps(series.values())


def _leak(view: RunView, variant: VariantInfo) -> Figure | Missing:
    """Return the mean growth of a cycle.

    What an allocator keeps comes in steps, and what it has after a cycle it still has after the next. So cycles are no samples
    about a line, but what each adds to the one before is one: least squares would find a slope in most such walks.
    """
    growth = _growth(view, variant)
    if len(growth) < 2:
        return Missing("no cycles were measured in this run")
    boots = len(_cycles(view, variant))
    note = "" if boots >= FEWEST_BOOTS else "of too few boots: the interval is of cycles, not of boots"
    return Figure(replace(mean(growth, len(growth), view.level), boots=boots), "bytes", note)


def _leak_finding(view: RunView, variant: VariantInfo) -> Result:
    """Return in a sentence whether memory grows with each cycle beyond doubt, and beyond what the baseline's does."""
    found = view.result(LEAK, variant)
    if not isinstance(found, Figure):
        return found
    it = found.estimate
    told = f"{quantity(it.value, 'bytes')} a cycle {interval(it, 'bytes')}"
    if it.low is None:
        return f"too few cycles to tell: {told}"
    if it.low <= 0:
        return f"no leak shown: memory levels off, {told}"
    beyond = beyond_baseline(view, variant)
    if not isinstance(beyond, Figure):
        return f"grows beyond doubt: {told}"
    more = beyond.estimate
    compared = f"{quantity(more.value, 'bytes')} {interval(more, 'bytes')} more than the baseline's"
    is_more = more.low is not None and more.low > 0
    return f"{'leaks beyond doubt' if is_more else 'grows, but not beyond the baseline'}: {told}, {compared}"


def beyond_baseline(view: RunView, variant: VariantInfo) -> Figure | Missing:
    """Return by how many bytes more than the baseline's a server's memory grows with each cycle."""
    ours, theirs = _growth(view, variant), _growth(view, view.baseline) if view.baseline else np.zeros(0)
    if view.baseline == variant or min(len(ours), len(theirs)) < 2:
        return Missing("no cycles of it and of the baseline were measured in this run")
    return Figure(excess(ours, theirs, view.level), "bytes")


def _slope(points: Sequence[Point], view: RunView, unit: str, why: str) -> Figure | Missing:
    try:
        return Figure(slope(points, view.level), unit)
    except ValueError:
        return Missing(why)


def _per_gib(view: RunView, variant: VariantInfo) -> Result:
    """Return how many sessions a GiB holds, where memory grows with them beyond doubt; else in words why there is no number."""
    per_session = view.result(MEMORY_PER_SESSION, variant)
    if not isinstance(per_session, Figure):
        return per_session
    it = per_session.estimate
    if it.low is None or it.high is None:
        return f"not decided: {it.boots} boot{'s' if it.boots != 1 else ''} can't tell how sure the slope is"
    if it.low > 0:
        return Figure(Estimate(GIB / it.value, GIB / it.high, GIB / it.low, it.n, it.boots), "count")
    if it.high < NEGLIGIBLE_BYTES:
        return f"keeps none: a session takes {quantity(max(it.high, 0.0), 'bytes')} at most"
    return f"not decided: what a session takes may be nothing, {interval(it, 'bytes')}"


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
    rates = [np.array([it]) for it in _rates(level).values()]
    return median_figure(view, rates, "count", "nothing was answered")


def _rates(level: Level) -> dict[str, float]:
    """Return boot -> right answers a second of the hold."""
    holds = dict(tuples(_metric(level.figures, "hold_s"), ["boot", "value"]))
    right = Counter(level.due.loc[level.due["ok"], "boot"])
    return {str(boot): count / holds[boot] for boot, count in right.items() if boot in holds}


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
        f"{row.kept} / {row.boots}" + (f", {row.unknown} undecided" if row.unknown else ""),
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
    "between the last level held and the first missed: geometric means over boots, [95 % interval]; one core",
    _held,
    "count",
    "higher",
)
MEMORY_PER_SESSION = _spec(
    "memory_per_session",
    "memory per session",
    "slope of the process tree's PSS against open sessions, from a fifth of the most on, [95 % interval over boots]",
    _memory_slope,
    "bytes",
)
PER_GIB = _spec(
    "sessions_per_gib",
    "sessions per GiB",
    "1 GiB / memory per session, where that is above 0 beyond doubt; the server itself left out",
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
LEAK = _spec(
    "leak_per_cycle",
    "growth per cycle",
    f"of PSS with each cycle of sessions opened, used and closed, after the first {LEAD_CYCLES}",
    _leak,
    "bytes",
    has_ratio=False,
)
FIGURES = (
    HELD,
    _spec("missed_at", "missed at", "the levels at which boots missed it, and how", _missed_at, "", "neither"),
    _spec(
        "rate",
        "interactions/s",
        "right answers a second at the highest level that each boot held",
        _rate_held,
        "count",
        "higher",
    ),
    MEMORY_PER_SESSION,
    PER_GIB,
    GIVEN_BACK,
    LEAK,
    _spec(
        "leak",
        "leak",
        "whether memory grows with each cycle beyond doubt, and beyond what the baseline's does",
        _leak_finding,
        "",
        "neither",
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
        "The server has one core, the generator another. A level is held if its answers keep the service level, and undecided if "
        "they are too few or the generator was at a limit of its own.",
        rows="with figures",
        in_summary=True,
    ),
    TableMaker("load.levels", SECTION.id, level_tables),
)
