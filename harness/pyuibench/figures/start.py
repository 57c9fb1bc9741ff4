"""Start: from the server's process to the first right page."""

from pyuibench.figures.base import Section, TableSpec
from pyuibench.figures.measured import MEASURED, by_sessions, metric_spec

SECTION = Section(
    "start",
    "Start",
    90,
    "Geometric means over boots, [95 % interval]. First answer = the server's process ready + first session right.",
)
SECTIONS = (SECTION,)
FIGURES = (
    metric_spec("start.boot_ready", SECTION.id, "boot ready", "boot_ready_ms", compared=MEASURED),
    metric_spec("start.first_session", SECTION.id, "first session", "first_session_ms", compared=MEASURED),
    metric_spec("start.first_answer", SECTION.id, "first answer", "first_answer_ms"),
    by_sessions("start.session", SECTION.id, "session", "session_ms"),
)
TABLES = (
    TableSpec(
        "start.of_boots",
        SECTION.id,
        "Start",
        ("start.boot_ready", "start.first_session", "start.first_answer", "start.session"),
    ),
)
