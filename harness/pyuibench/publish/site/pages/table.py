"""The table: every figure of every variant."""

from collections.abc import Iterator

from pyuibench.publish.site.base import Page, Site


def pages(site: Site) -> Iterator[Page]:
    """Yield the page."""
    yield Page(
        "table",
        "The table",
        10,
        lambda: {"rows": site.rows, "sections": list(dict.fromkeys(row.section for row in site.rows))},
        "every figure of every variant; filter, sort, compare two.",
    )
