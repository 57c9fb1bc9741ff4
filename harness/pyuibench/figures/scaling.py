"""The scaling page: what each untouched cell costs, and what of it is the execution model's and what the framework's."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from pyuibench.analysis.estimates import Estimate, Floats, Point, block_slopes, median, slope, slope_spreads
from pyuibench.analysis.moderation import Spread
from pyuibench.analysis.scaling_fit import Pool, Tax, fit, pool
from pyuibench.analysis.scaling_fit import Sample as TaxSample
from pyuibench.contract.known_delays import KINDS
from pyuibench.figures import format
from pyuibench.figures.base import (
    Column,
    Figure,
    FigureFamily,
    FigureSpec,
    Missing,
    Result,
    Row,
    Section,
    Shown,
    Table,
    TableMaker,
    TableSpec,
    id_part,
    variant_row,
)
from pyuibench.figures.ends import ON_THE_WIRE, RIGHT
from pyuibench.figures.latency import case_tables
from pyuibench.figures.samples import Case, VariantInfo, by_block_and_boot, tuples
from pyuibench.figures.view import NOT_MEASURED, RunView
from pyuibench.figures.waits import about, in_the_page

SECTION = Section(
    "rerun_tax",
    "The rerun tax",
    60,
    "One cell of a page of many is changed; all others stay as they are. What each of those untouched cells adds to the "
    "latency is the tax. Under the rerun model it contains their user code; what remains is the framework's own.",
)
SECTIONS = (SECTION,)
CPU = "cpu"
NO_CPU = "CPU time was not read for these interactions"
NO_USER_CODE = "user code was not read for these interactions"
SLOPES: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("browser", "wire", "user_code", "own", "cpu"), ("ms/cell", NO_USER_CODE)),
    "calls": ("calls/cell", NO_USER_CODE),
    **dict.fromkeys(("framework_cpu", "page_cpu"), ("ms/cell", NO_CPU)),
}
"""What is set against the number of cells, by the names of TaxRow: the unit of its slope, and why there may be none."""
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
    framework_cpu: Figure | Missing
    page_cpu: Figure | Missing
    bytes_down: Figure | Missing
    points: tuple[tuple[int, Estimate], ...]
    """(cells, browser median), or the wire's where there is no browser."""
    points_are: str


def tax_rows(view: RunView) -> tuple[TaxRow, ...]:
    """Return the slopes of the scaling page, for each variant and each cost of a cell that was run."""
    return view.once(_tax_rows)


def tax_of(view: RunView, variant: VariantInfo, cost: tuple[float, str] | None) -> TaxRow | None:
    """Return a variant's slopes at a cost of a cell and its kind, None where that was not run."""
    rows = view.once(_by_place)
    return rows.get((variant.id, cost)) if cost else None


def _by_place(view: RunView) -> dict[tuple[str, tuple[float, str]], TaxRow]:
    return {(row.variant.id, (row.cost_ms, row.cost_kind)): row for row in tax_rows(view)}


def costs_of(view: RunView) -> tuple[tuple[float, str], ...]:
    """Return the costs of a cell that were run, and their kinds: the lowest first."""
    return tuple(dict.fromkeys((row.cost_ms, row.cost_kind) for row in tax_rows(view)))


def work_on_the_cpu(view: RunView) -> tuple[float, str] | None:
    """Return the lowest cost of a cell above none that is spent on the CPU, None where none was run."""
    return next((cost for cost in costs_of(view) if cost[0] and cost[1] == CPU), None)


def _tax_rows(view: RunView) -> tuple[TaxRow, ...]:
    grid = [case for case in view.samples.cases if case.scenario == "grid"]
    costs = sorted({(case.cost_ms, case.cost_kind) for case in grid})
    by_cost = ([case for case in grid if (case.cost_ms, case.cost_kind) == cost] for cost in costs)
    return tuple(row for cases in by_cost for row in _tax_rows_at(view, cases))


