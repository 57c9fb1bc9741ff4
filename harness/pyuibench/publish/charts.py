"""Charts as inline SVG: the same figures give the same bytes, and colours follow the page's theme.

Matplotlib draws with stand-in colours; afterwards each becomes a CSS variable that the page sets for light and dark. Models
differ by colour (Okabe and Ito's palette, shaded for each theme) and by marker, so neither alone must be told apart.
"""

import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from math import isfinite
from typing import Any

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from pyuibench.analysis.estimates import Estimate
from pyuibench.figures.base import Figure
from pyuibench.figures.break_even import Distances
from pyuibench.figures.latency import LatencyRow
from pyuibench.figures.load import Level, p95_ms
from pyuibench.figures.precision import Asked, Curve
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.scaling import TaxRow
from pyuibench.publish.rows import FigureRow

MARKERS: Mapping[str, str] = {"rerun": "o", "partial-rerun": "D", "callback": "s", "reactive": "^", "component": "v"}
_OTHER = "P"
_INK, _FAINT = "#010101", "#020202"
_MODEL_COLOURS = {model: f"#0301{number_:02x}" for number_, model in enumerate(MARKERS)}
_OTHER_COLOUR = "#0301ff"
_VARIABLES = {
    _INK: "var(--ink)",
    _FAINT: "var(--faint)",
    _OTHER_COLOUR: "var(--model-other)",
    **{colour: f"var(--model-{model})" for model, colour in _MODEL_COLOURS.items()},
}
_DASHES = ("-", ":", "-.")
_LOAD_DASHES = {"unrelated": "-", "global": "--"}
# Inches. Charts are laid out by hand: what surrounds the axes is known, and Matplotlib's own layout draws everything twice.
_WIDTH = 5.0
_ROW = 0.235
_LINES = 2.9
_TITLE, _NO_TITLE = 0.29, 0.06
_TICKS_AND_LABEL = 0.42
_BESIDE = 0.26
_VALUES = 0.75
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "pyuibench",
    "font.size": 9,
    "text.color": _INK,
    "axes.edgecolor": _FAINT,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}

_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def latency_chart(rows: Sequence[LatencyRow], name: str) -> str:
    """Return a dot and interval for each variant, its boots' medians as small marks, and the other end, on a log axis of ms.

    Empty if no variant has a figure. `name` must be unique on the page: the ids in the SVG begin with it.
    """
    shown = [(row, row.lead.estimate) for row in rows if isinstance(row.lead, Figure)]
    if not shown:
        return ""
    with _styled(_STYLE):
        canvas, axes = _row_canvas([row.variant.id for row, _ in shown])
        _mark_baseline(axes, shown)
        for place, (row, estimate) in enumerate(shown):
            axes.plot(row.boot_medians, [place] * len(row.boot_medians), "|", color=_INK, ms=6, mew=0.8, alpha=0.55)
            _hollow(axes, place, row)
            _dot(axes, place, row.variant, estimate)
        lead, *beside = rows[0].headline
        hollow = [f"hollow: {end.label}" for end in beside]
        axes.set_xscale("log")
        _plain_log_ticks(axes)
        axes.set_xlabel("; ".join((f"ms until the answer is {lead.label}, log scale", *hollow)))
        return _svg(canvas, name, f"Median latency of each variant: {rows[0].case.label}")


def figure_chart(row: FigureRow, variants: Sequence[VariantInfo], name: str) -> str:
    """Return a dot and interval for each of some variants, the best first, on a log axis where all are positive.

    Empty if none has a value. Dashed: the baseline's best.
    """
    shown = [
        (variant, Estimate(cell.value, cell.low, cell.high, cell.n, cell.boots))
        for variant in variants
        if (cell := row.cells.get(variant.id)) and cell.value is not None
    ]
    if not shown:
        return ""
    shown.sort(key=lambda it: it[1].value, reverse=row.higher_is_better)
    with _styled(_STYLE):
        canvas, axes = _row_canvas([variant.id for variant, _ in shown])
        for place, (variant, estimate) in enumerate(shown):
            _dot(axes, place, variant, estimate)
        best = row.cells[row.reference].value if row.reference else None
        if best is not None:
            axes.axvline(best, color=_FAINT, lw=1, ls=(0, (4, 3)))
        if min(min(_reach(it)) for _, it in shown) > 0:
            axes.set_xscale("log")
            _plain_log_ticks(axes)
        else:
            axes.axvline(0, color=_FAINT, lw=1)
        better = "higher" if row.higher_is_better else "lower"
        axes.set_xlabel(f"{row.label}{f', {row.unit}' if row.unit != 'count' else ''}; {better} is better")
        return _svg(canvas, name, row.label)


