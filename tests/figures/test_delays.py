"""Waits by design as entries state them and as they are measured, and what else entries say of themselves."""

from dataclasses import replace

import pytest
from looked_up import result_of, value_of

from pyuibench.figures import delays
from pyuibench.figures.base import Missing
from pyuibench.figures.registry import figures_of, table_of
from pyuibench.figures.view import RunView


@pytest.fixture
def view(write_run):
    return RunView(write_run())


def test_delays_are_the_variants_own_or_the_entrys(view):
    assert [row.label for row in table_of(view, "delays.all").rows] == ["app", "static"]
    assert result_of(view, "delays.name") == "50 ms until the page sends (debounce.ts). A debounce"
    assert result_of(view, "delays.name", "maple/static") == "0 to 9 ms until the page sends (throttle.ts). A throttle"
    assert result_of(view, "delays.increment") == "none"
    assert result_of(view, "delays.cell") == Missing("not stated")


def test_a_run_of_before_has_them_in_words(write_run):
    run = write_run()
    entries = run.meta["entries"]
    maple = {**entries["maple"], "delays": {"name": "debounced by 50 ms"}}
    view = RunView(replace(run, meta={**run.meta, "entries": {**entries, "maple": maple}}))
    assert result_of(view, "delays.name") == "debounced by 50 ms"


def test_caveats_waits_and_what_is_not_applicable_are_told(view):
    said = {(remark.where, remark.what): remark.reason for remark in delays.remarks(view)}
    assert said == {
        ("maple/app", "crowd"): "its sessions share a state",
        ("maple/app", "stream"): "in words, not tokens",
        ("maple/app", "name: waits"): "50 ms until the page sends (debounce.ts). A debounce",
        ("maple/app", "category: waits"): (
            "50 ms until the page sends, 9 ms until the server takes it up (debounce.ts). A debounce"
        ),
        ("maple/static", "name: waits"): "0 to 9 ms until the page sends (throttle.ts). A throttle",
        ("maple/static", "grid: not applicable"): "cells can't be made in a loop",
    }


def test_when_the_page_sends_is_a_figure_of_each_case(write_run):
    view = RunView(write_run(seen=True))
    assert value_of(view, "sent.unrelated.increment") == pytest.approx(1)
    assert value_of(view, "sent.global.category.pop-up") == pytest.approx(60)
    assert value_of(view, "sent.grid.cell.101-cells.0_5-ms-sleep") == pytest.approx(1)
    assert len(table_of(view, "delays.sent").columns) == 3


def test_a_run_that_did_not_note_it_has_no_such_table(view):
    assert table_of(view, "delays.sent").rows == ()
    assert not [spec for spec in figures_of(view) if spec.id.startswith("sent.") and spec.is_in(view)]


def test_why_a_framework_has_no_variant_of_a_role_is_said_once(view):
    view.variants = tuple(
        replace(it, without={"tuned-shared": "no cache"}) for it in view.variants if it.entry == "maple"
    )
    said = [
        (remark.where, remark.reason) for remark in delays.remarks(view) if remark.what == "no variant tuned-shared"
    ]
    assert said == [("maple/app", "no cache")]
