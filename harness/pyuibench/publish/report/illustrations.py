"""The charts of the report: each stands before the table, by its id, whose figures it shows."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from pyuibench.analysis.breakdown import PARTS
from pyuibench.figures import break_even, breakdown, latency, load, precision, registry, scaling
from pyuibench.figures.scaling import TaxRow
from pyuibench.figures.view import RunView
from pyuibench.publish import charts, variant_charts
from pyuibench.publish.together import each


@dataclass(frozen=True)
class Chart:
    """A drawing, and what is said below it; `link` is the id of the table that it belongs to."""

    svg: Markup
    caption: str = ""
    link: str = ""


@dataclass(frozen=True)
class Illustration:
    """Charts that belong together, with a heading and a remark where they need one; `parts`: the colours that they use."""

    charts: tuple[Chart, ...]
    title: str = ""
    about: str = ""
    parts: Mapping[str, str] | None = None


def illustrations_of(view: RunView, tables: Iterable[str]) -> dict[str, Illustration]:
    """Return, of declared tables by their ids, the charts that stand before each that has some. Charts share the processors."""
    illustrated = [table for table in tables if table in DRAWN]
    made = dict(zip(illustrated, each(partial(_illustration, view), illustrated), strict=True))
    return {table: it for table, it in made.items() if it.charts}


def _illustration(view: RunView, table: str) -> Illustration:
    return DRAWN[table](view)


def _drawn(svgs: Iterable[tuple[str, Chart]]) -> tuple[Chart, ...]:
    return tuple(chart for svg, chart in svgs if svg)


def _latencies(view: RunView) -> Illustration:
    def drawn() -> Iterator[tuple[str, Chart]]:
        for rows in latency.latency_rows(view):
            if rows and rows[0].case in view.headline_cases:
                name = latency.case_id(rows[0].case)
                svg = charts.latency_chart(rows, f"case_{_identifier(name)}")
                table = f"{'latency' if rows[0].case.page == 'app' else 'rerun_tax'}.cases.{name}"
                yield svg, Chart(Markup(svg), rows[0].case.label, table)

    return Illustration(_drawn(drawn()))


def _loads(view: RunView) -> Illustration:
    by_variant = [[it for it in load.levels(view) if it.variant == variant] for variant in view.variants]
    drawn = (charts.load_chart(own, load.slo_ms(view), f"load{number}") for number, own in enumerate(by_variant) if own)
    return Illustration(_drawn((svg, Chart(Markup(svg))) for svg in drawn))


def _breakdowns(view: RunView) -> Illustration:
    taken = breakdown.taken_apart(view)
    by_variant = [[it for it in taken if it.variant == variant] for variant in view.variants]
    drawn = (variant_charts.waterfall_chart(own) for own in by_variant)
    return Illustration(_drawn((svg, Chart(Markup(svg))) for svg in drawn), parts=PARTS)


def _slopes(view: RunView) -> Illustration:
    def drawn() -> Iterator[tuple[str, Chart]]:
        for number, rows in enumerate(_by_cost(view)):
            svg = charts.slope_chart(rows, f"slope{number}")
            yield svg, Chart(Markup(svg), f"Cells{_cost_title(rows[0]) or ' without cost'}")

    return Illustration(_drawn(drawn()))


def _sizes(view: RunView) -> Illustration:
    def drawn() -> Iterator[tuple[str, Chart]]:
        for number, rows in enumerate(_by_cost(view)):
            transports = (row for row in rows if row.variant in view.baselines and row.points)
            baseline = min(transports, key=lambda row: row.points[-1][1].value, default=None)
            limits = charts.tax_limits(rows)
            for entry in dict.fromkeys(row.variant.entry for row in rows):
                own = [row for row in rows if row.variant.entry == entry]
                title = f"{own[0].variant.title}{_cost_title(own[0])}"
                svg = charts.tax_chart(own, baseline, title, limits, f"tax{number}{_identifier(entry)}")
                yield svg, Chart(Markup(svg))

    return Illustration(
        _drawn(drawn()),
        "Latency against the number of cells",
        "Typical boot's medians with 95 % intervals, both axes logarithmic and the same throughout one cost of a cell; dashed: "
        "the baseline, by the transport that is the fastest with the most cells.",
    )


def _precision(view: RunView) -> Illustration:
    def drawn() -> Iterator[tuple[str, Chart]]:
        for number, curve in enumerate(precision.curves(view)):
            svg = charts.precision_chart(curve, precision.ASKED[precision.LATENCY], f"precision{number}")
            yield svg, Chart(Markup(svg))

    return Illustration(
        _drawn(drawn()),
        "Precision against minutes",
        "Predicted from this run. A dot is a number of blocks, from three on. Dashed: what is asked for, at the median and at "
        "worst.",
    )


def _distances(view: RunView) -> Illustration:
    def drawn() -> Iterator[tuple[str, Chart]]:
        for case in break_even.DRAWN:
            for it in break_even.distances(view, case):
                svg = charts.distance_chart(it, f"distance_{_identifier(it.variant.id + case.scenario)}")
                yield svg, Chart(Markup(svg))

    return Illustration(
        _drawn(drawn()),
        "Latency against the network's round trip",
        "Typical boots' medians. Full: Python in the browser; dashed: the same framework on a server.",
    )


def _by_cost(view: RunView) -> list[list[TaxRow]]:
    rows = scaling.tax_rows(view)
    return [[row for row in rows if (row.cost_ms, row.cost_kind) == cost] for cost in scaling.costs_of(view)]


def _cost_title(row: TaxRow) -> str:
    return f", {row.cost_ms:g} ms {row.cost_kind} each" if row.cost_ms else ""


def _identifier(text: str) -> str:
    return re.sub(r"\W", "_", text)


DRAWN: Mapping[str, Callable[[RunView], Illustration]] = {
    registry.table_id(table): draw
    for table, draw in {
        "latency.cases": _latencies,
        "load.levels": _loads,
        "breakdown.parts": _breakdowns,
        "rerun_tax.slopes": _slopes,
        "rerun_tax.cases": _sizes,
        "precision.known": _precision,
        "break_even.round_trips": _distances,
    }.items()
}
