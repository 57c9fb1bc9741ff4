"""What the report's tables are made of: a cell is a figure, a text, or why there is no figure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from pyuibench.analysis.estimates import Estimate
from pyuibench.figures.samples import VariantInfo

WIDE = 0.5
THE_BASELINE = "the baseline"


@dataclass(frozen=True)
class Figure:
    """An estimate in a unit of `format.quantity`; `note` says what to beware of."""

    estimate: Estimate
    unit: str
    note: str = ""

    @property
    def is_wide(self) -> bool:
        """Return whether the interval spans more than half of the figure. A slope may be near 0, so it never counts."""
        low, high = self.estimate.low, self.estimate.high
        if low is None or high is None or self.unit.endswith("/cell"):
            return False
        return high - low > WIDE * abs(self.estimate.value)


@dataclass(frozen=True)
class Missing:
    """No figure, and why."""

    reason: str


@dataclass(frozen=True)
class Pair:
    """A figure with its ratio to the baseline, and how many interactions were not ok and so are in neither."""

    figure: Figure | Missing
    ratio: Figure | Missing | str
    not_ok: str = ""


Shown: TypeAlias = Figure | Missing | Pair | str


@dataclass(frozen=True)
class Column:
    """A column's heading and what it says."""

    label: str
    about: str = ""


@dataclass(frozen=True)
class Row:
    """A row: `group` is the entry, `label` the variant or part of it, `tags` are its model and role, `variant` its id."""

    group: str
    label: str
    tags: tuple[str, ...]
    cells: tuple[Shown, ...]
    about: str = ""
    variant: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the report."""

    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    with_intervals: bool = True
    """False where a figure is counted, not sampled, or measured once."""


@dataclass(frozen=True)
class Problem:
    """Something that went wrong `count` times, of `total` where that is known."""

    where: str
    what: str
    reason: str
    count: int
    total: int | None = None


def variant_row(variant: VariantInfo, cells: Iterable[Shown]) -> Row:
    """Return a variant's row of a table."""
    group = f"{variant.title} {variant.version}".strip()
    return Row(group, variant.name, (variant.model, variant.role), tuple(cells), variant.about, variant.id)


def with_figures(table: Table) -> Table:
    """Return a table without the rows that have no figure at all: what doesn't concern them."""
    return replace(table, rows=tuple(row for row in table.rows if any(isinstance(cell, Figure) for cell in row.cells)))