def tax_chart(
    rows: Sequence[TaxRow], baseline: TaxRow | None, title: str, limits: tuple[float, float], name: str
) -> str:
    """Return latency in ms against the number of cells for one entry's variants, the baseline's beside them, log both ways.

    Empty if none has a figure. `limits` are the latency axis's, so that charts of several entries compare.
    """
    drawn = [row for row in rows if row.points]
    if not drawn:
        return ""
    with _styled(_STYLE | {"axes.spines.left": True}):
        canvas, axes = _line_canvas()
        if baseline and baseline.points and baseline.variant not in [row.variant for row in rows]:
            _line(axes, baseline, "baseline", _FAINT, "--")
        for row, dashes in zip(drawn, itertools.cycle(_DASHES), strict=False):
            _line(axes, row, row.variant.name, _colour(row.variant), dashes)
        axes.set_title(title, fontsize=10, loc="left", y=1.0)
        axes.set(xscale="log", yscale="log", ylim=limits, xlabel="cells on the page", ylabel="ms")
        _sized(axes, sorted({cells for row in drawn for cells, _ in row.points}))
        return _svg(canvas, name, f"Latency against cells: {title}")


def tax_limits(rows: Iterable[TaxRow]) -> tuple[float, float]:
    """Return the lowest and highest latency of all rows with some room, in ms; (1, 10) if there is none."""
    values = [value for row in rows for _, estimate in row.points for value in _reach(estimate)]
    return (min(values) / 1.3, max(values) * 1.3) if values else (1.0, 10.0)


def slope_chart(rows: Sequence[TaxRow], name: str) -> str:
    """Return the slope per untouched cell of each variant, in ms, with its interval: the rerun tax at a glance."""
    shown = [(row, row.browser) for row in rows if isinstance(row.browser, Figure)]
    if not shown:
        return ""
    with _styled(_STYLE):
        canvas, axes = _row_canvas([row.variant.id for row, _ in shown])
        axes.axvline(0, color=_FAINT, lw=1)
        for place, (row, figure) in enumerate(shown):
            _dot(axes, place, row.variant, figure.estimate)
        axes.set_xlabel("ms per untouched cell, browser; lower is better")
        return _svg(canvas, name, "Slope of latency per untouched cell, for each variant")


def load_chart(levels: Sequence[Level], slo_ms: Mapping[str, float], name: str) -> str:
    """Return p95 in ms against the number of sessions of one variant, log both ways, with the service level's limits.

    Full lines are from the intended start (corrected), dotted ones from the sending. Empty if there is no figure.
    """
    lines = [
        (f"{scenario}{note}", dashes, p95_ms(levels, column, scenario))
        for scenario in slo_ms
        for column, note, dashes in (("response_ms", "", _LOAD_DASHES[scenario]), ("service_ms", ", from sending", ":"))
    ]
    if not any(points for _, _, points in lines):
        return ""
    with _styled(_STYLE | {"axes.spines.left": True}):
        canvas, axes = _line_canvas()
        for limit_ms in slo_ms.values():
            axes.axhline(limit_ms, color=_FAINT, lw=1, ls=(0, (4, 3)))
        variant = levels[0].variant
        marker, colour = MARKERS.get(variant.model, _OTHER), _colour(variant)
        for label, dashes, points in lines:
            if points:
                axes.plot(
                    *zip(*points.items(), strict=True), marker, ls=dashes, color=colour, ms=4, lw=1.5, label=label
                )
        axes.set(xscale="log", yscale="log", xlabel="sessions open", ylabel="p95, ms")
        axes.set_title(variant.id, fontsize=10, loc="left", y=1.0)
        _sized(axes, [level.sessions for level in levels])
        return _svg(canvas, name, f"Latency against sessions: {variant.id}")


