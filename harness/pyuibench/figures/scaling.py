"""The scaling page: what each untouched cell costs, and the execution model told from the framework."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from pyuibench.analysis.estimates import Estimate, Point, block_slopes, median, slope
from pyuibench.analysis.scaling_fit import Pool, Tax, fit, pool
from pyuibench.analysis.scaling_fit import Sample as TaxSample
from pyuibench.figures import format
from pyuibench.figures.base import Column, Figure, Missing, Row, Shown, Table, variant_row
from pyuibench.figures.samples import Case, VariantInfo, by_block, by_boot, tuples
from pyuibench.figures.view import Report

COMPUTED_AGAIN = {"everything": (0.95, 1.05), "only what depends on the change": (-0.05, 0.05)}
"""From which to which share of the untouched cells a change computes again, by the ledger."""


@dataclass(frozen=True)
class TaxRow:
    """Latency, work and bytes on the scaling page against the number of cells, at one cost of a cell: slopes per cell."""

    variant: VariantInfo
    cost_ms: float
    cost_kind: str
    browser: Figure | Missing
    wire: Figure | Missing
    user_code: Figure | Missing
    own: Figure | Missing
    calls: Figure | Missing
    cpu: Figure | Missing
    bytes_down: Figure | Missing
    points: tuple[tuple[int, Estimate], ...]
    """(cells, browser median), or the wire's where there is no browser."""
    points_are: str


@lru_cache(maxsize=16)
def tax_rows(report: Report) -> tuple[TaxRow, ...]:
    """Return the slopes of the scaling page, for each variant and each cost of a cell that was run."""
    grid = [case for case in report.samples.cases if case.scenario == "grid"]
    costs = sorted({(case.cost_ms, case.cost_kind) for case in grid})
    return tuple(
        _tax_row(report, variant, [case for case in grid if (case.cost_ms, case.cost_kind) == cost])
        for cost in costs
        for variant in report.variants
    )


def model_table(report: Report) -> Table:
    """Return what an execution model costs told apart from what its framework costs, for runs with several sizes and costs."""
    rows = [variant_row(variant, _model_cells(tax)) for variant, tax in taxes(report).items()]
    columns = (
        Column(
            "overhead", "ms of a change on a page without cells whose work costs nothing, [95 % interval over blocks]"
        ),
        Column("per cell", "ms more for every cell, whose work costs nothing: the framework's own"),
        Column("rerun", "the share of the untouched cells' work that is waited for: the execution model's"),
        Column("does a line fit", "whether every size and cost is near the model; if not, the farthest one"),
    )
    caption = "latency = overhead + per cell x cells + rerun x work of untouched cells + work of the changed one, in the browser."
    return Table("The model told from the framework", caption, columns, tuple(rows))


def pooled_models(report: Report) -> Table:
    """Return the fitted model pooled: by what a change has computed again, and by the execution model that entries state.

    Pooled are variants whose every size and cost is near the line; the others are named. The baseline is no framework and in no
    pool. By execution model, variants that use a framework the other way round have pools of their own.
    """
    fitted = {variant: tax for variant, tax in taxes(report).items() if not variant.is_baseline}
    shares = {row.variant: row.calls.estimate.value for row in _cheapest(report) if isinstance(row.calls, Figure)}
    pools: dict[tuple[str, str], list[VariantInfo]] = {}
    for label, (least, most) in COMPUTED_AGAIN.items():
        if members := [variant for variant in fitted if least <= shares.get(variant, np.nan) <= most]:
            pools["by what is computed again", label] = members
    for variant in sorted(fitted, key=lambda it: (it.role == "contrast", it.model)):
        used = "used the other way round" if variant.role == "contrast" else "used as it is meant"
        pools.setdefault((f"by execution model, {used}", variant.model), []).append(variant)
    columns = (
        Column("overhead, ms", "a change on a page without cells whose work costs nothing: the framework's"),
        Column("per cell, ms", "more for every cell, whose work costs nothing: the framework's"),
        Column("rerun", "the share of the untouched cells' work that is waited for: the execution model's"),
        Column("pooled", "variants that a line describes"),
        Column("left out", "variants that no line describes: their slopes would say nothing"),
    )
    rows = [
        Row(group, label, (), _pooled({it: fitted[it] for it in members}, report.level))
        for (group, label), members in pools.items()
    ]
    caption = "Means over variants, [95 % interval over them] where there are three or more."
    return Table("The fitted model, pooled", caption, columns, tuple(rows))


