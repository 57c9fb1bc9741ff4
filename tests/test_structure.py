"""The structure of the harness that CONTRIBUTING.md describes: imports in one direction, short functions, small records."""

import ast
import re
from pathlib import Path

import pytest

from pyuibench.entries.catalog import find_entries
from pyuibench.project import APPS, ROOT

PACKAGE = ROOT / "harness" / "pyuibench"
ORDER = (
    ("errors", "project"),
    ("contract",),
    ("entries",),
    ("serving",),
    ("results",),
    ("instruments",),
    ("experiments",),
    ("verify", "calibration"),
    ("spaces",),
    ("analysis",),
    ("audits",),
    ("figures",),
    ("publish",),
    ("cli",),
)
"""A module imports what stands before it, or beside it."""
LEVELS = {name: level for level, names in enumerate(ORDER) for name in names}
MEASURING = {"serving", "instruments", "experiments", "verify", "calibration", "spaces"}
JUDGING = {"analysis", "audits", "figures", "publish"}
LIMIT_LINES = 60
LIMIT_FIELDS = 20
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "templates" not in path.parts)


def part_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path):
    """Yield the parts of the package that a module imports, and the lines."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pyuibench":
            parts = node.module.split(".")
            names = [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
            yield from ((name, node.lineno) for name in names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("pyuibench."):
                    yield alias.name.split(".")[1], node.lineno


def found_against(path):
    """Return the imports of a module that run against the order."""
    own = part_of(path)
    return [
        f"{path.relative_to(PACKAGE)}:{line} imports {name}"
        for name, line in imported(path)
        if name in LEVELS and own in LEVELS
        if LEVELS[name] > LEVELS[own] or (own in JUDGING and name in MEASURING)
    ]


def test_imports_go_one_way():
    assert [it for path in SOURCES for it in found_against(path)] == []


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("analysis/estimates.py", "from pyuibench.instruments.code import measure_files"),
        ("contract/states.py", "from pyuibench.entries.catalog import Entry"),
        ("instruments/code.py", "from pyuibench.experiments import plan"),
        ("figures/view.py", "import pyuibench.publish.report.build"),
    ],
)
def test_an_import_against_the_order_is_found(tmp_path, monkeypatch, place, line):
    path = tmp_path / place
    path.parent.mkdir()
    path.write_text(line)
    monkeypatch.setattr("test_structure.PACKAGE", tmp_path, raising=False)
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    assert len(found_against(path)) == 1


def test_every_part_has_its_place_in_the_order():
    parts = {part_of(path) for path in SOURCES} - {"__init__"}
    assert parts == set(LEVELS)
    assert len(parts) < 25


def functions():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(PACKAGE)}:{node.name}", node.end_lineno - node.lineno + 1


def test_no_function_is_long():
    assert [(name, lines) for name, lines in functions() if lines > LIMIT_LINES] == []


def test_a_record_has_few_fields_or_says_why():
    many = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                fields = sum(isinstance(it, ast.AnnAssign) for it in node.body)
                if fields > LIMIT_FIELDS and "more fields than" not in (ast.get_docstring(node) or ""):
                    many.append((f"{path.relative_to(PACKAGE)}:{node.name}", fields))
    assert many == []


def test_no_framework_is_named_in_the_harness():
    names = "|".join(re.escape(name) for name in find_entries([APPS]) if name not in ("baseline", "panel", "dash"))
    told = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in PACKAGE.rglob("*")
        if path.suffix in (".py", ".js", ".j2", ".css")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(rf"\b({names})\b", line, re.IGNORECASE)
    ]
    assert told == []


def test_no_module_is_a_drawer_of_odds_and_ends():
    assert not [path for path in SOURCES if path.stem in ("utils", "helpers", "misc", "common")]


def test_the_package_has_all_that_it_needs_beside_python():
    wanted = ("instruments/wire/locustfiles/visitor.py", "instruments/browser/stopwatch.js", "entries/templates/entry")
    assert [it for it in wanted if not (PACKAGE / it).exists()] == []
    assert Path(PACKAGE / "publish").is_dir()