def precision_chart(curve: Curve, asked: Asked, name: str) -> str:
    """Return within which factor a case's ratios are known against minutes, at the median and at worst, and what is asked for."""
    with _styled(_STYLE | {"axes.spines.left": True}):
        canvas, axes = _line_canvas()
        for factor in (asked.median, asked.worst):
            axes.axhline(factor, color=_FAINT, lw=1, ls=(0, (4, 3)))
        for label, dashes, minutes, factors in (
            ("worst", ":", curve.minutes, curve.worst),
            ("median", "-", curve.minutes, curve.median),
            ("median, samples worth their time", "-.", curve.best_minutes, curve.best),
        ):
            axes.plot(minutes, factors, "o", ls=dashes, color=_INK, ms=2.5, lw=1.3, label=label)
        axes.set(xlabel="minutes", ylabel="known within a factor of", xlim=(0, None), ylim=(1, None))
        axes.grid(axis="y", color=_FAINT, alpha=0.3, lw=0.6)
        axes.set_title(f"{curve.case.label}; dashed: asked for", fontsize=10, loc="left", y=1.0)
        axes.legend(frameon=False, fontsize=8, labelcolor=_INK)
        return _svg(canvas, name, f"Precision against minutes: {curve.case.label}")


def distance_chart(it: Distances, name: str) -> str:
    """Return milliseconds in the browser and on the same framework's server against the network's round trip."""
    with _styled(_STYLE | {"axes.spines.left": True}):
        canvas, axes = _line_canvas()
        for variant, points, dashes in ((it.variant, it.here, "-"), (it.server, it.there, "--")):
            marker, colour = MARKERS.get(variant.model, _OTHER), _colour(variant)
            values_ms = [point.value for point in points.values()]
            axes.plot(list(points), values_ms, marker, ls=dashes, color=colour, ms=4.5, label=variant.id)
            draw_intervals(axes, points, color=colour, lw=0.9)
        axes.set(xlabel="round trip of the network, ms", ylabel="ms", xlim=(0, None), ylim=(0, None))
        axes.grid(axis="y", color=_FAINT, alpha=0.3, lw=0.6)
        axes.set_title(f"{it.variant.title}: {it.case.label}", fontsize=10, loc="left", y=1.0)
        axes.legend(frameon=False, fontsize=8, labelcolor=_INK)
        return _svg(canvas, name, f"Milliseconds against the network's round trip: {it.variant.id} and {it.server.id}")


def draw_intervals(axes: Axes, points: Mapping[float, Estimate], unit: float = 1, **style: Any) -> None:
    """Draw the interval of each estimate above its place, where it has one, in so many milliseconds a unit."""
    for place, estimate in points.items():
        if estimate.low is not None and estimate.high is not None:
            axes.vlines(place, estimate.low / unit, estimate.high / unit, alpha=0.45, **style)


@contextmanager
def _styled(style: Mapping[str, Any]) -> Iterator[None]:
    """Draw in a style; as `matplotlib.rc_context`, but what isn't changed isn't copied."""
    settings: Any = rcParams
    before = {name: settings[name] for name in style}
    settings.update(style)
    try:
        yield
    finally:
        settings.update(before)


def _sized(axes: Axes, sizes: Sequence[int]) -> None:
    """Lay out the axes of lines against sizes: a tick a size, plain numbers, a legend."""
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.xaxis.set_minor_locator(NullLocator())
    _plain(axes.yaxis)
    axes.grid(axis="y", color=_FAINT, alpha=0.3, lw=0.6)
    axes.legend(frameon=False, fontsize=8, labelcolor=_INK)


def _row_canvas(names: Sequence[str]) -> tuple[Canvas, Axes]:
    """Return the axes of a row a name."""
    height = _ROW * len(names)
    canvas = Canvas(figsize=(_WIDTH, _NO_TITLE + height + _TICKS_AND_LABEL))
    axes = _axes(canvas, _room_for(names), _NO_TITLE, height)
    _laid_out(axes, names)
    return canvas, axes


