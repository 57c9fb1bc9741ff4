"""What users read keeps to plain words: documents, templates, and every text of the harness that isn't a docstring."""

import ast

import pytest
from plain_language import DOCUMENTS, LONGEST, PACKAGE, hard_to_read, paragraphs, problems, riddles

MODULES = sorted(PACKAGE.rglob("*.py"))
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


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
def test_a_document_is_in_plain_language(document):
    assert list(problems(document)) == []


def test_no_text_of_the_harness_has_riddles():
    found = {str(it.relative_to(PACKAGE)): own for it in MODULES if (own := [*map(riddles, texts_of(it))]) and any(own)}
    assert {name: [it for each in own for it in each] for name, own in found.items()} == {}


@pytest.mark.parametrize(
    "text", ["Of that of Streamlit, 1 ms", "after so\nmany clicks", "8 of 9 hold 1", "It can be told from"]
)
def test_riddles_are_found(text):
    assert len(riddles(text)) == 1


LONG = " ".join(["word"] * (LONGEST + 1))


def test_a_sentence_that_is_too_long_is_found():
    assert list(hard_to_read(f"Short. {LONG}.")) == [
        f"a sentence has {LONGEST + 1} words, of {LONGEST} at most: {LONG[:80]!r}"
    ]
    assert not list(hard_to_read("Short. " * 30))


def test_long_sentences_make_a_text_hard_to_read():
    text = "A man who has seen all of it in one day is apt to be of the view that it is by far the best of all that one can see. "
    assert any("EFLAW" in it for it in hard_to_read(text * 10))
    assert any(
        "LIX" in it for it in hard_to_read("Characteristically unintelligible documentation notwithstanding. " * 30)
    )


def test_only_prose_is_read():
    markdown = """# A heading of many words

    $ an indented command that is not prose

The [page](https://a.example/x) has `many code words` and **bold** ones[^1].

| a | table | is | not | prose |
- First item of a list here.
- Second item of a list here

```
not prose at all here
```

[^1]: A footnote that is made by the program.
"""
    assert list(paragraphs(markdown)) == [
        "The page has code and bold ones.",
        "First item of a list here.",
        "Second item of a list here.",
    ]
