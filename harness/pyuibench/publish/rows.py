"""Figures of all variants side by side, a row each: for the site, the talk and files."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pyuibench.figures import registry
from pyuibench.figures.base import Figure, FigureSpec, Missing, spoken
from pyuibench.figures.format import beside, interval, quantity
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView


@dataclass(frozen=True)
class Cell:
    """One variant's figure as text, with its value, and its ratio to the baseline's if there is one; or `why` it is missing.

    `waits_ms` and `waits`: what of it is waited by design, measured. `notes`: what a reader should know.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    text: str = ""
    interval: str = ""
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    ratio_text: str = ""
    n: int = 0
    boots: int = 0
    why: str = ""
    waits_ms: float | None = None
    waits: str = ""
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Return the figure with what of it is waited by design, or why it is missing."""
        return f"{self.text} ({self.waits})" if self.waits else self.text or self.why


@dataclass(frozen=True)
class FigureRow:
    """One figure (by its id) of every variant (by its id) of a run; `section` is an id, `options` measure the figure again.

    `reference` is the id of the baseline's variant that the ratios are to, empty where there are none. `leaders` are the variants
    that are not significantly worse than the best one, none where no test says so.
    """

    figure: str
    run: str
    section: str
    label: str
    about: str
    unit: str
    higher_is_better: bool
    has_ratio: bool
    cells: Mapping[str, Cell]
    options: str = ""
    kind: str = ""
    """What it is among figures of the same thing."""
    reference: str = ""
    leaders: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """Return an id for pages and file names: several runs may have the figure."""
        return re.sub(r"\W+", "-", f"{self.run} {self.figure}".lower()).strip("-")

    @property
    def is_known(self) -> bool:
        """Return whether any variant has a value."""
        return any(cell.value is not None for cell in self.cells.values())


def figure_rows(view: RunView) -> tuple[FigureRow, ...]:
    """Return all figures of a run that have a value for at least one variant, section by section."""
    return view.once(_figure_rows)


def _figure_rows(view: RunView) -> tuple[FigureRow, ...]:
    return _known_rows(view, (spec for spec in registry.figures_of(view) if spec.is_listed))


def first_rows(views: Iterable[RunView], id: str) -> tuple[FigureRow, ...]:
    """Return a figure of the first run that has a value of it; of a choice the figures that this run is read by.

    None where no run has any. Raises KeyError for an id of neither.
    """
    found = (_known_rows(view, registry.chosen(id, view)) for view in views)
    return next((rows for rows in found if rows), ())


def _known_rows(view: RunView, specs: Iterable[FigureSpec]) -> tuple[FigureRow, ...]:
    rows = (_row(view, spec) for spec in specs if spec.is_in(view))
    return tuple(row for row in rows if row.is_known)


def _row(view: RunView, spec: FigureSpec) -> FigureRow:
    cells = {variant.id: _cell(view, spec, variant) for variant in view.variants}
    reference = view.reference(spec)
    return FigureRow(
        spec.id,
        view.name,
        spec.section,
        spoken(spec.label, view),
        spoken(spec.about, view),
        spec.unit,
        spec.better == "higher",
        spec.has_ratio,
        cells,
        f"--profile {view.run.meta.get('profile', 'quick')} {spec.options}".strip(),
        spec.kind,
        reference.id if reference and any(cell.ratio is not None for cell in cells.values()) else "",
        spec.leaders(view),
    )


def _cell(view: RunView, spec: FigureSpec, variant: VariantInfo) -> Cell:
    shown = view.result(spec, variant)
    if isinstance(shown, Missing):
        return Cell(why=shown.reason)
    if not isinstance(shown, Figure):
        return Cell(text=shown)
    it = shown.estimate
    cell = Cell(
        it.value,
        it.low,
        it.high,
        quantity(it.value, shown.unit),
        interval(it, shown.unit),
        n=it.n,
        boots=it.boots,
        waits_ms=shown.waits.sent_ms,
        waits=beside(shown),
        notes=shown.notes,
    )
    ratio = view.ratio(spec, variant)
    return _with_ratio(cell, ratio) if ratio else cell


def _with_ratio(cell: Cell, ratio: Figure) -> Cell:
    by = ratio.estimate
    return replace(
        cell,
        ratio=by.value,
        ratio_low=by.low,
        ratio_high=by.high,
        ratio_text=quantity(by.value, ratio.unit),
    )


def as_records(rows: Sequence[FigureRow]) -> Iterator[dict[str, object]]:
    """Yield a record for each variant's figure, for a file."""
    for row in rows:
        for variant, cell in row.cells.items():
            yield {
                "run": row.run,
                "figure": row.figure,
                "section": registry.section(row.section).title,
                "label": row.label,
                "variant": variant,
                "value": cell.value,
                "low": cell.low,
                "high": cell.high,
                "unit": row.unit,
                "ratio_to_baseline": cell.ratio,
                "ratio_is_to": row.reference if cell.ratio is not None else "",
                "ratio_low": cell.ratio_low,
                "ratio_high": cell.ratio_high,
                "samples": cell.n,
                "boots": cell.boots,
                "waits_ms": cell.waits_ms,
                "notes": " ".join(cell.notes),
                "missing_because": cell.why,
            }
