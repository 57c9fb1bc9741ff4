"""A page for each framework: its figures, charts, code and notes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pyuibench.analysis.breakdown import PARTS
from pyuibench.figures.samples import VariantInfo
from pyuibench.publish.rows import FigureRow
from pyuibench.publish.site.base import Page, Site
from pyuibench.publish.site.fit import Fit, fit_of
from pyuibench.publish.site.sources import Change, Source, change_of, notes_of


@dataclass(frozen=True)
class EntryView:
    """What the page of an entry shows."""

    name: str
    title: str
    version: str
    about: str
    variants: tuple[VariantInfo, ...]
    pictures: Mapping[str, Sequence[str]]
    """File -> the variants that look like it."""
    charts: Sequence[tuple[str, Sequence[Markup]]]
    """Runs, each with its charts."""
    figures: Mapping[str, Sequence[FigureRow]]
    """Section -> its figures."""
    sources: tuple[Source, ...]
    change: Change | None
    notes: Markup
    fit: Fit | None
    is_changed: bool


def pages(site: Site) -> Iterator[Page]:
    """Yield the pages."""
    for number, name in enumerate(dict.fromkeys(variant.entry for variant in site.variants)):
        title = next(variant.title for variant in site.variants if variant.entry == name)
        yield Page(name, title, 100 + number, partial(_view, name=name), template="entry")


def _view(site: Site, name: str) -> dict[str, Any]:
    own = tuple(variant for variant in site.variants if variant.entry == name)
    entry = site.entries.get(name)
    meta = next(it for view in site.views if (it := (view.run.meta.get("entries") or {}).get(name)))
    ids = {variant.id for variant in own}
    shown = EntryView(
        name=name,
        title=own[0].title,
        version=own[0].version,
        about=str(meta.get("about", "")),
        variants=own,
        pictures=_pictures(site, own),
        charts=[(run, list(map(Markup, drawn))) for run, drawn in site.charts(own)],
        figures=_by_section(row for row in site.rows if any(row.cells[it].text for it in ids & row.cells.keys())),
        sources=site.sources.get(name, ()),
        change=change_of(entry) if entry else None,
        notes=notes_of(entry) if entry else Markup(),
        fit=fit_of(site, name),
        is_changed=bool(entry and entry.source_hash() != meta.get("source_hash")),
    )
    return {"page": shown, "parts": PARTS}


def _by_section(rows: Iterable[FigureRow]) -> dict[str, list[FigureRow]]:
    found: dict[str, list[FigureRow]] = defaultdict(list)
    for row in rows:
        found[row.section].append(row)
    return dict(found)


def _pictures(site: Site, variants: Sequence[VariantInfo]) -> dict[str, list[str]]:
    """Copy the pictures that there are, of the first run that has one, equal ones once, and return file name -> variants."""
    alike: dict[bytes, list[VariantInfo]] = defaultdict(list)
    for variant in variants:
        pictures = (view.run.directory / "gallery" / _picture(variant) for view in site.views)
        if found := next(filter(Path.is_file, pictures), None):
            alike[found.read_bytes()].append(variant)
    for picture, (first, *_) in alike.items():
        (site.out / _picture(first)).write_bytes(picture)
    return {_picture(those[0]): [it.id for it in those] for those in alike.values()}


def _picture(variant: VariantInfo) -> str:
    return f"{variant.entry}-{variant.name}.png"