def pooled_models(view: RunView) -> tuple[Table, ...]:
    """Return the fitted model pooled: by what a change has computed again, and by the execution model that entries state.

    Pooled are variants whose every size and cost is near the line; the others are named. The baseline is no framework and in no
    pool, nor are diagnostic variants. By execution model, variants that use a framework the other way round have pools of their
    own.
    """
    fitted = {variant: tax for variant, tax in taxes(view).items() if variant.is_ranked}
    shares = {row.variant: row.calls.estimate.value for row in _cheapest(view) if isinstance(row.calls, Figure)}
    pools: dict[tuple[str, str], list[VariantInfo]] = {}
    for label, (least, most) in COMPUTED_AGAIN.items():
        if members := [variant for variant in fitted if least <= shares.get(variant, np.nan) <= most]:
            pools["by what is computed again", label] = members
    for variant in sorted(fitted, key=lambda it: (not it.is_as_meant, it.model)):
        used = "used the other way round" if not variant.is_as_meant else "used as it is meant"
        pools.setdefault((f"by execution model, {used}", variant.model), []).append(variant)
    columns = (
        Column("overhead, ms", "a change on a page without cells whose work costs nothing: the framework's"),
        Column("per cell, ms", "more for every cell, whose work costs nothing: the framework's"),
        Column("rerun", "the share of the untouched cells' work that is waited for: the execution model's"),
        Column("pooled", "variants that a line describes"),
        Column("left out", "variants that no line describes: their slopes would say nothing"),
    )
    rows = [
        Row(group, label, (), _pooled({it: fitted[it] for it in members}, view.level))
        for (group, label), members in pools.items()
    ]
    caption = "Means over variants, [95 % interval over them] where there are three or more."
    return (Table("rerun_tax.pooled", "The fitted model, pooled", caption, columns, tuple(rows)),)


def _pooled(members: dict[VariantInfo, Tax], level: float) -> tuple[Shown, ...]:
    taken = [tax for tax in members.values() if tax.fits]
    left_out = [variant.id for variant, tax in members.items() if not tax.fits]
    names = [variant.id for variant in members if variant.id not in left_out]
    parameters: tuple[Shown, ...] = (Missing("a straight line describes none of its variants"),) * 3
    if taken:
        values = ([getattr(tax, name).value for tax in taken] for name in ("overhead_ms", "per_cell_ms", "rerun"))
        parameters = tuple(format.pool(pool(of_one, level)) for of_one in values)
    return (*parameters, ", ".join(names) or "none", ", ".join(left_out) or "none")


def computed_again(view: RunView) -> dict[str, Pool]:
    """Return execution model -> the share of untouched cells that a change has computed again, by the ledger, over its variants.

    Variants that use a framework the other way round on purpose, or show one detail's cost, are in no pool: their model is their
    app's, not the framework's.
    Nor is the baseline, which is no framework.
    """
    by_model: dict[str, list[float]] = {}
    for row in _cheapest(view):
        if row.variant.is_as_meant and not row.variant.is_baseline and isinstance(row.calls, Figure):
            by_model.setdefault(row.variant.model, []).append(row.calls.estimate.value)
    return {model: pool(values, view.level) for model, values in by_model.items()}


def tax_at_the_lowest_cost(view: RunView, variant: VariantInfo) -> TaxRow | None:
    """Return a variant's slopes at the lowest cost of a cell, None where the scaling page wasn't run."""
    return tax_of(view, variant, next(iter(costs_of(view)), None))


def _cheapest(view: RunView) -> list[TaxRow]:
    """Return each variant's row at the lowest cost of a cell: what costs more may go on when its calls have been counted."""
    rows = (tax_at_the_lowest_cost(view, variant) for variant in view.variants)
    return [row for row in rows if row]


def taxes(view: RunView) -> dict[VariantInfo, Tax]:
    """Return the fitted model of every variant that was measured at several sizes and costs."""
    return view.once(_taxes)


def _taxes(view: RunView) -> dict[VariantInfo, Tax]:
    found = {}
    for variant in view.variants:
        samples = [
            TaxSample(block, case.cells, case.cost_ms, case.cost_kind, float(np.median(values)))
            for case in view.samples.cases
            if case.scenario == "grid"
            for block, values in view.blocks(variant, case, "browser", "right_ms").items()
        ]
        with suppress(ValueError):
            found[variant] = fit(samples, view.level)
    return found


def _straightness(tax: Tax) -> str:
    if tax.fits:
        return "yes"
    worst = max((it for it in tax.residuals if not it.fits), key=lambda it: abs(it.residual_ms) / it.latency_ms)
    at = f"{worst.cells} cells of {worst.cost_ms:g} ms {worst.kind}"
    return f"no: {worst.residual_ms:+.0f} of {worst.latency_ms:.0f} ms at {at}"


