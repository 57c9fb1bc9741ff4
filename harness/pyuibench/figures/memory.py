"""What a server takes of the machine: memory, threads, CPU time; and the page's memory in the browser."""

from pyuibench.figures.base import Section, TableSpec
from pyuibench.figures.measured import MEASURED, by_sessions, metric_spec

SECTION = Section(
    "memory",
    "Memory and process",
    80,
    "Geometric means over boots of the app page, [95 % interval]. PSS: proportional set size of the whole process tree; USS: its "
    "unique part; JS heap: of the page, after collection; page's PSS: of the process that runs the page and its workers.",
)
SECTIONS = (SECTION,)
FIGURES = (
    metric_spec("memory.idle_pss", SECTION.id, "idle PSS", "idle_pss_bytes", compared=MEASURED),
    metric_spec("memory.idle_uss", SECTION.id, "idle USS", "idle_uss_bytes"),
    by_sessions("memory.loaded_pss", SECTION.id, "loaded PSS", "loaded_pss_bytes"),
    metric_spec("memory.js_heap", SECTION.id, "JS heap", "js_heap_bytes", compared=MEASURED),
    metric_spec("memory.page_pss", SECTION.id, "page's PSS", "page_pss_bytes", compared=MEASURED),
    *(
        metric_spec(f"process.{metric}", SECTION.id, metric, metric, better="neither", is_listed=False)
        for metric in ("threads", "handles", "processes")
    ),
    by_sessions("process.server_cpu", SECTION.id, "server CPU", "server_cpu_ms", is_listed=False),
    by_sessions("process.generator", SECTION.id, "generator CPU share", "generator_cpu_share", is_listed=False),
    metric_spec("process.leftover", SECTION.id, "leftover processes", "leftover_processes", is_listed=False),
)
TABLES = (
    TableSpec(
        "memory.of_boots",
        SECTION.id,
        "Memory",
        ("memory.idle_pss", "memory.idle_uss", "memory.loaded_pss", "memory.js_heap", "memory.page_pss"),
    ),
    TableSpec(
        "memory.process",
        SECTION.id,
        "Process",
        (
            "process.threads",
            "process.handles",
            "process.processes",
            "process.server_cpu",
            "process.generator",
            "process.leftover",
        ),
    ),
)
