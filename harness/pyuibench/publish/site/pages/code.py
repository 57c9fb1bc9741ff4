"""Two variants' apps side by side."""

from collections.abc import Iterator

from pyuibench.publish.site.base import Page, Site
from pyuibench.publish.site.code_sections import SECTIONS


def pages(site: Site) -> Iterator[Page]:
    """Yield the page."""
    yield Page(
        "code",
        "Code",
        30,
        lambda: {"sources": [it for own in site.sources.values() for it in own], "sections": tuple(SECTIONS)},
        "two variants' apps side by side.",
    )
