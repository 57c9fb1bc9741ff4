"""The charts of which every variant has its own: where its time goes, and how many of its gestures were answered by when."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from pyuibench.analysis.breakdown import PARTS
from pyuibench.analysis.estimates import Floats
from pyuibench.figures.breakdown import Taken
from pyuibench.figures.samples import VariantInfo
from pyuibench.publish.svg import (
    FAINT,
    INK,
    LEGEND_SIZE,
    TITLE_SIZE,
    Drawing,
    linear_ticks,
    log_places,
    log_ticks,
)

MODELS = ("rerun", "partial-rerun", "callback", "reactive", "component")
LOAD = "load"
MOST_POINTS = 100
WIDTH = 360.0
ROW = 17.0
BAR = 0.62
TITLE, TICKS, LABEL, BESIDE, VALUES = 21.0, 16.0, 14.0, 19.0, 54.0
"""Points above the axes, below them for ticks and for their label, and to their right and left."""
LINES = 210.0
"""The height of a chart of lines."""
CHARACTER = 4.9
"""The width of a character of a label, about."""
LEAST_RATIO = 12.0
"""A logarithmic axis spans at least this ratio, so that charts of several variants look alike."""
DASHES = ("", "1.5 2", "6 2 1.5 2")
GRID_OPACITY = 0.35
MOST_TICKS, FEWER_TICKS, LONG_MS = 6, 4, 1000.0
"""Steps of an axis, and of one whose numbers are long."""


def waterfall_chart(taken: Sequence[Taken]) -> str:
    """Return a bar for each case of one variant, made of its parts one after the other, in ms; empty if there is none.

    Loading the page, which takes a hundred times as long, has an axis of its own.
    """
    if not taken:
        return ""
    loads = [one for one in taken if one.case.scenario == LOAD]
    groups = [group for group in (loads, [one for one in taken if one not in loads]) if group]
    height = TITLE + sum(ROW * len(group) + TICKS for group in groups) + LABEL
    drawing = Drawing(WIDTH, height)
    left = 8 + CHARACTER * max(len(one.case.label) for one in taken)
    drawing.text((left, TITLE - 8), taken[0].variant.id, TITLE_SIZE)
    top = TITLE
    for group in groups:
        _bars(drawing, group, left, top)
        top += ROW * len(group) + TICKS
    drawing.text(((left + WIDTH - BESIDE) / 2, height - 4), "ms since the gesture", anchor="middle")
    return drawing.element(f"Where the time goes: {taken[0].variant.id}")


def _bars(drawing: Drawing, taken: Sequence[Taken], left: float, top: float) -> None:
    """Draw a group of bars with their axis."""
    widths = [_widths_ms(one) for one in taken]
    longest_ms = 1.05 * max(max(map(sum, widths)), 1e-3)
    scale, bottom = (WIDTH - BESIDE - left) / longest_ms, top + ROW * len(taken)
    for tick in linear_ticks(longest_ms, FEWER_TICKS if longest_ms >= LONG_MS else MOST_TICKS):
        x = left + scale * tick
        drawing.line([(x, top), (x, bottom)], FAINT, 0.6, opacity=GRID_OPACITY)
        drawing.text((x, bottom + 11), f"{tick:,g}", anchor="middle")
    for number, (one, parts_ms) in enumerate(zip(taken, widths, strict=True)):
        middle = top + ROW * (number + 0.5)
        drawing.text((left - 4, middle + 3), one.case.label, anchor="end")
        start = left
        for part, part_ms in zip(PARTS, parts_ms, strict=True):
            if part_ms > 0:
                drawing.box(start, middle - ROW * BAR / 2, scale * part_ms, ROW * BAR, colour_of_part(part))
            start += scale * part_ms
    drawing.line([(left, bottom), (WIDTH - BESIDE, bottom)], FAINT)


def _widths_ms(one: Taken) -> list[float]:
    """Return the milliseconds of each part, 0 for one that isn't known apart from the next."""
    return [one.figures[part].estimate.value if part in one.figures else 0.0 for part in PARTS]


