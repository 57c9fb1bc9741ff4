"""Which variants a slide has room for."""

from collections.abc import Sequence

from pyuibench.figures.samples import VariantInfo
from pyuibench.publish.rows import FigureRow

MOST_ROWS = 20
"""More can't be told apart from the last row of a hall."""


def known_in(row: FigureRow, variants: Sequence[VariantInfo]) -> list[VariantInfo]:
    """Return the variants that have the figure."""
    return [it for it in variants if it.id in row.cells and row.cells[it.id].value is not None]


def fitting(row: FigureRow, variants: Sequence[VariantInfo]) -> list[VariantInfo]:
    """Return the variants that a slide of the figure shows: all that have it, or the idiomatic ones where these are too many."""
    known = known_in(row, variants)
    return known if len(known) <= MOST_ROWS else [it for it in known if it.is_baseline or it.role == "idiomatic"]
