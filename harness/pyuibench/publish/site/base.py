"""What the pages of the site are made of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pyuibench.entries.catalog import Entry
from pyuibench.figures.answers import Answer, first_answers
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView, variants_of
from pyuibench.publish.rows import FigureRow, first_rows
from pyuibench.publish.site.parts import RunParts, parts_of
from pyuibench.publish.site.sources import Source, sources_of
from pyuibench.publish.together import each


@dataclass(frozen=True)
class Page:
    """One page: its file's name without `.html`, its title in the navigation, where it stands there, and what it shows.

    `about`: what one does there. `template`: its template's name, where pages share one.
    """

    name: str
    title: str
    order: int
    view: "Callable[[Site], Mapping[str, Any]]"
    about: str = ""
    template: str = ""

    @property
    def file(self) -> str:
        """Return the name of the page's file."""
        return f"{self.name}.html"


class Site:
    """The runs that a site shows, the first at its centre, and where it is written to."""

    def __init__(self, views: Sequence[RunView], entries: Mapping[str, Entry], out: Path) -> None:
        self.views = tuple(views)
        self.main = self.views[0]
        self.entries = entries
        self.out = out

    @cached_property
    def variants(self) -> tuple[VariantInfo, ...]:
        """Return the variants of all runs."""
        return variants_of(self.views)

    @cached_property
    def _parts(self) -> list[RunParts]:
        return parts_of(self.views)

    @cached_property
    def rows(self) -> tuple[FigureRow, ...]:
        """Return the figures of all runs."""
        return tuple(row for part in self._parts for row in part.rows)

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """Return every question that one of the runs answers, by the first that does."""
        return first_answers(part.answers for part in self._parts)

    def charts(self, variants: Sequence[VariantInfo]) -> Iterator[tuple[str, list[str]]]:
        """Yield each run that has charts of some variants, with them."""
        for view, part in zip(self.views, self._parts, strict=True):
            if drawn := [chart for variant in variants for chart in part.charts.get(variant.id, ())]:
                yield view.name, drawn

    @cached_property
    def sources(self) -> Mapping[str, tuple[Source, ...]]:
        """Return entry's name -> the code of its variants, for entries whose directory is known."""
        names = [name for name in dict.fromkeys(it.entry for it in self.variants) if name in self.entries]
        return dict(zip(names, each(self._sources_of, names), strict=True))

    def _sources_of(self, name: str) -> tuple[Source, ...]:
        return sources_of(self.entries[name], [variant for variant in self.variants if variant.entry == name])

    def rows_of(self, id: str) -> tuple[FigureRow, ...]:
        """Return a figure of the first run that has it; of a choice the figures that this run is read by."""
        return first_rows(self.views, id)

    def row(self, id: str) -> FigureRow | None:
        """Return the first of them, None where no run has any."""
        return next(iter(self.rows_of(id)), None)
