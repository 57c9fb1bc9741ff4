"""Which lines of an app belong to which section of the reference app, told by the names that they mention.

The largest pieces of code that mention one section alone are its: a function, a statement, an argument, an element of a list.
What mentions several is taken apart; a line that is left with several belongs to each. In languages other than Python the pieces
are lines.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

SECTIONS: Mapping[str, frozenset[str]] = {
    "counter": frozenset({"counter", "increment", "count", "count_text", "clicks"}),
    "greeting": frozenset({"greeting", "greeting_text", "greet"}),
    "filters": frozenset(
        {"filters", "category", "categories", "min_units", "granularity", "granularities"}
        | {"default_category", "default_min_units", "max_min_units", "default_granularity"}
    ),
    "kpis": frozenset({"kpis", "kpi", "average_price", "top_product"}),
    "chart": frozenset({"chart", "revenue_figure", "figure"}),
    "table": frozenset({"table", "table_caption", "caption", "top_orders", "rows", "order_id"}),
    "answer": frozenset({"answer", "ask", "asked", "answer_tokens", "answer_tokens_async"}),
    "job": frozenset({"job", "jobs", "crunch", "crunched", "crunched_text", "progress", "crunch_steps"}),
    "upload": frozenset({"upload", "uploaded", "upload_summary"}),
}
"""Section -> the names, in lower case, of its controls, outputs and workload functions, and of what apps keep for it."""
SHARED = "filters"
"""What KPIs, chart and table are made by: a piece that mentions it beside one of them is that one's."""
_PLACED = (ast.stmt, ast.expr, ast.arg, ast.keyword)


def sections_of(text: str, suffix: str) -> list[frozenset[str]]:
    """Return the sections that each line of a source belongs to. Raises SyntaxError for Python that isn't valid."""
    lines = text.splitlines()
    found: dict[int, set[str]] = defaultdict(set)
    if suffix == ".py":
        for node in ast.parse(text).body:
            _visit(node, lines, found)
    else:
        for number, line in enumerate(lines, 1):
            found[number] |= _mentioned(line)
    return [frozenset(found[number]) for number in range(1, len(lines) + 1)]


def _visit(node: ast.AST, lines: Sequence[str], found: dict[int, set[str]]) -> None:
    """Give a piece's lines to the section that it mentions alone, or else take it apart."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return
    own = _lines_of(node)
    mentioned = _mentioned("\n".join(lines[number - 1] for number in own)) if own else None
    if mentioned and len(mentioned) == 1:
        for number in own:
            found[number] |= mentioned
    elif mentioned is None or mentioned:
        for child in ast.iter_child_nodes(node):
            _visit(child, lines, found)


def _lines_of(node: ast.AST) -> range:
    """Return the numbers of a node's lines, its decorators among them; none for what has no place of its own."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min((it.lineno for it in [*decorators, node] if isinstance(it, _PLACED)), default=0)
    return range(first, (getattr(node, "end_lineno", None) or 0) + 1) if first else range(0)


def _mentioned(text: str) -> set[str]:
    words = {word.lower() for word in re.findall(r"\w+", text)}
    mentioned = {section for section, names in SECTIONS.items() if names & words}
    return mentioned - {SHARED} if len(mentioned) > 1 else mentioned
