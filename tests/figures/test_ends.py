"""The headline's ends are chosen once: visible and painted, and right in a run that is older than the look at what is visible."""

import re
from dataclasses import replace

import pytest
from looked_up import cells_of, value_of

from pyuibench.figures import ends, latency, registry
from pyuibench.figures.answers import QUICKEST, answers
from pyuibench.figures.base import Pair, SideBySide
from pyuibench.figures.ends import ENDS, PAINTED, RIGHT, VISIBLE
from pyuibench.figures.samples import Case
from pyuibench.figures.view import RunView
from pyuibench.publish.compare import compare
from pyuibench.publish.rows import first_rows
from pyuibench.publish.site.base import Site
from pyuibench.publish.site.pages.choose import criteria
from pyuibench.publish.site.pages.index import PAGE
from pyuibench.publish.talk.charted import charts_of

CLICK = Case("app", "unrelated", "increment")
CHOICE = "latency.unrelated.increment"


@pytest.fixture(params=[True, False], ids=["seen", "older"])
def seen(request):
    return request.param


@pytest.fixture
def run(write_run, seen):
    return write_run(seen=seen)


@pytest.fixture
def view(run):
    return RunView(run)


@pytest.fixture
def its(seen):
    """Return the ids of the ends that the headline should have."""
    return ["visible", "painted"] if seen else ["browser"]


def test_the_headline_ends_follow_from_the_run(view, its, seen):
    assert [end.id for end in ends.headline_ends(view)] == its
    assert ends.headline_end(view) is (VISIBLE if seen else RIGHT)
    assert ("older than the look at what a person can see" in ends.about(view)) == (not seen)


def test_a_run_on_the_wire_alone_is_not_taken_for_an_older_one(write_run):
    run = write_run()
    wire = replace(run, interactions=run.interactions[run.interactions["instrument"] == "wire"])
    assert ends.headline_ends(RunView(wire)) == (VISIBLE, PAINTED)


def test_a_choice_names_the_figures_that_a_run_is_read_by(view, its):
    assert [spec.id for spec in registry.chosen(CHOICE, view)] == [f"{CHOICE}.{id}" for id in its]
    assert [row.figure for row in first_rows([view], CHOICE)] == [f"{CHOICE}.{id}" for id in its]
    # What it names is declared once.
    ids = [spec.id for spec in registry.figures_of(view)]
    assert len(ids) == len(set(ids))
    assert {f"{CHOICE}.{end.id}" for end in ENDS} <= set(ids)


def test_a_figure_names_itself_and_nothing_else_is_a_choice(view):
    assert [spec.id for spec in registry.chosen("memory.idle_pss", view)] == ["memory.idle_pss"]
    for id in ("latency", "latency.unrelated", "rerun_tax.at"):
        with pytest.raises(KeyError):
            registry.choice_id(id)


def test_the_headline_table_has_them_side_by_side(view, seen):
    cell = cells_of(latency.headline(view))["unrelated · increment"]
    assert cell.not_ok == "3/18 not ok"
    if seen:
        assert isinstance(cell, SideBySide)
        assert [pair.label for pair in cell.pairs] == ["visible", "painted"]
        assert [pair.figure.estimate.value for pair in cell.pairs] == pytest.approx([37.9, 40.9], abs=0.1)
    else:
        assert isinstance(cell, Pair)
        assert cell.figure.estimate.value == pytest.approx(32.9, abs=0.1)


def test_the_table_of_a_case_leads_with_them_and_has_the_others_as_diagnostics(view, seen):
    table = next(it for it in latency.case_tables(view) if it.id.endswith("unrelated.increment"))
    medians = [column.label for column in table.columns if column.label.endswith(" median")]
    of_the_others = ["painted median", "right median"] if seen else ["visible median", "painted median"]
    assert medians == ["visible median" if seen else "right median", *of_the_others, "sent median"]
    assert len({len(row.cells) for row in table.rows} | {len(table.columns)}) == 1
    shown = cells_of(table)
    assert shown["ratio to baseline"].estimate.value == pytest.approx(38 / 16 if seen else 3, rel=0.01)
    assert ("painted, ratio to baseline" in shown) == seen


def test_places_and_precision_are_of_the_first_of_them(run, seen):
    rows = run.interactions.copy()
    rows.loc[rows["entry"] == "maple", "visible_ms"] *= 1 + rows["block"] / 10
    assert (latency.widest(RunView(replace(run, interactions=rows))) > 0.1) == seen
    rows.loc[rows["instrument"] == "browser", "visible_ms"] = None
    assert latency.ranked(RunView(replace(run, interactions=rows)), CLICK)


def test_a_diagnostic_variant_holds_no_place(run):
    view = RunView(run)
    assert "maple/app" in {place.name for place in latency.ranked(view, CLICK)}
    view.variants = tuple(replace(it, role="diagnostic") if it.name == "app" else it for it in view.variants)
    assert "maple/app" not in {place.name for place in latency.ranked(view, CLICK)}


def test_the_answer_says_both(view, seen):
    (found,) = [it for it in answers([view]) if it.id == QUICKEST.id]
    told = found.sentences[0]
    assert (re.search(r"37\.9 ms \[[^]]+\] until visible .* and 40\.9 ms until painted\.$", told) is not None) == seen
    assert ("32.9 ms [" in told) == (not seen)


def test_what_is_chosen_by_shows_both(view, seen, tmp_path):
    asked = next(it for it in criteria(Site([view], {}, tmp_path)) if it.title == "Quick small updates")
    answer = next(it for it in asked.answers if it.variant == "maple/app")
    assert answer.value == pytest.approx(37.9 if seen else 32.9, abs=0.1)
    assert answer.text == ("visible 37.9 ms, painted 40.9 ms" if seen else "32.9 ms")


def test_the_first_page_has_a_column_for_each(view, seen, tmp_path):
    headings = [heading for heading, _ in PAGE.view(Site([view], {}, tmp_path))["figures"]]
    clicks = [it for it in headings if it.startswith("a click")]
    assert clicks == (["a click, visible", "a click, painted"] if seen else ["a click"])


def test_the_talk_draws_both(view, its):
    chart = charts_of([view])[0]
    assert [row.figure for row in (chart.row, *chart.beside)] == [f"{CHOICE}.{id}" for id in its]


def test_runs_are_compared_by_them(run, its):
    changed = {it.figure for it in compare(run, run).changes}
    assert {id for id in changed if id.startswith(f"{CHOICE}.")} == {f"{CHOICE}.{id}" for id in (*its, "wire")}


def test_right_stays_a_figure_of_its_own(view):
    assert value_of(view, f"{CHOICE}.browser") == pytest.approx(32.9, abs=0.1)
