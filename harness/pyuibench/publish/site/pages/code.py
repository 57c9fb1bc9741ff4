"""Two variants' apps side by side."""

from pyuibench.publish.site.base import Page
from pyuibench.publish.site.code_sections import SECTIONS

PAGE = Page(
    "code",
    "Code",
    30,
    lambda site: {"sources": [it for own in site.sources.values() for it in own], "sections": tuple(SECTIONS)},
    "two variants' apps side by side.",
)