def colour_of_part(part: str) -> str:
    """Return the page's colour for a part of an interaction."""
    return f"var(--part-{part.removesuffix('_ms').replace('_', '-')})"


def distribution_chart(variant: VariantInfo, samples: Mapping[str, Floats], baseline: Mapping[str, Floats]) -> str:
    """Return the share of a variant's gestures that were answered by when, a line a scenario, with the baseline's.

    `samples` and `baseline` are scenario -> ordered milliseconds. Empty if there are none.
    """
    if not samples:
        return ""
    beside = {} if variant.is_baseline else {name: baseline[name] for name in samples if name in baseline}
    ends = [float(values[end]) for values in (*samples.values(), *beside.values()) for end in (0, -1)]
    lowest = min(ends) / 1.1
    highest = max(max(ends) * 1.1, lowest * LEAST_RATIO)
    drawing = Drawing(WIDTH, LINES)
    right, bottom = WIDTH - BESIDE, LINES - TICKS - LABEL
    _share_axes(drawing, lowest, highest, right, bottom)
    for (scenario, values), dashes in zip(samples.items(), itertools.cycle(DASHES), strict=False):
        lines = [(values, _colour(variant), 1.7)]
        if scenario in beside:
            lines.insert(0, (beside[scenario], FAINT, 1.0))
        for line, colour, width in lines:
            times, shares = shares_of(line)
            places = log_places(times.tolist(), lowest, highest, VALUES, right)
            heights = (bottom - (bottom - TITLE) * shares).tolist()
            drawing.line(zip(places, heights, strict=True), colour, width, dashes)
    _legend(drawing, variant, list(samples), right, bottom)
    drawing.text((14, TITLE - 8), f"{variant.id}, answered within", TITLE_SIZE)
    note = "" if variant.is_baseline else " (faint: the baseline)"
    drawing.text(((VALUES + right) / 2, LINES - 4), f"ms until the answer, log scale{note}", anchor="middle")
    return drawing.element(f"Share of gestures answered by the milliseconds since they began: {variant.id}")


def _share_axes(drawing: Drawing, lowest: float, highest: float, right: float, bottom: float) -> None:
    for percent in range(0, 101, 20):
        y = bottom - (bottom - TITLE) * percent / 100
        drawing.line([(VALUES, y), (right, y)], FAINT, 0.6, opacity=GRID_OPACITY)
        drawing.text((VALUES - 5, y + 3), f"{percent}%", anchor="end")
    ticks = log_ticks(lowest, highest)
    for tick, x in zip(ticks, log_places(ticks, lowest, highest, VALUES, right), strict=True):
        drawing.line([(x, TITLE), (x, bottom)], FAINT, 0.6, opacity=GRID_OPACITY)
        drawing.text((x, bottom + 11), f"{tick:,g}", anchor="middle")
    drawing.line([(VALUES, TITLE), (VALUES, bottom), (right, bottom)], FAINT)
    drawing.upright((14, (TITLE + bottom) / 2), "share of gestures")


def _legend(drawing: Drawing, variant: VariantInfo, names: Sequence[str], right: float, bottom: float) -> None:
    """Write what each line is into the lower right corner, which no share of answers reaches."""
    left = right - 30 - CHARACTER * max(map(len, names))
    for number, (name, dashes) in enumerate(zip(names, itertools.cycle(DASHES), strict=False)):
        y = bottom - 10 - 12 * (len(names) - 1 - number)
        drawing.line([(left, y - 3), (left + 20, y - 3)], _colour(variant), 1.7, dashes)
        drawing.text((left + 25, y), name, LEGEND_SIZE)


def shares_of(ordered: Floats) -> tuple[Floats, Floats]:
    """Return at most MOST_POINTS milliseconds, and the share of all that took no longer."""
    shares = np.linspace(0, 1, min(len(ordered), MOST_POINTS))
    return np.quantile(ordered, shares), shares


def _colour(variant: VariantInfo) -> str:
    if variant.is_baseline:
        return INK
    return f"var(--model-{variant.model})" if variant.model in MODELS else "var(--model-other)"
