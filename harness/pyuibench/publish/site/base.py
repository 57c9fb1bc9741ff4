"""What the pages of the site are made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pyuibench.entries.catalog import Entry
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView
from pyuibench.publish.rows import FigureRow, figure_rows, first_row
from pyuibench.publish.site.sources import Source, sources_of


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
        return tuple({variant.id: variant for view in self.views for variant in view.variants}.values())

    @cached_property
    def rows(self) -> tuple[FigureRow, ...]:
        """Return the figures of all runs."""
        return tuple(row for view in self.views for row in figure_rows(view))

    @cached_property
    def sources(self) -> Mapping[str, tuple[Source, ...]]:
        """Return entry's name -> the code of its variants, for entries whose directory is known."""
        return {
            name: sources_of(entry, [variant for variant in self.variants if variant.entry == name])
            for name in dict.fromkeys(variant.entry for variant in self.variants)
            if (entry := self.entries.get(name))
        }

    def row(self, figure: str) -> FigureRow | None:
        """Return a figure of the first run that has it."""
        return first_row(self.views, figure)
