import ast
from pathlib import Path

import pytest
from radon.complexity import cc_visit

import pyuibench
from pyuibench.entries.catalog import find_entries
from pyuibench.instruments.code import (
    CodeFigures,
    count_tokens,
    cyclomatic_complexity,
    framework_names,
    logical_lines,
    measure_files,
    other_figures,
    python_figures,
)
from pyuibench.project import APPS

VARIANTS = {variant.id: variant for entry in find_entries([APPS]).values() for variant in entry.variants}
OWN_SOURCES = sorted(Path(pyuibench.__file__).parent.glob("*.py"))


def tokens(source):
    return count_tokens(source, ast.parse(source))


def names(source, *modules):
    return framework_names(ast.parse(source), modules or ("shop",))


def complexity(source):
    return cyclomatic_complexity(ast.parse(source))


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", 0),
        ("x = 1", 1),
        ("x = 1; y = 2", 2),
        ("# only a comment\n\n", 0),
        ("x = f(\n    1,\n    2,\n)", 1),
        ('"""Doc."""\nx = 1', 1),
        ('def f():\n    """Doc."""\n    return 1', 2),
        ('class A:\n    """Doc."""', 1),
        ('x = 1\n"""not a docstring"""', 2),
        ("if a:\n    b\nelse:\n    c", 3),
        ("try:\n    a\nexcept E:\n    b\nfinally:\n    c", 4),
        ("@d\ndef f(): return 1", 2),
    ],
)
def test_logical_lines(source, lines):
    assert logical_lines(ast.parse(source)) == lines


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("", 0),
        ("x = 1  # comment", 3),
        ("if x:\n    y()\n", 6),
        ('"""Doc."""\nx = 1', 3),
        ('"""Two\nlines."""; x = 1', 4),
        ('("a"\n "b")\nx = 1', 3),
        ('def é(): "döc"; x = "é"', 9),
        ("x = f'{a + b} {c!r:>{width}}'", 3),
        ("x = f'{a}' + 'b'", 5),
    ],
)
def test_tokens(source, count):
    assert tokens(source) == count


def test_layout_does_not_change_tokens():
    assert tokens("f(a, b)") == tokens("f(\n    a,  # why\n    b)")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", 1),
        ("if a and b or c: pass", 4),
        ("x = 1 if a else 2", 2),
        ("for a in b: pass\nelse: pass", 3),
        ("while a: pass", 2),
        ("try: a\nexcept B: c\nexcept D: e\nelse: f\nfinally: g", 4),
        ("[a for a in b if c if d]", 4),
        ("def f():\n    def g():\n        assert a", 4),
        ("match a:\n    case 1: b\n    case 2: c\n    case _: d", 3),
        ("f = lambda: 1", 1),
        ("class A:\n    def f(self): pass", 2),
    ],
)
def test_complexity(source, expected):
    assert complexity(source) == expected


@pytest.mark.parametrize("path", OWN_SOURCES, ids=lambda path: path.name)
def test_complexity_of_each_function_agrees_with_radon(path):
    source = path.read_text()
    theirs = {(block.name, block.lineno): block.complexity for block in cc_visit(source) if hasattr(block, "closures")}
    ours = {
        (node.name, node.lineno): cyclomatic_complexity(ast.Module([node], [])) - 1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {key: ours[key] for key in theirs} == theirs


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import shop as s\ns.slider(1)\ns.slider(2)", {"shop.slider"}),
        ("import shop as s", set()),
        ("from shop import Input", {"shop.Input"}),
        ("from shop import Input as I\nI()\nI.of", {"shop.Input", "shop.Input.of"}),
        ("from shop.ui import page\npage.row()", {"shop.ui.page.row"}),
        ("import shop.ui\nshop.ui.row()", {"shop.ui.row"}),
        ("import shop.ui as u\nu.row()", {"shop.ui.row"}),
        ("from shop import *", {"shop.*"}),
        ("import shop as s\ns.App().run()", {"shop.App"}),
        ("import shop as s\ns.state['a'].b", {"shop.state"}),
        ("import shop as s\n@s.page\ndef f(a: s.Text) -> None: ...", {"shop.page", "shop.Text"}),
        ("def f():\n    import shop\n    shop.x = 1", {"shop.x"}),
        ("import shopping\nshopping.a\nfrom . import shop\nfrom .shop import b", set()),
        ("import pandas as pd\npd.DataFrame()", set()),
        ("import shop as s\nf(s)", {"shop"}),
    ],
)
def test_framework_names(source, expected):
    assert names(source) == expected


def test_framework_names_of_several_modules():
    source = "import shop\nfrom mall import Door\nshop.a\nDoor()"
    assert names(source, "shop", "mall") == {"shop.a", "mall.Door"}


@pytest.mark.parametrize(
    ("suffix", "text", "lines"),
    [
        (".js", "// a\n\nlet x = 'http://a/*'; // b\n/* c\n\nd */\nlet y = '*/';\n", 2),
        (".js", "/* a */ let x;", 1),
        (".css", "/* a */\np { }\n// not a comment in CSS\n", 2),
        (".vue", "<template>\n<!-- a -->\n</template>\n<script>\n// b\n</script>\n", 4),
        (".ts", "// a\nlet x: number;", 1),
        (".html", "<!-- a\nb -->\n<input accept='image/*'>\n\n<p>*/ text", 2),
    ],
)
def test_other_languages_have_lines_only(suffix, text, lines):
    assert other_figures(text, suffix) == CodeFigures(lines, None, None, None)


def test_unknown_language_is_an_error():
    with pytest.raises(ValueError, match=r"\.rs"):
        other_figures("fn main() {}", ".rs")


def test_python_that_is_not_valid_is_an_error():
    with pytest.raises(SyntaxError):
        python_figures("def", ())


def test_files_together(tmp_path):
    (tmp_path / "app.py").write_text("import shop as s\ns.a()\nif s.b: s.c()\n")
    (tmp_path / "more.py").write_text("from shop import a\n")
    both = measure_files([tmp_path / "app.py", tmp_path / "more.py"], ("shop",))
    assert both == CodeFigures(5, 23, 3, 3)


def test_tokens_are_withheld_when_a_part_is_in_another_language(tmp_path):
    (tmp_path / "app.py").write_text("import shop as s\ns.a()\n")
    (tmp_path / "style.css").write_text("p {}\n")
    together = measure_files([tmp_path / "app.py", tmp_path / "style.css"], ("shop",))
    assert together == CodeFigures(3, None, None, 1)


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_the_files_of_every_variant_are_counted(variant):
    """A variant with a file that no rule is for could be verified and not measured."""
    for page in ("app", "grid"):
        if files := variant.code_files(page):
            assert measure_files(files, variant.entry.table.modules).logical_lines > 0
