"""What figures are made of: results, the records that declare figures, sections and tables, and the tables themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from pyuibench.analysis.estimates import Estimate
from pyuibench.analysis.moderation import Spread
from pyuibench.figures.samples import VariantInfo

if TYPE_CHECKING:
    from pyuibench.figures.view import RunView

WIDE = 0.5
THE_BASELINE = "the baseline"


@dataclass(frozen=True)
class Waits:
    """What of a figure is waited by design, and no work.

    `sent_ms`: the median from the input until the page first sends something, None unless it is longer than any page needs.
    `stated`: what the entry says of it, empty where it waits for nothing.
    """

    sent_ms: float | None = None
    stated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """An estimate in a unit of `format.quantity`; `note` says what to beware of, `waits` what of it is waited by design."""

    estimate: Estimate
    unit: str
    note: str = ""
    waits: Waits = Waits()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return all that a reader should know beside the figure."""
        return tuple(filter(None, (self.note, *self.waits.stated)))

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


Result: TypeAlias = Figure | Missing | str
"""What is known of a variant; text where a figure is no number."""


@dataclass(frozen=True)
class Pair:
    """A figure with its ratio to the baseline, and how many interactions were not ok and so are in neither.

    `label`: what it is, where it stands beside another.
    """

    figure: Result
    ratio: Result
    not_ok: str = ""
    label: str = ""


@dataclass(frozen=True)
class SideBySide:
    """Figures that are read together, in one place of a table, each with its ratio; `not_ok` as of a pair."""

    pairs: tuple[Pair, ...]
    not_ok: str = ""


Shown: TypeAlias = Result | Pair | SideBySide
Better: TypeAlias = Literal["lower", "higher", "neither"]
Words: TypeAlias = "str | Callable[[RunView], str]"
"""Words of a label; a function where they depend on what a run measured."""
Estimator: TypeAlias = "Callable[[RunView, VariantInfo], Result]"


def always(view: RunView) -> bool:
    """Return True: for figures that every run has."""
    return True


def no_spread(view: RunView, variant: VariantInfo) -> None:
    """Return None: for figures of which the other variants tell nothing."""


def no_test(view: RunView) -> frozenset[str]:
    """Return no variant: for figures of which no test says who is best."""
    return frozenset()


@dataclass(frozen=True)
class Section:
    """A subject. `leads`: a run that has figures of it was made for it, so a report begins with it."""

    id: str
    title: str
    order: int
    about: str = ""
    leads: bool = False


@dataclass(frozen=True)
class Comparison:
    """How a figure of two runs is compared: by its value in each block or boot. If `is_counted`, any difference is a change.

    `spread`: how far the values' logarithms scatter, where the run's other variants tell more of it.
    """

    values: Callable[[RunView, VariantInfo], Sequence[float]]
    is_counted: bool = False
    spread: Callable[[RunView, VariantInfo], Spread | None] = no_spread


@dataclass(frozen=True)
class FigureSpec:
    """One figure of a variant. Its `id` is stable and is what everything else names; the words may change.

    `heading`: the label where a table's title says the rest. `kind`: what it is among figures of the same thing. `ratio`: the
    ratio to the baseline where it is estimated from samples, paired by block; others are a quotient of two figures, unless
    `has_ratio` says that this would mean nothing, as for what can be near zero. `is_in`: whether a run has taken samples of it.
    `is_listed`: whether it stands in the site's table. `options`: those of `pyuibench bench` that measure it again.
    `comparison`: None where it isn't compared between runs. `leaders`: ids of the variants that may be the best of a run, where a
    test says which.
    """

    id: str
    section: str
    label: Words
    unit: str
    estimate: Estimator
    about: Words = ""
    heading: Words = ""
    kind: str = ""
    better: Better = "lower"
    ratio: Estimator | None = None
    has_ratio: bool = True
    is_in: Callable[[RunView], bool] = always
    is_listed: bool = True
    options: str = ""
    comparison: Comparison | None = None
    leaders: Callable[[RunView], frozenset[str]] = no_test


@dataclass(frozen=True)
class FigureFamily:
    """Figures that follow from what a run measured, such as one for each size of a page: ids `family.parameter`.

    `is_choice`: whether it only names figures that are declared elsewhere: those of them that a run is read by.
    """

    id: str
    section: str
    members: Callable[[RunView], tuple[FigureSpec, ...]]
    is_choice: bool = False


@dataclass(frozen=True)
class TableSpec:
    """A table with a row a variant. `columns`: ids of figures, or of families, which stand for all their members.

    Figures that the run took no samples of have no column. `rows`: of all variants, of those with a figure, or of all but the
    baseline. `in_summary`: whether it stands in the short report too. `with_intervals`: False where figures are counted, or
    measured once.
    """

    id: str
    section: str
    title: Words
    columns: tuple[str, ...]
    caption: Words = ""
    rows: Literal["all", "with figures", "frameworks"] = "all"
    with_intervals: bool = True
    in_summary: bool = False


@dataclass(frozen=True)
class TableMaker:
    """Tables of another kind: rows that are no variants, or as many tables as a run has cases."""

    id: str
    section: str
    make: Callable[[RunView], tuple[Table, ...]]
    in_summary: bool = False


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
    """A table of the report. Its `id` begins with that of its declaration."""

    id: str
    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    with_intervals: bool = True


@dataclass(frozen=True)
class Problem:
    """Something that went wrong `count` times, of `total` where that is known."""

    where: str
    what: str
    reason: str
    count: int
    total: int | None = None


def spoken(words: Words, view: RunView) -> str:
    """Return words as they are for a run."""
    return words if isinstance(words, str) else words(view)


def variant_row(variant: VariantInfo, cells: Iterable[Shown]) -> Row:
    """Return a variant's row of a table."""
    return Row(variant.framework, variant.name, (variant.model, variant.role), tuple(cells), variant.about, variant.id)


def with_figures(table: Table) -> Table:
    """Return a table without the rows that have no figure at all: what doesn't concern them."""
    kept = (row for row in table.rows if any(isinstance(cell, Figure) for cell in row.cells))
    return replace(table, rows=tuple(kept))


def id_part(text: str) -> str:
    """Return a text as a part of an id: of a number with a point, `0_5`."""
    return text.replace(".", "_").replace(" ", "-")
