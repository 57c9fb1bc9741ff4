"""Every figure once, as in the report's tables, with its ratio to the baseline."""

from dataclasses import replace

import pytest

from pyuibench.figures import registry
from pyuibench.figures.view import RunView
from pyuibench.publish.rows import as_records, figure_rows, first_rows
from pyuibench.publish.site.base import Site
from pyuibench.publish.site.pages.choose import criteria


@pytest.fixture
def view(write_run):
    return RunView(write_run())


@pytest.fixture
def rows(view):
    return figure_rows(view)


def row_of(rows, figure):
    (row,) = [row for row in rows if row.figure == figure]
    return row


def test_latencies_have_their_ratio_paired_by_block(rows):
    cells = row_of(rows, "latency.unrelated.increment.browser").cells
    assert cells["ground/socket"].value == pytest.approx(11, rel=0.01)
    assert cells["maple/app"].value == pytest.approx(33, rel=0.01)
    assert cells["maple/app"].ratio == pytest.approx(3)
    assert cells["maple/app"].ratio_low <= 3 <= cells["maple/app"].ratio_high
    assert cells["maple/app"].text == "32.9 ms"
    assert (cells["maple/app"].n, cells["maple/app"].boots) == (15, 3)
    assert cells["maple/static"].value is None
    assert "not ready after 30 s" in cells["maple/static"].why


def test_other_figures_are_divided_by_the_baseline_s(rows):
    drag = row_of(rows, "tasks.drag.stale_after").cells
    assert drag["maple/app"].ratio == 10
    assert drag["maple/app"].ratio_low is None
    assert row_of(rows, "memory.idle_pss").cells["maple/app"].ratio is None


def test_slopes_have_no_ratio(rows):
    tax = [row for row in rows if row.section == "rerun_tax"]
    assert tax
    assert all(cell.ratio is None for row in tax for cell in row.cells.values())


def test_more_is_better_for_what_is_shown(rows):
    assert row_of(rows, "tasks.drag.states").higher_is_better
    assert not row_of(rows, "tasks.drag.stale_after").higher_is_better


def test_ids_are_unique(rows):
    assert len({row.id for row in rows}) == len(rows)


def test_a_row_has_a_value_somewhere(rows):
    assert all(any(cell.value is not None for cell in row.cells.values()) for row in rows)


def test_records_hold_every_cell(rows):
    records = list(as_records(rows))
    assert len(records) == sum(len(row.cells) for row in rows)
    assert {"run", "figure", "section", "label", "variant", "value", "missing_because", "waits_ms"} <= records[0].keys()


def test_what_is_waited_stands_with_the_figure(write_run):
    cells = row_of(figure_rows(RunView(write_run(seen=True))), "latency.global.category.pop-up.browser").cells
    assert (cells["maple/app"].text, cells["maple/app"].shown) == ("140 ms", "140 ms (waits 60.0 ms)")
    assert (cells["maple/app"].waits_ms, len(cells["maple/app"].notes)) == (pytest.approx(60), 1)
    assert (cells["ground/socket"].shown, cells["ground/socket"].notes) == ("60.0 ms", ())
    assert cells["maple/static"].shown == "boot failed: not ready after 30 s"


def asked_of(view, path):
    return {it.id: it for it in criteria(Site([view], {}, path))}


def test_what_can_be_asked_for(view, tmp_path):
    asked = asked_of(view, tmp_path)
    quick, streams = "latency.unrelated.increment.browser", "tasks.answer.states"
    assert {quick, streams, "memory.idle_pss"} <= asked.keys()
    assert "load.sessions_held" not in asked
    assert asked[streams].at_least
    answers = {it.variant: it for it in asked[quick].answers}
    assert answers["maple/app"].value == pytest.approx(33, rel=0.01)
    assert answers["maple/static"].value is None


def test_what_runs_in_the_browser_needs_no_server(write_run, tmp_path):
    run = write_run()
    entries = {**run.meta["entries"], "maple": {**run.meta["entries"]["maple"], "runs_in": "browser"}}
    wish = asked_of(RunView(replace(run, meta={**run.meta, "entries": entries})), tmp_path)["servers"]
    assert not wish.at_least
    assert {it.variant: (it.value, it.text) for it in wish.answers} == {
        "ground/socket": (1.0, "it needs a server"),
        "maple/app": (0.0, "it runs in the browser"),
        "maple/static": (0.0, "it runs in the browser"),
    }


def test_a_figure_is_that_of_the_first_run_that_has_it(view, write_run):
    bare = RunView(write_run(entries=("ground",)))
    (row,) = first_rows([bare, view], "memory.idle_pss")
    assert row.cells["maple/app"].value is not None
    assert first_rows([bare], "memory.idle_pss") == ()


def test_who_names_a_figure_that_is_not_declared_finds_out():
    assert registry.figure_id("latency.unrelated.increment.browser")
    for unknown in ("latency.unrelated.nothing.browser", "memory.loaded_pss"):
        with pytest.raises(KeyError, match="no figure"):
            registry.figure_id(unknown)
    with pytest.raises(KeyError, match="no table"):
        registry.table_id("latency")
