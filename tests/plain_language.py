"""What users read is in plain words: no phrase that has to be decoded, no sentence that has to be read twice.

`python tests/plain_language.py` says what is wrong with the documents and the templates; `make lint` does so too. How hard a text
is to read is told by textstat. McAlpine's EFLAW is made for readers whose first language isn't English: words and short words a
sentence; from 30 on a text is "confusing". LIX (Björnsson 1968) says from 40 on that a text is no longer easy.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import textstat

from pyuibench.project import ROOT

PACKAGE = ROOT / "harness" / "pyuibench"
PROSE = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
TEMPLATES = sorted(PACKAGE.rglob("*.j2"))
DOCUMENTS = [*PROSE, *TEMPLATES]
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
MOST_EFLAW = 30.0
MOST_LIX = 40.0
LEAST_WORDS = 100
"""Of fewer words nothing is said: their average is chance."""
LONGEST = 50
"""Words of a sentence that nobody reads once."""


def riddles(text: str) -> list[str]:
    """Return the phrases of a text that have to be decoded."""
    flat = " ".join(text.split())
    return [found.group(0) for phrase in RIDDLES for found in re.finditer(phrase, flat, re.IGNORECASE)]


def paragraphs(markdown: str) -> Iterator[str]:
    """Yield the paragraphs and items of a document as plain text: no code, tables, headings, footnotes and addresses."""
    text = re.sub(r"```.*?```|<!--.*?-->|^ {4}.*?$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if not re.match(r"\s*(\||#|>|!\[|\[\^)", line)]
        for item in re.split(r"\n(?=\s*(?:[-*]|\d+\.)\s)", "\n".join(lines)):
            plain = re.sub(r"^\s*(?:[-*]|\d+\.)\s+", "", item)
            plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", plain)
            plain = re.sub(r"`[^`]*`", "code", plain)
            plain = re.sub(r"\[\^[^\]]*\]|https?://\S+|<[^>]*>", "", plain)
            plain = " ".join(re.sub(r"[*_]{1,2}([^*_]+)[*_]{1,2}", r"\1", plain).split())
            if len(plain.split()) > 3:
                yield plain if plain[-1] in ".!?:" else f"{plain}."


def hard_to_read(markdown: str) -> Iterator[str]:
    """Yield what makes a document hard to read."""
    found = list(paragraphs(markdown))
    text = " ".join(found)
    if len(text.split()) >= LEAST_WORDS:
        eflaw, lix = textstat.mcalpine_eflaw(text), textstat.lix(text)
        if eflaw >= MOST_EFLAW:
            yield f"its EFLAW is {eflaw:.1f}, of {MOST_EFLAW:g} at most: its sentences are long"
        if lix >= MOST_LIX:
            yield f"its LIX is {lix:.1f}, of {MOST_LIX:g} at most: its sentences or words are long"
    for paragraph in found:
        for sentence in re.split(r"(?<=[.!?:;])\s+", paragraph):
            if len(sentence.split()) > LONGEST:
                yield f"a sentence has {len(sentence.split())} words, of {LONGEST} at most: {sentence[:80]!r}"


def problems(document: Path) -> Iterator[str]:
    """Yield what is wrong with a document or a template."""
    text = document.read_text(encoding="utf-8")
    yield from (f"{phrase!r} has to be decoded" for phrase in riddles(text))
    if document in PROSE:
        yield from hard_to_read(text)


def main() -> None:
    """Say what is wrong, and end with 1 if anything is."""
    found = [f"{document.relative_to(ROOT)}: {problem}." for document in DOCUMENTS for problem in problems(document)]
    print("\n".join(found) or f"{len(DOCUMENTS)} documents and templates are in plain language.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