def _pooled(members: dict[VariantInfo, Tax], level: float) -> tuple[Shown, ...]:
    taken = [tax for tax in members.values() if tax.fits]
    left_out = [variant.id for variant, tax in members.items() if not tax.fits]
    names = [variant.id for variant in members if variant.id not in left_out]
    parameters: tuple[Shown, ...] = (Missing("a straight line describes none of its variants"),) * 3
    if taken:
        values = ([getattr(tax, name).value for tax in taken] for name in ("overhead_ms", "per_cell_ms", "rerun"))
        parameters = tuple(format.pool(pool(of_one, level)) for of_one in values)
    return (*parameters, ", ".join(names) or "none", ", ".join(left_out) or "none")


def computed_again(report: Report) -> dict[str, Pool]:
    """Return execution model -> the share of untouched cells that a change has computed again, by the ledger, over its variants.

    Variants that use a framework the other way round on purpose are in no pool: their model is their app's, not the framework's.
    Nor is the baseline, which is no framework.
    """
    by_model: dict[str, list[float]] = {}
    for row in _cheapest(report):
        apart = row.variant.is_baseline or row.variant.role == "contrast"
        if not apart and isinstance(row.calls, Figure):
            by_model.setdefault(row.variant.model, []).append(row.calls.estimate.value)
    return {model: pool(values, report.level) for model, values in by_model.items()}


def summary_table(report: Report) -> Table:
    """Return for each variant what is computed again, and what each untouched cell costs at each cost of a cell."""
    rows = tax_rows(report)
    costs = list(dict.fromkeys((row.cost_ms, row.cost_kind) for row in rows))
    slopes = {(row.variant, row.cost_ms, row.cost_kind): row.browser for row in rows}
    columns = (
        Column("computed again", "the share of untouched cells whose user code a change runs, by the ledger"),
        *(Column(f"cost {_cost(*cost)}", "ms of latency per untouched cell") for cost in costs),
    )
    shown = [
        variant_row(row.variant, [_share(row.calls), *(slopes[row.variant, *cost] for cost in costs)])
        for row in _cheapest(report)
    ]
    return Table("What an untouched cell costs", "", columns, tuple(shown))


def _cheapest(report: Report) -> list[TaxRow]:
    """Return each variant's row at the lowest cost of a cell: what costs more may go on when its calls have been counted."""
    rows = tax_rows(report)
    return [row for row in rows if (row.cost_ms, row.cost_kind) == (rows[0].cost_ms, rows[0].cost_kind)] if rows else []


def _share(calls: Figure | Missing) -> Figure | Missing:
    return Figure(calls.estimate, "count") if isinstance(calls, Figure) else calls


def taxes(report: Report) -> dict[VariantInfo, Tax]:
    """Return the fitted model of every variant that was measured at several sizes and costs."""
    found = {}
    for variant in report.variants:
        samples = [
            TaxSample(block, case.cells, case.cost_ms, case.cost_kind, float(np.median(values)))
            for case in report.samples.cases
            if case.scenario == "grid"
            for block, values in by_block(report.samples.rows(variant, case, "browser"), "dom_ms").items()
        ]
        with suppress(ValueError):
            found[variant] = fit(samples, report.level)
    return found


def _model_cells(tax: Tax) -> tuple[Shown, ...]:
    off_line = [it for it in tax.residuals if not it.fits] or tax.residuals
    worst = max(off_line, key=lambda it: abs(it.residual_ms) / it.latency_ms)
    at = f"{worst.cells} cells of {worst.cost_ms:g} ms {worst.kind}"
    off = f"no: {worst.residual_ms:+.0f} of {worst.latency_ms:.0f} ms at {at}"
    return (
        Figure(tax.overhead_ms, "ms"),
        Figure(tax.per_cell_ms, "ms/cell"),
        Figure(tax.rerun, "count") if tax.fits else Missing("no straight line fits, so its slope says nothing"),
        "yes" if tax.fits else off,
    )


def tax_table(report: Report) -> Table:
    """Return the rerun tax as a table."""
    columns = (
        Column("cost of a cell", "user code per cell, as the page was configured"),
        Column("browser slope", "ms of dom latency per untouched cell, [95 % interval over blocks]"),
        Column("wire slope", "ms of service time per untouched cell, one session, [95 % interval over blocks]"),
        Column(
            "user code slope", "ms of user code run per untouched cell: near the cost of a cell if every cell is rerun"
        ),
        Column("framework's own", "slope of (latency - user code): what each untouched cell costs beside user code"),
        Column("calls", "user code calls more per untouched cell: 0 is what is needed, 1 is everything again"),
        Column("user code CPU", "ms of CPU time in user code per untouched cell"),
        Column("bytes down", "bytes more that a change brings per untouched cell; counted once a size"),
    )
    rows = [
        variant_row(row.variant, (_cost(row.cost_ms, row.cost_kind), *_slopes(row)))
        for row in sorted(tax_rows(report), key=lambda row: report.variants.index(row.variant))
    ]
    caption = (
        "Least squares through the median of each boot. Where nothing but the changed cell is worked on it is near 0."
    )
    return Table("Slope per untouched cell", caption, columns, tuple(rows))


