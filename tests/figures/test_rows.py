"""Every figure once, as in the report's tables, with its ratio to the baseline."""

import pytest

from pyuibench.figures.rows import Cell, FigureRow, as_records, figure_rows
from pyuibench.figures.view import Report
from pyuibench.publish.site.choose import criteria


@pytest.fixture
def rows(write_run):
    return figure_rows(Report(write_run()))


def row_of(rows, section, label):
    (row,) = [row for row in rows if (row.section, row.label) == (section, label)]
    return row


def test_latencies_have_their_ratio_paired_by_block(rows):
    cells = row_of(rows, "Latency", "unrelated · increment, browser").cells
    assert cells["ground/socket"].value == pytest.approx(11, rel=0.01)
    assert cells["maple/app"].value == pytest.approx(33, rel=0.01)
    assert cells["maple/app"].ratio == pytest.approx(3)
    assert cells["maple/app"].ratio_low <= 3 <= cells["maple/app"].ratio_high
    assert cells["maple/app"].text == "32.9 ms"
    assert (cells["maple/app"].n, cells["maple/app"].boots) == (15, 3)
    assert cells["maple/static"].value is None
    assert "not ready after 30 s" in cells["maple/static"].why


def test_other_figures_are_divided_by_the_baseline_s(rows):
    drag = row_of(rows, "Tasks", "drag: stale after").cells
    assert drag["maple/app"].ratio == 10
    assert drag["maple/app"].ratio_low is None
    assert row_of(rows, "Memory", "idle PSS").cells["maple/app"].ratio is None


def test_slopes_have_no_ratio(rows):
    tax = [row for row in rows if row.section == "The rerun tax"]
    assert tax
    assert all(cell.ratio is None for row in tax for cell in row.cells.values())


def test_more_is_better_for_what_is_shown(rows):
    assert row_of(rows, "Tasks", "drag: states shown").higher_is_better
    assert not row_of(rows, "Tasks", "drag: stale after").higher_is_better


def test_ids_are_unique(rows):
    assert len({row.id for row in rows}) == len(rows)


def test_a_row_has_a_value_somewhere(rows):
    assert all(any(cell.value is not None for cell in row.cells.values()) for row in rows)


def test_records_hold_every_cell(rows):
    records = list(as_records(rows))
    assert len(records) == sum(len(row.cells) for row in rows)
    assert {"run", "section", "figure", "variant", "value", "missing_because"} <= records[0].keys()


def test_what_can_be_asked_for(rows):
    asked = {it.title: it for it in criteria(rows)}
    assert {"Quick small updates", "Live streams", "Little memory"} <= asked.keys()
    assert "Many users" not in asked
    assert asked["Live streams"].at_least
    answers = {it.variant: it for it in asked["Quick small updates"].answers}
    assert answers["maple/app"].value == pytest.approx(33, rel=0.01)
    assert answers["maple/static"].value is None


def test_what_has_started_a_server_does_not_run_in_the_browser_alone(rows):
    assert "servers" not in {it.id for it in criteria(rows)}
    started = FigureRow(
        "start", "a-run", "Start", "ready", "", "ms", False, {"a/b": Cell(7.0), "c/d": Cell(why="no boot")}
    )
    (wish,) = criteria([started])
    assert (wish.id, wish.at_least) == ("servers", False)
    assert [(it.variant, it.value, it.text) for it in wish.answers] == [("a/b", 1.0, "it needs a server")]
