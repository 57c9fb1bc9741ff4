"""The numbers that outputs show, taken out of them, to be held against those of an earlier program.

`python tests/golden_numbers.py` writes tests/publish/golden anew from what the program says now. That is right after a committed
run was measured again, or a figure defined anew, and wrong after anything else.
"""

import csv
import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

from pyuibench.entries.catalog import find_entries
from pyuibench.entries.claims import all_claims
from pyuibench.figures.base import Figure
from pyuibench.figures.view import RunView
from pyuibench.project import APPS, RESULTS
from pyuibench.publish.documents import written
from pyuibench.publish.report import illustrations
from pyuibench.publish.report.build import report_of
from pyuibench.publish.rows import figure_rows
from pyuibench.publish.talk.charted import charts_of
from pyuibench.publish.talk.slides import slides
from pyuibench.publish.verdicts import verdicts
from pyuibench.results.store import load

GOLDEN = Path(__file__).parent / "publish" / "golden"
RUNS = ("reference", "tax", "far", "load", "neighbours", "workers")
NUMBERS = ["value", "low", "high", "ratio", "ratio_low", "ratio_high", "samples", "boots"]
NO_FIGURES = {"plan", "versions", "variants", "claims", "remarks", "delays.all"}
"""Tables of a report, by their regions' names or their ids, that tell what was run, or what entries say, and no figure."""


class Tables(HTMLParser):
    """Collects the numbers in the cells of a page's tables, footnotes left out."""

    def __init__(self, text):
        super().__init__()
        self.tables, self._region, self._id, self._in_cell, self._in_note = [], "", "", False, False
        self.feed(re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL))

    def handle_starttag(self, tag, attributes):
        if tag == "div":
            self._region = dict(attributes).get("aria-label", "")
        elif tag == "h3":
            self._id = dict(attributes).get("id", "")
        elif tag == "table":
            self.tables.append(({self._region, self._id}, []))
            self._id = ""
        self._in_cell = tag == "td" or (self._in_cell and tag != "th")
        self._in_note = tag == "sup" or self._in_note

    def handle_endtag(self, tag):
        self._in_cell = self._in_cell and tag != "td"
        self._in_note = self._in_note and tag != "sup"

    def handle_data(self, data):
        if self._in_cell and not self._in_note and self.tables:
            self.tables[-1][1].extend(numbers(data))


def numbers(text):
    return re.findall(r"\N{MINUS SIGN}?\d[\d.,]*", text)


def in_tables(html):
    """Return the numbers in the cells of each table that has some, in an order that doesn't depend on that of the sections."""
    return sorted(found for names, found in Tables(html).tables if found and not names & NO_FIGURES)


def in_markdown(text):
    """Return the numbers in the rows of tables of Markdown; headings, the first column and links to notes left out."""
    found = re.findall(r"^\| (?!---)(.*)$(?!\n\| ---)", text, re.MULTILINE)
    cells = (re.sub(r"\[\^[\w-]+\]", "", line).split(" | ", 1)[1] for line in found)
    return sorted(kept for line in cells if (kept := numbers(line)))


def in_intervals(text):
    """Return the ends of intervals in a text."""
    return [numbers(inside) for inside in re.findall(r"\[([^\[\]%]*,[^\[\]%]*)\]", text)]


def figures(view):
    """Return (figure, variant) -> NUMBERS, of every figure that has a value."""
    return {
        (row.figure, variant): [
            cell.value,
            cell.low,
            cell.high,
            cell.ratio,
            cell.ratio_low,
            cell.ratio_high,
            cell.n,
            cell.boots,
        ]
        for row in figure_rows(view)
        for variant, cell in row.cells.items()
        if cell.value is not None
    }


def decided(view, claims):
    """Return the test of each claim about an entry of a run -> verdict, figure and interval."""
    found = {}
    for it in verdicts(view, claims):
        if it.claim.test:
            estimate = it.figure.estimate if isinstance(it.figure, Figure) else None
            ends = [estimate.value, estimate.low, estimate.high] if estimate else []
            found[f"{it.entry} {it.claim.test.model_dump_json()}"] = [it.verdict, *ends]
    return found


def shown(view, claims):
    """Return what the outputs of a run say, by output."""
    texts = report_of(view, claims)
    parts = written(view)
    return {
        "report.html": in_tables(texts["report.html"]),
        "report.md": in_markdown(texts["report.md"]),
        "document": {part: in_markdown(text) for part, text in parts.items()},
        "in short": {part: in_intervals(text) for part, text in parts.items() if part.endswith("in short")},
        "claims": decided(view, claims),
    }


def said(views, claims):
    """Return figure -> the intervals that the speaker is told of."""
    drawn = charts_of(views)
    deck = {slide.title: slide for slide in slides(views, drawn, claims, "")}
    return {chart.row.figure: in_intervals(deck[chart.title].notes) for chart in drawn}


def read_figures(run):
    """Return (figure, variant) -> the golden numbers of a run."""
    with gzip.open(GOLDEN / "figures.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if row["run"] == run]
    return {(row["id"], row["variant"]): [float(row[name]) if row[name] else None for name in NUMBERS] for row in rows}


def read_shown():
    return json.loads(gzip.decompress((GOLDEN / "shown.json.gz").read_bytes()))


def without_charts(monkeypatch):
    """Leave the charts of reports out, which take the most time and show the tables' figures again."""
    monkeypatch.setattr(illustrations, "DRAWN", {})


def write():
    claims = all_claims(find_entries([APPS]).values())
    views = [RunView(load(RESULTS / name)) for name in RUNS]
    illustrations.DRAWN = {}
    GOLDEN.mkdir(exist_ok=True)
    rows = [(view.run.directory.name, *place, *them) for view in views for place, them in figures(view).items()]
    frame = pd.DataFrame(rows, columns=["run", "id", "variant", *NUMBERS])
    frame.to_csv(GOLDEN / "figures.csv.gz", index=False, compression={"method": "gzip", "mtime": 1})
    told = {view.run.directory.name: shown(view, claims) for view in views} | {"talk": said(views, claims)}
    (GOLDEN / "shown.json.gz").write_bytes(gzip.compress(json.dumps(told).encode(), mtime=1))


if __name__ == "__main__":
    write()