def _line_canvas() -> tuple[Canvas, Axes]:
    """Return the axes of lines, of the same size on all charts, so that they compare."""
    canvas = Canvas(figsize=(_WIDTH, _LINES))
    return canvas, _axes(canvas, _VALUES, _TITLE, _LINES - _TITLE - _TICKS_AND_LABEL)


def _axes(canvas: Canvas, left: float, top: float, height: float) -> Axes:
    """Return axes with so many inches to their left and above them."""
    width, whole = canvas.get_size_inches()
    return canvas.add_axes((left / width, 1 - (top + height) / whole, (width - left - _BESIDE) / width, height / whole))


def _room_for(names: Sequence[str]) -> float:
    """Return the inches that names take beside an axis."""
    font = FontProperties(size=_STYLE["font.size"])
    widest, _, _ = text_to_path.get_text_width_height_descent(max(names, key=len), font, ismath=False)
    return 0.1 + float(widest) / 72


def _laid_out(axes: Axes, names: Sequence[str]) -> None:
    rows = len(names)
    axes.set_yticks(range(rows), names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.grid(axis="x", which="major", color=_FAINT, alpha=0.35, lw=0.6)
    axes.set_axisbelow(True)


def _mark_baseline(axes: Axes, shown: Sequence[tuple[LatencyRow, Estimate]]) -> None:
    baseline = next((estimate for row, estimate in shown if row.is_reference), None)
    if baseline:
        axes.axvline(baseline.value, color=_FAINT, lw=1, ls=(0, (4, 3)))


def _dot(axes: Axes, place: float, variant: VariantInfo, estimate: Estimate) -> None:
    colour = _colour(variant)
    axes.plot(_reach(estimate), [place] * len(_reach(estimate)), "-", color=colour, lw=2.2, solid_capstyle="butt")
    axes.plot([estimate.value], [place], MARKERS.get(variant.model, _OTHER), color=colour, ms=6)


def _hollow(axes: Axes, place: float, row: LatencyRow) -> None:
    """Draw the headline's further figures, without their intervals."""
    for pair in list(row.headline.values())[1:]:
        if isinstance(pair.figure, Figure):
            marker = MARKERS.get(row.variant.model, _OTHER)
            axes.plot([pair.figure.estimate.value], [place], marker, color=_colour(row.variant), mfc="none", ms=5.5)


def _colour(variant: VariantInfo) -> str:
    return _MODEL_COLOURS.get(variant.model, _OTHER_COLOUR)


def _line(axes: Axes, row: TaxRow, label: str, colour: str, dashes: str) -> None:
    cells = [cells for cells, _ in row.points]
    values = [estimate.value for _, estimate in row.points]
    marker = MARKERS.get(row.variant.model, _OTHER)
    axes.plot(cells, values, marker, ls=dashes, color=colour, ms=4.5, lw=1.5, label=label)
    for size, estimate in row.points:
        axes.plot([size] * len(_reach(estimate)), _reach(estimate), "-", color=colour, lw=1.2)


def _reach(estimate: Estimate) -> list[float]:
    # What has no upper end is drawn as far as it is known.
    return [end for end in (estimate.low, estimate.value, estimate.high) if end is not None and isfinite(end)]


def _plain_log_ticks(axes: Axes) -> None:
    low, high = axes.get_xlim()
    axes.set_xlim(low, high if high / low > 12 else low * 12)
    _plain(axes.xaxis)


def _plain(axis: Axis) -> None:
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axis.set_minor_locator(NullLocator())


def _svg(canvas: Canvas, name: str, label: str) -> str:
    """Return the drawing as an element to inline: themed, sized by the page, its ids its own."""
    written = io.StringIO()
    for patch in (canvas.patch, *(axes.patch for axes in canvas.axes)):
        patch.set(facecolor="none", edgecolor="none")
    # Not `savefig`, which draws everything once more beforehand, to nothing, for the layout's sake.
    print_svg: Callable[..., None] = FigureCanvasSVG(canvas).print_svg
    print_svg(written, metadata=_METADATA)
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :]
    for stand_in, variable in _VARIABLES.items():
        svg = svg.replace(stand_in, variable)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font: ([0-9.]+)px [^;\"]*", r"font-size: \1px", svg)
    head, body = svg.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    return f'{head} role="img" aria-label="{escape(label, quote=True)}">{body}'