def _slopes(row: TaxRow) -> tuple[Shown, ...]:
    return (row.browser, row.wire, row.user_code, row.own, row.calls, row.cpu, row.bytes_down)


def _tax_row(report: Report, variant: VariantInfo, cases: Sequence[Case]) -> TaxRow:
    browser, wire = ({case: report.samples.rows(variant, case, name) for case in cases} for name in ("browser", "wire"))
    name, column, rows = (
        ("browser", "dom_ms", browser) if _any_right(browser, "dom_ms") else ("wire", "service_ms", wire)
    )
    own = {case: frame.assign(own_ms=frame[column] - frame["user_code_ms"]) for case, frame in rows.items()}
    why = report.samples.reason(variant, cases[-1], "browser")
    noted = f"from the {name}" if name == "wire" else ""
    medians = [(case.cells, by_boot(frame, column)) for case, frame in rows.items()]
    return TaxRow(
        variant=variant,
        cost_ms=cases[0].cost_ms,
        cost_kind=cases[0].cost_kind,
        browser=_slope(report, browser, "dom_ms", why),
        wire=_slope(report, wire, "service_ms", report.samples.reason(variant, cases[-1], "wire")),
        user_code=_slope(report, rows, "user_code_ms", "user code was not read for these interactions", noted),
        own=_slope(report, own, "own_ms", "user code was not read for these interactions", noted),
        calls=_slope(
            report, rows, "user_code_calls", "user code was not read for these interactions", noted, "calls/cell"
        ),
        cpu=_slope(report, rows, "user_code_cpu_ms", "user code was not read for these interactions", noted),
        bytes_down=_bytes_slope(report, variant, cases),
        points=tuple((cells, median(boots, report.level)) for cells, boots in medians if boots),
        points_are=name,
    )


def _any_right(frames: dict[Case, pd.DataFrame], column: str) -> bool:
    return any((frame["ok"] & frame[column].notna()).any() for frame in frames.values())


def block_slopes_of(report: Report, variant: VariantInfo, cost_ms: float, cost_kind: str) -> dict[int, float]:
    """Return block -> ms of latency in the browser per untouched cell, at one cost of a cell."""
    cases = [
        case
        for case in report.samples.cases
        if case.scenario == "grid" and (case.cost_ms, case.cost_kind) == (cost_ms, cost_kind)
    ]
    return block_slopes(_points({case: report.samples.rows(variant, case, "browser") for case in cases}, "dom_ms"))


def _slope(
    report: Report, frames: dict[Case, pd.DataFrame], column: str, why: str, note: str = "", unit: str = "ms/cell"
) -> Figure | Missing:
    return _slope_of(report, _points(frames, column), why, note, unit)


def _points(frames: dict[Case, pd.DataFrame], column: str) -> list[Point]:
    """Return the median of each boot against its number of cells."""
    return [
        Point(int(rows["block"].iloc[0]), case.cells, float(rows[column].median()))
        for case, frame in frames.items()
        for _, rows in frame[frame["ok"] & frame[column].notna()].groupby(["block", "boot"])
    ]


def _bytes_slope(report: Report, variant: VariantInfo, cases: Sequence[Case]) -> Figure | Missing:
    """Return how many bytes more a change brings for every untouched cell, counted once a size."""
    rows = report.run.measurements
    costs = {(case.cost_ms, case.cost_kind) for case in cases}
    at = (rows["entry"] == variant.entry) & (rows["variant"] == variant.name) & (rows["metric"] == "action_bytes_down")
    grid = rows[at & (rows["page"] == "grid") & rows["value"].notna()]
    points = [
        Point(int(block), int(cells), float(value))
        for block, cells, cost_ms, kind, value in tuples(
            grid, ["block", "grid_cells", "grid_cost_ms", "grid_cost_kind", "value"]
        )
        if (cost_ms, kind) in costs
    ]
    return _slope_of(report, points, "bytes were not counted on this page", "", "B/cell")


def _slope_of(report: Report, points: Sequence[Point], why: str, note: str, unit: str) -> Figure | Missing:
    if not points:
        return Missing(why)
    try:
        return Figure(slope(points, report.level), unit, note)
    except ValueError:
        return Missing("only one number of cells has figures: no slope")


def _cost(cost_ms: float, kind: str) -> str:
    return f"{cost_ms:g} ms {kind}" if cost_ms else "none"
