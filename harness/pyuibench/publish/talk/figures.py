"""Pictures for the last row of a hall: one figure of every variant, 1920 x 1080, as SVG and PNG."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from pyuibench.figures.format import quantity
from pyuibench.figures.samples import VariantInfo
from pyuibench.publish.charts import MARKERS
from pyuibench.publish.rows import Cell, FigureRow
from pyuibench.publish.talk.fitting import fitting, known_in

WIDTH_PX, HEIGHT_PX, DPI = 1920, 1080, 100
# Okabe and Ito's palette, darkened for a white ground; the markers say the same to those who can't tell colours apart.
COLOURS = {
    "rerun": "#c04a00",
    "partial-rerun": "#a67400",
    "callback": "#0072b2",
    "reactive": "#00805c",
    "component": "#a8457f",
}
OTHER = "#586069"
LEAST_FONT_PX = 24
WIDE_RANGE = 12
"""Times the lowest figure: above it an axis is logarithmic."""
_STYLE: Any = {
    "svg.hashsalt": "pyuibench",
    "svg.fonttype": "none",
    "font.size": LEAST_FONT_PX * 72 / DPI,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}


def draw(
    rows: Sequence[FigureRow],
    variants: Sequence[VariantInfo],
    title: str,
    place: Path,
    models: frozenset[str] | None = None,
) -> None:
    """Write `place`.svg and `place`.png: a dot and its interval for each variant that has the first figure, best above.

    Of further figures there is a hollow mark in the same line. `models`: those that are shown already, the baseline beside them,
    where a chart is built up; what is to come has its place left empty.
    """
    write(lambda: picture(rows, variants, title, models), place)


def write(made: Callable[[], Canvas], place: Path) -> None:
    """Write `place`.svg and `place`.png: a picture that is made in the talk's style."""
    with matplotlib.rc_context(_STYLE):
        drawn = made()
        # Not `savefig`, which draws everything once more beforehand, to nothing, for the layout's sake.
        print_svg: Callable[..., None] = FigureCanvasSVG(drawn).print_svg
        print_svg(place.with_suffix(".svg"), metadata={"Date": None})
        drawn.set_dpi(DPI)
        drawn.savefig(place.with_suffix(".png"))


def picture(
    rows: Sequence[FigureRow], variants: Sequence[VariantInfo], title: str, models: frozenset[str] | None = None
) -> Canvas:
    """Return the picture that `draw` writes, in the style that is set."""
    row, *beside = rows
    shown = [(variant, row.cells[variant.id]) for variant in fitting(row, variants)]
    shown.sort(key=lambda pair: pair[1].value or 0.0, reverse=row.higher_is_better)
    canvas = Canvas(figsize=(WIDTH_PX / DPI, HEIGHT_PX / DPI), dpi=DPI, layout="constrained")
    axes = canvas.add_subplot()
    there = [models is None or variant.is_baseline or variant.model in models for variant, _ in shown]
    for number, (variant, cell) in enumerate(shown):
        if there[number]:
            _mark(axes, number, variant, cell, [other.cells[variant.id] for other in beside])
        else:
            # Nothing moves when what is to come is there.
            ends = [it for it in (cell.low, cell.value, cell.high) if it is not None]
            axes.plot(ends, [number] * len(ends), alpha=0)
    names = [f"{variant.title} {_name(variant)}" for variant, _ in shown]
    axes.set_yticks(range(len(shown)), [name if known else "" for name, known in zip(names, there, strict=True)])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.grid(axis="x", color="#dfe3e8")
    axes.set_axisbelow(True)
    values = [cell.value or 0.0 for _, cell in shown]
    others = [it.value for other in beside for variant, _ in shown if (it := other.cells[variant.id]).value is not None]
    _scale(axes, [*values, *others], [cell.low for _, cell in shown if cell.low is not None], row)
    better = f"{'more' if row.higher_is_better else 'less'} is better"
    hollow = f"filled: {row.kind}, hollow: {', '.join(other.kind for other in beside)}" if beside else ""
    left_out = "idiomatic apps only" if len(shown) < len(known_in(row, variants)) else ""
    axes.set_xlabel("; ".join(filter(None, (row.unit, better, "lines are 95 % intervals", hollow, left_out))))
    # What is drawn, and below it what it shows.
    axes.set_title(title.replace(": ", ":\n", 1), fontsize=34 * 72 / DPI, loc="left", pad=18)
    _legend(axes, [variant.model for variant, _ in compress(shown, there)], row.higher_is_better)
    return canvas


def _name(variant: VariantInfo) -> str:
    return "" if variant.role == "idiomatic" else variant.name


def _mark(axes: Axes, number: int, variant: VariantInfo, cell: Cell, beside: Sequence[Cell]) -> None:
    colour = OTHER if variant.is_baseline else COLOURS.get(variant.model, OTHER)
    if cell.low is not None and cell.high is not None:
        axes.plot([cell.low, cell.high], [number, number], "-", color=colour, lw=5, alpha=0.55, solid_capstyle="butt")
    marker = MARKERS.get(variant.model, "P")
    for value in (other.value for other in beside if other.value is not None):
        axes.plot([value], [number], marker, color=colour, mfc="white", mew=2.5, ms=13)
    axes.plot([cell.value or 0.0], [number], marker, color=colour, ms=15)
    axes.annotate(cell.shown, (cell.value or 0.0, number), xytext=(14, 12), textcoords="offset points", color=colour)


def _scale(axes: Axes, values: Sequence[float], lows: Sequence[float], row: FigureRow) -> None:
    # What has no ratio can be near zero or below it.
    if row.has_ratio and min(values, default=0) > 0 and max(values) > WIDE_RANGE * min(values):
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        told = partial(quantity, unit=row.unit) if row.unit == "bytes" else "{:,g}".format
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: told(value)))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_xlim(left=min(0.0, *values, *lows))
    axes.margins(x=0.12)


def _legend(axes: Axes, models: Sequence[str], higher_is_better: bool) -> None:
    """Put the legend where there is room: the best is above, so the upper right is free where less is better."""
    known = [model for model in MARKERS if model in models]
    marks = [Line2D([], [], marker=MARKERS[it], ls="", color=COLOURS[it], ms=14, label=it) for it in known]
    axes.legend(handles=marks, loc="lower right" if higher_is_better else "upper right", frameon=True)
