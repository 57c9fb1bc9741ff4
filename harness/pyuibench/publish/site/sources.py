"""What an entry's page shows of its directory: each variant's code, coloured, and the notes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound

from pyuibench.entries.catalog import Entry
from pyuibench.entries.patch import Size, about_change, patch_of, size_of_change
from pyuibench.figures.samples import VariantInfo
from pyuibench.publish.site.code_sections import SECTIONS, sections_of

NOTES = "NOTES.md"


@dataclass(frozen=True)
class Source:
    """What a developer writes for a variant's app page: its files one after the other, a line each in an element of its own."""

    variant: str
    file: str
    lines: int
    sections: Mapping[str, int]
    """Section of the reference app -> how many lines belong to it."""
    code: Markup


@dataclass(frozen=True)
class Change:
    """The patch that adds the feature: its size, what there is to know of it, and its text."""

    size: Size
    about: str
    patch: Markup


def sources_of(entry: Entry, variants: Sequence[VariantInfo]) -> tuple[Source, ...]:
    """Return the app page's code of each variant that the entry has."""
    return tuple(
        _source(variant.id, entry.directory, entry.variant(variant.name).code_files("app"))
        for variant in variants
        if variant.name in entry.table.variants
    )


def _source(variant: str, directory: Path, files: Sequence[Path]) -> Source:
    names = [str(file.relative_to(directory)) for file in files]
    texts = [file.read_text(encoding="utf-8") for file in files]
    sections = [sections_of(text, file.suffix) for text, file in zip(texts, files, strict=True)]
    counts = Counter(section for lines in sections for line in lines for section in line)
    parts = [_lines(*it, heading=len(files) > 1) for it in zip(names, texts, sections, strict=True)]
    lines = sum(map(len, sections))
    return Source(variant, ", ".join(names), lines, {it: counts[it] for it in SECTIONS}, Markup().join(parts))


def change_of(entry: Entry) -> Change | None:
    """Return what it takes to add the feature to the entry's first variant, None where there is no patch."""
    patch, size = patch_of(entry), size_of_change(entry)
    if patch is None or size is None:
        return None
    return Change(size, about_change(entry), _coloured(patch.name, patch.read_text(encoding="utf-8")))


def _lines(name: str, text: str, sections: Sequence[frozenset[str]], heading: bool) -> Markup:
    """Return a file's lines, each with its number and its sections."""
    coloured = _coloured(name, text).split("\n")
    lines = [
        Markup('<span class="line" data-n="{}" data-s="{}">{}\n</span>').format(number, " ".join(sorted(own)), line)
        for number, (own, line) in enumerate(zip(sections, coloured, strict=False), 1)
    ]
    head = Markup('<b class="file">{}\n</b>').format(name) if heading else Markup()
    return head + Markup().join(lines)


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
