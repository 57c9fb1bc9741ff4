"""Idle: the CPU time that a server takes while nobody does anything."""

from pyuibench.figures.base import FigureFamily, Section, TableSpec
from pyuibench.figures.measured import by_sessions

SECTION = Section(
    "idle",
    "Idle",
    82,
    "CPU time while nothing happens, as a share of one core: of the server's processes with no session open, and with pages that "
    "are open in a browser and silent; and of the process that runs such a page. What is spent on heartbeats and timers is spent "
    "at night, too.",
)
SECTIONS = (SECTION,)
FIGURES: tuple[FigureFamily, ...] = (
    by_sessions(
        "idle_cpu_share",
        SECTION.id,
        "idle CPU",
        "idle_cpu_share",
        unit="share",
        about="CPU time of the server's process tree per second, of one core, while nothing happens",
    ),
    by_sessions(
        "idle_page_cpu_share",
        SECTION.id,
        "idle CPU of a page",
        "idle_page_cpu_share",
        unit="share",
        about="CPU time of the process that runs a page, per second, of one core, while nothing happens",
    ),
)
TABLES = (
    TableSpec("idle.cpu", SECTION.id, "CPU while idle", tuple(figure.id for figure in FIGURES), rows="with figures"),
)
