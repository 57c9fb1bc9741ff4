"""Where the time of an interaction goes: a table for each case, and a waterfall for each variant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pyuibench.analysis.breakdown import PARTS, UNTIL_SENT, apart
from pyuibench.analysis.estimates import Floats, mean
from pyuibench.figures.base import Column, Figure, Missing, Row, Section, Shown, Table, TableMaker, variant_row
from pyuibench.figures.ends import ON_THE_WIRE
from pyuibench.figures.latency import case_id, latency
from pyuibench.figures.samples import Case, VariantInfo, by_key
from pyuibench.figures.view import RunView

SECTION = Section(
    "breakdown",
    "Where the time goes",
    40,
    "The browser's interactions taken apart, by the stopwatch in the page and the ledger of the user's own code, which share one "
    "clock. Means over boots of the middle half of their interactions, so that parts add up.",
)
SECTIONS = (SECTION,)
WHOLE = "whole_ms"
PAINTED = "painted_ms"
NOT_SENT = "when the page sent something is not known: this is part of 'until user code'"


@dataclass(frozen=True)
class Taken:
    """The parts of a variant's interactions of a case: mean milliseconds by part, WHOLE their sum; how many could be told.

    UNTIL_SENT is among the parts only where it is known.
    """

    variant: VariantInfo
    case: Case
    figures: dict[str, Figure]
    told: int
    counted: int


def taken_apart(view: RunView) -> tuple[Taken, ...]:
    """Return the parts of every variant's interactions in every headline case that has any, in the browser.

    Each boot's figure is the mean of the parts of its middle half, by the whole, so that they add up to a whole which no
    outlier moves.
    """
    return view.once(_taken_apart)


def part_name(part: str) -> str:
    """Return a part of an interaction in words."""
    return part.removesuffix("_ms").replace("_", " ")


def part_colour(part: str) -> str:
    """Return the part's name in the style sheet, where its colour is `--part-NAME`."""
    return part_name(part).replace(" ", "-")


def _taken_apart(view: RunView) -> tuple[Taken, ...]:
    taken = (_taken(view, variant, case) for variant in view.variants for case in view.headline_cases)
    return tuple(it for it in taken if it)


def parts_tables(view: RunView) -> tuple[Table, ...]:
    """Return a table for each headline case: the parts of every variant's interactions, as far as any of them has a part."""
    return tuple(
        _parts_table(view, case, taken)
        for case in view.headline_cases
        if (taken := {it.variant.id: it for it in taken_apart(view) if it.case == case})
    )


def _parts_table(view: RunView, case: Case, taken: Mapping[str, Taken]) -> Table:
    parts = [part for part in PARTS if any(part in it.figures for it in taken.values())]
    columns = (
        *(Column(part_name(part), PARTS[part]) for part in parts),
        Column("sum", "until painted: the mean of the middle half, so not quite the median"),
        Column("wire service", "median without a browser: what is more is the page's, its rendering and its waiting"),
        Column("told", "interactions whose parts are in order, of all right ones"),
    )
    rows = tuple(_row(view, taken.get(variant.id), variant, case, parts) for variant in view.variants)
    merged = (
        ""
        if UNTIL_SENT in parts
        else "Until user code: the time until the page sends is part of it, as it is not known."
    )
    return Table(f"breakdown.parts.{case_id(case)}", case.label, merged, columns, rows)


def _row(view: RunView, taken: Taken | None, variant: VariantInfo, case: Case, parts: Sequence[str]) -> Row:
    why = Missing(view.samples.reason(variant, case, "browser"))
    service = latency(view, variant, case, ON_THE_WIRE)
    cells: list[Shown] = [taken.figures.get(part, Missing(NOT_SENT)) if taken else why for part in (*parts, WHOLE)]
    return variant_row(variant, [*cells, service, f"{taken.told} of {taken.counted}" if taken else "none"])


def _taken(view: RunView, variant: VariantInfo, case: Case) -> Taken | None:
    rows = view.samples.rows(variant, case, "browser")
    found = apart(rows)
    parts = found.to_numpy(dtype=np.float64)
    painted = rows[PAINTED].to_numpy(dtype=np.float64)
    right = rows["ok"].to_numpy(dtype=np.bool_) & ~np.isnan(painted)
    known = right & ~np.isnan(parts).any(axis=1)
    if not known.any():
        return None
    values = np.column_stack([parts, painted])[known]
    boots = by_key(zip(rows["block"].to_numpy()[known], rows["boot"].to_numpy()[known], strict=True), values)
    means = np.array([middle_half(of_boot) for of_boot in boots.values()])
    figures = {
        part: Figure(mean(means[:, number], len(values), view.level), "ms")
        for number, part in enumerate((*found.columns, WHOLE))
    }
    return Taken(variant, case, figures, len(values), int(right.sum()))


def middle_half(rows: Floats) -> Floats:
    """Return the mean of each column over the rows whose last column, the whole, is between its quartiles."""
    wholes = rows[:, -1]
    # Of two, neither is between the quartiles.
    low, high = np.quantile(wholes, [0.25, 0.75] if len(rows) > 2 else [0, 1])
    middle: Floats = rows[(wholes >= low) & (wholes <= high)].mean(axis=0)
    return middle


TABLES = (TableMaker("breakdown.parts", SECTION.id, parts_tables),)
