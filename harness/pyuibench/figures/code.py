"""How much there is to write: size and complexity of each app's code, and what a change of it takes."""

from pyuibench.figures.base import Section, TableSpec
from pyuibench.figures.measured import COUNTED, metric_spec

SECTION = Section(
    "code",
    "Code",
    120,
    "Lines are statements by AST, docstrings not counted, and non-blank non-comment lines of other languages; tokens and "
    "complexity are given where all files are Python; names are the distinct dotted names by which the source reaches the "
    "framework. Methods of objects that calls return can't be told without types and are not counted.",
)
SECTIONS = (SECTION,)
_METRICS = {
    "logical_lines": "logical lines",
    "tokens": "tokens",
    "cyclomatic_complexity": "cyclomatic complexity",
    "framework_names": "framework names",
}
_CHANGE = {"change_lines": "change lines", "change_places": "change places"}
FIGURES = (
    *(
        metric_spec(f"code.{metric}", SECTION.id, label, metric, compared=COUNTED)
        for metric, label in (_METRICS | _CHANGE).items()
    ),
    *(
        metric_spec(f"code.scaling_page.{metric}", SECTION.id, label, metric, page="grid", is_listed=False)
        for metric, label in _METRICS.items()
    ),
)
TABLES = (
    TableSpec("code.app", SECTION.id, "App page", tuple(f"code.{metric}" for metric in _METRICS), with_intervals=False),
    TableSpec(
        "code.scaling_page",
        SECTION.id,
        "Scaling page",
        tuple(f"code.scaling_page.{metric}" for metric in _METRICS),
        with_intervals=False,
    ),
    TableSpec(
        "code.change",
        SECTION.id,
        "A fourth filter",
        tuple(f"code.{metric}" for metric in _CHANGE),
        "What it takes to give each app a fourth filter that says how many rows the table shows: kept as patches, which apply "
        "and pass verification.",
        rows="with figures",
        with_intervals=False,
    ),
)