def slope_tables(view: RunView) -> tuple[Table, ...]:
    """Return all slopes of the scaling page: a row for each variant and cost of a cell."""
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
        Column("framework CPU", "ms of CPU time of the server's processes beside user code, per untouched cell"),
        Column("page CPU", "ms of CPU time of the process that runs the page, per untouched cell"),
        Column("bytes down", "bytes more that a change brings per untouched cell; counted once a size"),
    )
    rows = [
        variant_row(row.variant, (_cost(row.cost_ms, row.cost_kind), *_slopes(row)))
        for row in sorted(tax_rows(view), key=lambda row: view.variants.index(row.variant))
    ]
    models = "; ".join(f"{model} {format.share(shares)}" for model, shares in computed_again(view).items())
    caption = (
        "Least squares through the median of each boot. Where nothing but the changed cell is worked on it is near 0. "
        "Of the cells that a change leaves untouched, this share is computed again, by the ledger and by execution model, the "
        f"baseline and variants that use a framework the other way round left out: {models or 'not known'}."
    )
    return (Table("rerun_tax.slopes", "Slope per untouched cell", caption, columns, tuple(rows)),)


def _slopes(row: TaxRow) -> tuple[Shown, ...]:
    cpu = (row.cpu, row.framework_cpu, row.page_cpu)
    return (row.browser, row.wire, row.user_code, row.own, row.calls, *cpu, row.bytes_down)


@dataclass(frozen=True)
class _Sizes:
    """What a variant did on pages of several sizes, at one cost of a cell.

    `points`: for each of SLOPES the boots' medians against the size; `medians`: cases and boots of latency; `instrument`: whose
    that latency is.
    """

    points: Mapping[str, list[Point]]
    medians: tuple[tuple[Case, list[Floats]], ...]
    instrument: str


def _tax_rows_at(view: RunView, cases: Sequence[Case]) -> Iterator[TaxRow]:
    """Yield the slopes of all variants at one cost of a cell, whose scatter is told together."""
    sizes = {variant: _sizes(view, variant, cases) for variant in view.variants}
    spreads = {part: slope_spreads({variant.id: own.points[part] for variant, own in sizes.items()}) for part in SLOPES}
    for variant, own in sizes.items():
        yield _tax_row(view, variant, cases, own, {part: known.get(variant.id) for part, known in spreads.items()})


def _sizes(view: RunView, variant: VariantInfo, cases: Sequence[Case]) -> _Sizes:
    browser, wire = ({case: view.samples.rows(variant, case, name) for case in cases} for name in ("browser", "wire"))
    name, column, rows = (
        ("browser", RIGHT.column, browser) if _any_right(browser, RIGHT.column) else ("wire", ON_THE_WIRE.column, wire)
    )
    own = {
        case: frame[["block", "boot", "ok"]].assign(own_ms=frame[column] - frame["user_code_ms"])
        for case, frame in rows.items()
    }
    points = {
        "browser": _points(browser, RIGHT.column),
        "wire": _points(wire, ON_THE_WIRE.column),
        "user_code": _points(rows, "user_code_ms"),
        "own": _points(own, "own_ms"),
        "calls": _points(rows, "user_code_calls"),
        "cpu": _points(rows, "user_code_cpu_ms"),
        "framework_cpu": _points(rows, "framework_cpu_ms"),
        "page_cpu": _points(browser, "renderer_cpu_ms"),
    }
    return _Sizes(points, tuple((case, view.boots(variant, case, name, column)) for case in cases), name)


def _tax_row(
    view: RunView, variant: VariantInfo, cases: Sequence[Case], sizes: _Sizes, spreads: Mapping[str, Spread | None]
) -> TaxRow:
    noted = "from the wire" if sizes.instrument == "wire" else ""
    column = RIGHT.column if sizes.instrument == "browser" else ON_THE_WIRE.column
    caveat = variant.caveats.get("grid", "")

    def slope_of(part: str) -> Figure | Missing:
        why, note = SLOPES[part][1], "" if part == "page_cpu" else noted
        if part in ("browser", "wire"):
            why, note = view.samples.reason(variant, cases[-1], part), caveat
        return _slope_of(view, sizes.points[part], why, note, SLOPES[part][0], spreads[part])

    return TaxRow(
        variant=variant,
        cost_ms=cases[0].cost_ms,
        cost_kind=cases[0].cost_kind,
        **{part: slope_of(part) for part in SLOPES},
        bytes_down=_bytes_slope(view, variant, cases),
        points=tuple(
            (case.cells, median(boots, view.level, view.scatter(case, sizes.instrument, column).of(variant.id)))
            for case, boots in sizes.medians
            if boots
        ),
        points_are=sizes.instrument,
    )


