"""A picture of the same apps in the browser and on a server, against the network's round trip."""

from functools import partial
from itertools import cycle
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from pyuibench.figures.break_even import DRAWN, Distances, distances
from pyuibench.figures.samples import Case
from pyuibench.figures.view import RunView
from pyuibench.publish.charts import draw_intervals
from pyuibench.publish.talk.figures import COLOURS, DPI, HEIGHT_PX, OTHER, WIDE_RANGE, WIDTH_PX, write

NAME = "server_or_browser"
TITLE = "Python in the browser (full lines), or on a server (dashed), with 95 % intervals"
MARKERS = "osDv^<>"
S = 1000.0
SAID = {"load": "Opening the page", "unrelated": "A click", "global": "A filter's change"}
"""Scenario -> what is done, in words."""


def draw_distances(view: RunView, place: Path) -> None:
    """Write `place`.svg and `place`.png: milliseconds against the round trip, a panel for each case that is drawn."""
    write(partial(picture, view), place)


def has_distances(view: RunView) -> bool:
    """Return whether there is something to draw."""
    return any(distances(view, case) for case in DRAWN)


def picture(view: RunView) -> Canvas:
    """Return the picture that `draw_distances` writes, in the style that is set."""
    canvas = Canvas(figsize=(WIDTH_PX / DPI, HEIGHT_PX / DPI), dpi=DPI, layout="constrained")
    looks = _looks(view)
    for axes, case in zip(canvas.subplots(1, len(DRAWN)), DRAWN, strict=True):
        _panel(axes, case, distances(view, case), looks)
    marks = [
        Line2D([], [], color=colour, marker=marker, ms=14, lw=4, label=it) for it, (colour, marker) in looks.items()
    ]
    canvas.legend(handles=marks, loc="outside lower center", ncols=len(marks), frameon=False)
    canvas.suptitle(TITLE, fontsize=34 * 72 / DPI, x=0.01, ha="left")
    return canvas


def _looks(view: RunView) -> dict[str, tuple[str, str]]:
    """Return the name of each framework -> its colour and marker; the baseline's is grey."""
    shown = {it.server.title: it.server for case in DRAWN for it in distances(view, case)}
    colours = cycle(COLOURS.values())
    return {
        title: (OTHER if variant.is_baseline else next(colours), marker)
        for (title, variant), marker in zip(shown.items(), cycle(MARKERS), strict=False)
    }


def _panel(axes: Axes, case: Case, found: tuple[Distances, ...], looks: dict[str, tuple[str, str]]) -> None:
    known = [point.value for it in found for point in (*it.here.values(), *it.there.values())]
    in_s = max(known, default=0.0) >= 10 * S
    for it in found:
        colour, marker = looks[it.server.title]
        for points, dashes in ((it.here, "-"), (it.there, "--")):
            unit_ms = S if in_s else 1
            axes.plot(
                list(points),
                [it.value / unit_ms for it in points.values()],
                marker,
                ls=dashes,
                color=colour,
                lw=4,
                ms=13,
            )
            draw_intervals(axes, points, unit_ms, color=colour, lw=2)
    axes.set(xlabel="round trip of the network, ms", xlim=(0, None))
    if max(known, default=0.0) > WIDE_RANGE * min(known, default=0.0):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(bottom=0)
    axes.set_title(f"{SAID[case.scenario]}, {'s' if in_s else 'ms'}", loc="left", pad=12)
    axes.grid(axis="y", color="#dfe3e8")
    axes.set_axisbelow(True)
