"""What an app costs to write and to read, counted from its source.

Nothing is imported or run. The files are taken as they are: they must have been formatted by the project's formatter, or
tokens and lines compare habits instead of frameworks.
"""

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from pyuibench.contract.scenarios import PAGES
from pyuibench.entries.catalog import Variant
from pyuibench.entries.patch import size_of_change
from pyuibench.instruments.base import Instrument, Reading
from pyuibench.instruments.shared.languages import COMMENTS
from pyuibench.serving.environment import Environment

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
_OPENING = {getattr(tokenize, name, None) for name in ("FSTRING_START", "TSTRING_START")} - {None}
_CLOSING = {getattr(tokenize, name, None) for name in ("FSTRING_END", "TSTRING_END")} - {None}


@dataclass(frozen=True)
class CodeFigures:
    """The size of some source: four counts. What isn't counted for a language is None."""

    logical_lines: int
    tokens: int | None
    cyclomatic_complexity: int | None
    framework_names: int | None


def measure_files(files: Iterable[Path], modules: Sequence[str]) -> CodeFigures:
    """Return the figures of an app's files together; `modules` are the framework's top-level modules.

    Lines are summed over all files. Tokens and complexity are summed only if every file is Python, else they are None: a
    sum that leaves out what was written in another language would flatter. Names are those of the Python files, each
    counted once; None if there is no such file. Raises ValueError for a suffix that no rule is for, and
    SyntaxError for Python that isn't valid for the running interpreter.
    """
    texts = [(file.suffix, file.read_text(encoding="utf-8")) for file in files]
    parts = [
        python_figures(text, modules) if suffix == ".py" else other_figures(text, suffix) for suffix, text in texts
    ]
    names = [framework_names(ast.parse(text), modules) for suffix, text in texts if suffix == ".py"]
    return CodeFigures(
        logical_lines=sum(part.logical_lines for part in parts),
        tokens=_sum(part.tokens for part in parts),
        cyclomatic_complexity=_sum(part.cyclomatic_complexity for part in parts),
        framework_names=len(frozenset().union(*names)) if names else None,
    )


def python_figures(source: str, modules: Sequence[str]) -> CodeFigures:
    """Return the figures of one Python source; `modules` are the framework's top-level modules.

    Raises SyntaxError if it isn't valid Python for the running interpreter.
    """
    tree = ast.parse(source)
    return CodeFigures(
        logical_lines=logical_lines(tree),
        tokens=count_tokens(source, tree),
        cyclomatic_complexity=cyclomatic_complexity(tree),
        framework_names=len(framework_names(tree, modules)),
    )


def other_figures(text: str, suffix: str) -> CodeFigures:
    """Return the figures of a source that isn't Python: its lines that are neither blank nor comment, the rest None.

    A comment is only told where it begins a line, which needs no parser: a comment behind code doesn't add a line anyway,
    and a `//` or `/*` inside a string is never taken for one. Raises ValueError for an unknown suffix.
    """
    if suffix not in COMMENTS:
        raise ValueError(f"no rule counts the lines of a {suffix or 'suffixless'} file")
    for comment in COMMENTS[suffix]:
        text = comment.sub("", text)
    return CodeFigures(sum(1 for line in text.splitlines() if line.strip()), None, None, None)


def logical_lines(tree: ast.Module) -> int:
    """Return the number of statements, however they are laid out; docstrings aren't counted.

    Every `ast.stmt` counts as one: a compound statement as one plus its body. `else`, `except`, `finally`, `case` and
    decorators are parts of their statement.
    """
    return sum(isinstance(node, ast.stmt) for node in ast.walk(tree)) - sum(1 for _ in _docstrings(tree))


def count_tokens(source: str, tree: ast.Module) -> int:
    """Return the number of lexical tokens; comments, docstrings, line ends and indentation aren't counted.

    An f-string is one token, as it was before Python 3.12, so that the count doesn't depend on the interpreter.
    """
    lines = source.split("\n")
    spans = [_span(docstring, lines) for docstring in _docstrings(tree)]
    count = depth = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        depth -= token.type in _CLOSING
        within_string = depth > 0 or token.type in _CLOSING
        depth += token.type in _OPENING
        in_docstring = any(start <= token.start < end for start, end in spans)
        count += token.type not in _LAYOUT and not within_string and not in_docstring
    return count