def _any_right(frames: dict[Case, pd.DataFrame], column: str) -> bool:
    return any((frame["ok"] & frame[column].notna()).any() for frame in frames.values())


def block_slopes_of(view: RunView, variant: VariantInfo, cost_ms: float, cost_kind: str) -> dict[int, float]:
    """Return block -> ms of latency in the browser per untouched cell, at one cost of a cell."""
    return block_slopes(_browser_points(view, cost_ms, cost_kind).get(variant.id, ()))


def spreads_of_slopes(view: RunView, cost_ms: float, cost_kind: str) -> dict[str, Spread]:
    """Return variant's id -> how far its slopes of latency in the browser scatter from block to block, at one cost of a cell."""
    return slope_spreads(_browser_points(view, cost_ms, cost_kind))


def _browser_points(view: RunView, cost_ms: float, cost_kind: str) -> dict[str, list[Point]]:
    cases = [
        case
        for case in view.samples.cases
        if case.scenario == "grid" and (case.cost_ms, case.cost_kind) == (cost_ms, cost_kind)
    ]
    return {
        variant.id: _points({case: view.samples.rows(variant, case, "browser") for case in cases}, RIGHT.column)
        for variant in view.variants
    }


def _points(frames: dict[Case, pd.DataFrame], column: str) -> list[Point]:
    """Return the median of each boot against its number of cells."""
    return [
        Point(block, case.cells, float(np.median(values)))
        for case, frame in frames.items()
        for (block, _), values in by_block_and_boot(frame, column).items()
    ]


def _bytes_slope(view: RunView, variant: VariantInfo, cases: Sequence[Case]) -> Figure | Missing:
    """Return how many bytes more a change brings for every untouched cell, counted once a size."""
    rows = view.measurements(variant, "action_bytes_down")
    costs = {(case.cost_ms, case.cost_kind) for case in cases}
    grid = rows[(rows["page"] == "grid") & rows["value"].notna()]
    points = [
        Point(int(block), int(cells), float(value))
        for block, cells, cost_ms, kind, value in tuples(
            grid, ["block", "grid_cells", "grid_cost_ms", "grid_cost_kind", "value"]
        )
        if (cost_ms, kind) in costs
    ]
    return _slope_of(view, points, "bytes were not counted on this page", "", "B/cell")


def _slope_of(
    view: RunView, points: Sequence[Point], why: str, note: str, unit: str, spread: Spread | None = None
) -> Figure | Missing:
    if not points:
        return Missing(why)
    try:
        return Figure(slope(points, view.level, spread), unit, note)
    except ValueError:
        return Missing("only one number of cells has figures: no slope")


def _cost(cost_ms: float, kind: str) -> str:
    return f"{cost_ms:g} ms {kind}" if cost_ms else "none"


def _computed_again(view: RunView, variant: VariantInfo) -> Result:
    row = tax_at_the_lowest_cost(view, variant)
    if row is None:
        return Missing(NOT_MEASURED)
    return Figure(row.calls.estimate, "count") if isinstance(row.calls, Figure) else row.calls


def _part(view: RunView, variant: VariantInfo, part: str, cost: tuple[float, str] | None = None) -> Result:
    """Return a slope of a variant, at a cost of a cell or at the lowest on the CPU."""
    row = tax_of(view, variant, cost or work_on_the_cpu(view))
    slope_of_part: Figure | Missing = getattr(row, part) if row else Missing("no cell of this run works on the CPU")
    return slope_of_part


