"""The table: every figure of every variant."""

from pyuibench.figures.waits import about
from pyuibench.publish.site.base import Page

PAGE = Page(
    "table",
    "The table",
    10,
    lambda site: {
        "rows": site.rows,
        "sections": list(dict.fromkeys(row.section for row in site.rows)),
        "waits": about(site.main),
    },
    "every figure of every variant; filter, sort, compare two.",
)
