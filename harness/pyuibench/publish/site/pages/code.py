"""Two variants' apps side by side."""

from collections.abc import Iterator

from pyuibench.publish.site.base import Page, Site
from pyuibench.publish.site.code_sections import SECTIONS
from pyuibench.publish.site.sources import Source, sources_of


def pages(site: Site) -> Iterator[Page]:
    """Yield the page."""
    yield Page(
        "code",
        "Code",
        30,
        lambda: {"sources": _sources(site), "sections": tuple(SECTIONS)},
        "two variants' apps side by side.",
    )


def _sources(site: Site) -> list[Source]:
    shown = dict.fromkeys(variant.entry for variant in site.variants if variant.entry in site.entries)
    return [
        source
        for name in shown
        for source in sources_of(site.entries[name], [it for it in site.variants if it.entry == name])
    ]
