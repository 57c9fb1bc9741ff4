"""The table: every figure of every variant."""

from pyuibench.publish.site.base import Page

PAGE = Page(
    "table",
    "The table",
    10,
    lambda site: {"rows": site.rows, "sections": list(dict.fromkeys(row.section for row in site.rows))},
    "every figure of every variant; filter, sort, compare two.",
)
