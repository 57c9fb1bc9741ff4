"""What an entry's page shows of its directory: each variant's code, coloured, and the notes."""

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound

from pyuibench.catalog import Entry
from pyuibench.report.select import VariantInfo

NOTES = "NOTES.md"


@dataclass(frozen=True)
class Source:
    """A file that a developer writes for a variant's app page."""

    variant: str
    file: str
    lines: int
    code: Markup


def sources_of(entry: Entry, variants: Sequence[VariantInfo]) -> tuple[Source, ...]:
    """Return the app page's own file of each variant that the entry has."""
    found = []
    for variant in variants:
        if variant.name in entry.table.variants:
            path = entry.directory / entry.table.variants[variant.name].app
            text = path.read_text(encoding="utf-8")
            found.append(Source(variant.id, path.name, len(text.splitlines()), _coloured(path.name, text)))
    return tuple(found)


def notes_of(entry: Entry) -> Markup:
    """Return the entry's notes as HTML, their headings below those of a page; empty where there are none."""
    path = entry.directory / NOTES
    if not path.is_file():
        return Markup()
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(path.read_text(encoding="utf-8"))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def _coloured(name: str, text: str) -> Markup:
    formatter = HtmlFormatter(nowrap=True, classprefix="code-")
    try:
        lexer = get_lexer_for_filename(name)
    except ClassNotFound:
        return Markup(Markup.escape(text))
    return Markup(highlight(text, lexer, formatter))