def _fitted(view: RunView, variant: VariantInfo, parameter: str) -> Result:
    tax = taxes(view).get(variant)
    if tax is None:
        return Missing("it takes several sizes and costs of a cell")
    if parameter == "is_straight":
        return _straightness(tax)
    if parameter == "rerun" and not tax.fits:
        return Missing("no straight line fits, so its slope says nothing")
    figure = Figure(getattr(tax, _FITTED[parameter][1]), _FITTED[parameter][0], variant.caveats.get("grid", ""))
    smallest = next(case for case in view.samples.cases if case.scenario == "grid")
    return in_the_page(figure, view, variant, smallest) if parameter == "overhead" else figure


def _at_cost(view: RunView) -> tuple[FigureSpec, ...]:
    return tuple(
        FigureSpec(
            f"rerun_tax.at.{id_part(_cost(*cost))}",
            SECTION.id,
            f"cost {_cost(*cost)}",
            "ms/cell",
            partial(_part, part="browser", cost=cost),
            "ms of latency per untouched cell",
            has_ratio=False,
            options="--scenario grid --instrument browser",
        )
        for cost in costs_of(view)
    )


def _with_work(words: str, view: RunView) -> str:
    cost = work_on_the_cpu(view)
    return f"{words}, whose code takes {cost[0]:g} ms {KINDS[cost[1]]}" if cost else words


def _of_work(id: str, words: str, part: str, about: str) -> FigureSpec:
    return FigureSpec(
        id,
        SECTION.id,
        words,
        "ms/cell",
        partial(_part, part=part),
        partial(_with_work, about),
        has_ratio=False,
        is_in=lambda view: work_on_the_cpu(view) is not None,
        is_listed=False,
    )


# Parameter -> unit, the fit's attribute, heading, what it says.
_FITTED = {
    "overhead": (
        "ms",
        "overhead_ms",
        "overhead",
        "ms of a change on a page without cells whose work costs nothing, [95 % interval over blocks]",
    ),
    "per_cell": (
        "ms/cell",
        "per_cell_ms",
        "per cell",
        "ms more for every cell, whose work costs nothing: the framework's own",
    ),
    "rerun": (
        "count",
        "rerun",
        "rerun",
        "the share of the untouched cells' work that is waited for: the execution model's",
    ),
    "is_straight": (
        "",
        "fits",
        "does a line fit",
        "whether every size and cost is near the model; if not, the farthest one",
    ),
}
RERUN_TAX = _of_work(
    "rerun_tax",
    "an untouched cell",
    "browser",
    "ms of latency that an untouched cell adds",
)
FRAMEWORK_S_OWN = _of_work(
    "rerun_tax.framework", "the framework's own", "own", "what an untouched cell adds beside user code"
)
FIGURES = (
    RERUN_TAX,
    _of_work("rerun_tax.code", "user code", "user_code", "ms of user code that is run for an untouched cell"),
    FRAMEWORK_S_OWN,
    FigureSpec(
        "rerun_tax.computed_again",
        SECTION.id,
        "computed again",
        "count",
        _computed_again,
        "the share of untouched cells whose user code a change runs, by the ledger",
        has_ratio=False,
        is_in=lambda view: bool(costs_of(view)),
        options="--scenario grid --instrument browser",
    ),
    FigureFamily("rerun_tax.at", SECTION.id, _at_cost),
    *(
        FigureSpec(
            f"rerun_tax.fit.{parameter}",
            SECTION.id,
            label,
            unit,
            partial(_fitted, parameter=parameter),
            about,
            better="neither" if parameter == "is_straight" else "lower",
            has_ratio=False,
            is_in=lambda view: bool(taxes(view)),
            is_listed=False,
        )
        for parameter, (unit, _, label, about) in _FITTED.items()
    ),
)
TABLES = (
    TableMaker("rerun_tax.slopes", SECTION.id, slope_tables, in_summary=True),
    TableSpec(
        "rerun_tax.fit",
        SECTION.id,
        "Execution model and framework, taken apart",
        tuple(f"rerun_tax.fit.{parameter}" for parameter in _FITTED),
        lambda view: (
            "latency = overhead + per cell x cells + rerun x work of untouched cells + work of the changed one, in the browser. "
            + about(view)
        ),
        rows="with figures",
    ),
    TableMaker("rerun_tax.pooled", SECTION.id, pooled_models),
    TableMaker("rerun_tax.cases", SECTION.id, partial(case_tables, page="grid", declared="rerun_tax.cases")),
)
