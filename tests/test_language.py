"""What users read keeps to plain words: documents, templates, and every text of the harness that isn't a docstring."""

import ast
import re

import pytest

from pyuibench.project import ROOT

PACKAGE = ROOT / "harness" / "pyuibench"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), *sorted(PACKAGE.rglob("*.j2"))]
MODULES = sorted(PACKAGE.rglob("*.py"))
RIDDLES = (
    r"told from",
    r"so many (?!that)",
    r"of that of",
    r"\bholds? 1\b",
    r"is no look",
    r"to be doubted",
    r"read no digits",
)
"""Phrases that a reader has to decode, instead of which there are plain ones."""
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def riddles(text):
    flat = " ".join(text.split())
    return [found.group(0) for phrase in RIDDLES for found in re.finditer(phrase, flat, re.IGNORECASE)]


def texts_of(module):
    """Yield a module's string literals that aren't documentation: neither docstrings nor strings that stand alone."""
    tree = ast.parse(module.read_text())
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone | parts:
            yield node.value


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_a_document_has_no_riddles(document):
    assert riddles(document.read_text()) == []


def test_no_text_of_the_harness_has_riddles():
    found = {str(it.relative_to(PACKAGE)): own for it in MODULES if (own := [*map(riddles, texts_of(it))]) and any(own)}
    assert {name: [it for each in own for it in each] for name, own in found.items()} == {}


@pytest.mark.parametrize(
    "text", ["Of that of Streamlit, 1 ms", "after so\nmany clicks", "8 of 9 hold 1", "It can be told from"]
)
def test_riddles_are_found(text):
    assert len(riddles(text)) == 1
