"""Nothing is found by its wording: with every label, heading, title and caption reworded, all outputs show the same figures."""

import json
import re
from dataclasses import replace

import pytest
from golden_numbers import figures, in_intervals, in_markdown, in_tables

from pyuibench.entries.catalog import find_entries
from pyuibench.entries.claims import all_claims
from pyuibench.figures import registry
from pyuibench.figures.answers import answers
from pyuibench.figures.base import FigureSpec, TableSpec, spoken
from pyuibench.figures.view import RunView
from pyuibench.project import APPS, RESULTS
from pyuibench.publish.compare import compare
from pyuibench.publish.documents import written
from pyuibench.publish.report import illustrations
from pyuibench.publish.report.build import report_of
from pyuibench.publish.site.base import Site
from pyuibench.publish.site.build import build_site
from pyuibench.publish.site.pages.choose import criteria
from pyuibench.publish.talk.charted import charts_of
from pyuibench.publish.talk.slides import slides
from pyuibench.results.store import load

MARK = "reworded-"


def reworded(words):
    """Return other words, without a digit or a bracket; of a function, one that returns them."""
    if not isinstance(words, str):
        return lambda view: reworded(words(view))
    return MARK + "".join(chr(97 + ord(letter) % 26) for letter in words) if words else ""


def reworded_figure(figure):
    if isinstance(figure, FigureSpec):
        words = {name: reworded(getattr(figure, name)) for name in ("label", "about", "heading")}
        return replace(figure, **words)
    return replace(figure, members=lambda view: tuple(map(reworded_figure, figure.members(view))))


def reworded_table(table):
    if isinstance(table, TableSpec):
        return replace(table, title=reworded(table.title), caption=reworded(table.caption))
    return replace(table, make=lambda view: tuple(map(reworded_made, table.make(view))))


def reworded_made(table):
    columns = tuple(
        replace(column, label=reworded(column.label), about=reworded(column.about)) for column in table.columns
    )
    return replace(table, title=reworded(table.title), caption=reworded(table.caption), columns=columns)


def reworded_registry(known):
    return replace(
        known,
        sections={
            id: replace(it, title=reworded(it.title), about=reworded(it.about)) for id, it in known.sections.items()
        },
        figures={id: reworded_figure(it) for id, it in known.figures.items()},
        tables={id: reworded_table(it) for id, it in known.tables.items()},
    )


@pytest.fixture
def in_other_words(monkeypatch):
    """Return a function that makes something twice, as it is and reworded, and returns both."""

    def made(make):
        plain = make()
        with monkeypatch.context() as patch:
            patch.setattr(registry, "REGISTRY", reworded_registry(registry.REGISTRY))
            return plain, make()

    return made


@pytest.fixture
def on_the_cpu(write_run):
    """Return an invented run whose cells work on the CPU."""
    run = write_run()
    rows = run.interactions.assign(grid_cost_kind=run.interactions["grid_cost_kind"].replace("sleep", "cpu"))
    return replace(
        run, interactions=rows, meta={**run.meta, "created": "2026-01-02", "machine": {"cores": "2", "processor": "A"}}
    )


def committed(name):
    return RunView(load(RESULTS / name))


def deck_of(view):
    return slides([view], charts_of([view]), {}, "")


def test_every_word_is_another_in_the_reworded_registry(in_other_words):
    view = committed("far")
    plain, other = in_other_words(lambda: {spec.id: spec for spec in registry.REGISTRY.figures.values()})
    assert plain.keys() == other.keys()
    for id, spec in plain.items():
        if isinstance(spec, FigureSpec):
            assert spoken(spec.label, view) != spoken(other[id].label, view)


def test_reports(in_other_words, on_the_cpu):
    plain, other = in_other_words(lambda: report_of(RunView(on_the_cpu), {}))
    assert in_tables(plain["report.html"]) == in_tables(other["report.html"]) != []
    assert in_markdown(plain["report.md"]) == in_markdown(other["report.md"]) != []
    assert plain["report.html"].count("<svg") == other["report.html"].count("<svg")
    assert plain["report.html"].count("<section") == other["report.html"].count("<section")
    assert MARK in other["report.html"] and MARK not in plain["report.html"]


def test_the_report_of_a_committed_run(in_other_words, monkeypatch):
    monkeypatch.setattr(illustrations, "DRAWN", {})
    claims = all_claims(find_entries([APPS]).values())
    plain, other = in_other_words(lambda: report_of(committed("far"), claims))
    assert in_tables(plain["report.html"]) == in_tables(other["report.html"]) != []
    assert in_markdown(plain["report.md"]) == in_markdown(other["report.md"]) != []


@pytest.mark.parametrize("name", ["far", "load"])
def test_rows_limits_slides_and_documents(in_other_words, tmp_path, name):
    def made():
        view = committed(name)
        site = Site([view], {}, tmp_path)
        asked = [(it.id, it.at_least, it.unit, [(a.variant, a.value) for a in it.answers]) for it in criteria(site)]
        deck = deck_of(view)
        parts = written(view)
        return {
            "rows": figures(view),
            "directions": [(row.figure, row.higher_is_better, row.has_ratio) for row in site.rows],
            "limits": asked,
            "slides": [(slide.picture, in_intervals(slide.notes)) for slide in deck],
            "documents": {part: in_markdown(text) for part, text in parts.items()},
            "in short": {part: text for part, text in parts.items() if part.endswith("in short")},
            "answers": answers([view]),
        }

    plain, other = in_other_words(made)
    for what, figures_of in plain.items():
        assert figures_of, what
        assert other[what] == figures_of, what


def data_of(site):
    """Return the figures that the table draws from: those in its page, and then those in the script beside it."""
    page, script = ((site / name).read_text() for name in ("table.html", "table_rows.js"))
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*)</script>', page)[1])
    others = json.loads(script.removeprefix("addRows(").removesuffix(");\n"))
    return {**data, "rows": data["rows"] + others}


def places_of(table):
    """Return what places a figure has, and its value, by row and variant."""
    names = ("value", "low", "high", "worse", "step", "leads")
    return [
        (
            row["id"],
            row["higher"],
            variant,
            [dict(zip(table["fields"], cell, strict=False)).get(name) for name in names],
        )
        for row in table["rows"]
        for variant, cell in zip(table["orders"][row["order"]], row["cells"], strict=True)
        if isinstance(cell, list)
    ]


def test_the_site(in_other_words, on_the_cpu, tmp_path):
    def made():
        first = build_site([on_the_cpu], {}, tmp_path / "site")
        return {page.name: page.read_text() for page in first.parent.glob("*.html")}, data_of(first.parent)

    (plain, plain_table), (other, other_table) = in_other_words(made)
    assert plain.keys() == other.keys()
    for name, text in plain.items():
        # What a cell says of its samples is in its attributes, which have no label.
        assert in_tables(text) == in_tables(other[name]), name
        assert text.count("<svg") == other[name].count("<svg"), name
    assert places_of(plain_table) == places_of(other_table) != []
    assert MARK in other["table.html"] and MARK not in plain["table.html"]


def test_what_changed_between_runs(in_other_words):
    def made():
        one, two = load(RESULTS / "far"), load(RESULTS / "neighbours")
        two = replace(two, meta={**two.meta, "contract_hash": one.meta["contract_hash"]})
        return [(it.variant, it.figure, it.difference, it.is_real) for it in compare(one, two).changes]

    plain, other = in_other_words(made)
    assert plain == other != []