def cyclomatic_complexity(tree: ast.Module) -> int:
    """Return the sum over the module and its functions of 1 + decisions (McCabe, "A Complexity Measure", IEEE TSE, 1976).

    A decision is an `if`, a conditional expression, a loop and its `else`, an `except`, the `else` of a `try`, an
    `assert`, each `and` and `or`, each `for` and `if` of a comprehension, and each `case` but a bare name. Nested
    functions and methods are functions of their own; class bodies belong to what surrounds them; a lambda adds nothing.
    """
    return 1 + sum(isinstance(node, _Function) + _decisions(node) for node in ast.walk(tree))


def framework_names(tree: ast.Module, modules: Sequence[str]) -> frozenset[str]:
    """Return the distinct dotted names by which the source reaches the framework, import aliases resolved.

    After `import shop as s`, `s.cart.add` is `shop.cart.add`, once however often it is used; `from shop import Cart` is
    `shop.Cart`, used or not; `from shop import *` is `shop.*`. An attribute of what a call returns isn't followed, for
    that needs types: `shop.App().run` counts `shop.App` alone. Nor are scopes: a local variable that has the name of an
    import is taken for it.
    """
    imports = tuple(_imports(tree))
    bound = {name.bound: name.dotted for name in imports}
    used = [name.split(".") for name in _dotted_names(tree)]
    reached = {".".join([bound[first], *rest]) for first, *rest in used if first in bound}
    unused = {name.bound for name in imports} - {first for first, *_ in used}
    reached |= {name.dotted for name in imports if name.is_a_use and name.bound in unused}
    return frozenset(name for name in reached if _top(name) in modules)


@dataclass(frozen=True)
class _Import:
    """A name that an import binds, and what it stands for. `from` names something of a module, which uses it."""

    bound: str
    dotted: str
    is_a_use: bool


def _sum(counts: Iterable[int | None]) -> int | None:
    counted = list(counts)
    known = [count for count in counted if count is not None]
    return sum(known) if len(known) == len(counted) else None


def _docstrings(tree: ast.Module) -> Iterator[ast.Expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | _Function) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                yield first


def _span(node: ast.Expr, lines: Sequence[str]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where a node starts and ends as `tokenize` tells it: (line, characters), not bytes as `ast` does."""
    start = (node.lineno, _characters(lines[node.lineno - 1], node.col_offset))
    end_line = node.end_lineno or node.lineno
    return start, (end_line, _characters(lines[end_line - 1], node.end_col_offset or 0))


def _characters(line: str, bytes_before: int) -> int:
    return len(line.encode()[:bytes_before].decode())


def _decisions(node: ast.AST) -> int:
    match node:
        case ast.If() | ast.IfExp() | ast.Assert():
            return 1
        case ast.For() | ast.AsyncFor() | ast.While():
            return 1 + bool(node.orelse)
        case ast.Try() | ast.TryStar():
            return len(node.handlers) + bool(node.orelse)
        case ast.BoolOp():
            return len(node.values) - 1
        case ast.comprehension():
            return 1 + len(node.ifs)
        case ast.Match():
            return sum(not _takes_anything(case.pattern) for case in node.cases)
        case _:
            return 0


def _takes_anything(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _imports(tree: ast.Module) -> Iterator[_Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _Import(alias.asname or _top(alias.name), alias.name if alias.asname else _top(alias.name), False)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield _Import(alias.asname or alias.name, f"{node.module}.{alias.name}", True)


def _top(dotted: str) -> str:
    return dotted.partition(".")[0]


def _dotted_names(tree: ast.Module) -> set[str]:
    """Return every name and every chain of attributes of a name, each as long as it goes."""
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    chains = (_chain(node) for node in ast.walk(tree) if id(node) not in inner)
    return {chain for chain in chains if chain}


def _chain(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        value = _chain(node.value)
        return f"{value}.{node.attr}" if value else None
    return None


def readings(variant: Variant, _: Environment | None) -> Iterator[Reading]:
    """Yield what adding the fourth filter takes, where there is a patch for it, and the size of each page's code."""
    size = size_of_change(variant.entry) if variant == variant.entry.variants[0] else None
    if size:
        yield Reading("change_lines", size.added + size.removed)
        yield Reading("change_places", size.places)
    for page in PAGES:
        if files := variant.code_files(page):
            counted = asdict(measure_files(files, variant.entry.table.modules))
            yield from (Reading(metric, value, page) for metric, value in counted.items())


INSTRUMENT = Instrument("code", "how much there is to write and to read", needs_server=False, of_variant=readings)
