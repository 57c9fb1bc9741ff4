"""What a cold load of the app page fetches."""

from pyuibench.figures.base import Section, TableSpec
from pyuibench.figures.measured import COUNTED, MEASURED, metric_spec

SECTION = Section("page", "Cold page load", 110)
SECTIONS = (SECTION,)
FIGURES = (
    metric_spec("page.bytes_down", SECTION.id, "page bytes down", "page_bytes_down", compared=MEASURED),
    metric_spec("page.requests", SECTION.id, "page requests", "page_requests", compared=COUNTED),
    metric_spec("page.outside_requests", SECTION.id, "outside requests", "outside_requests"),
)
TABLES = (TableSpec("page.cold", SECTION.id, "Cold page load", tuple(figure.id for figure in FIGURES)),)
