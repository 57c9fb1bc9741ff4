"""Latencies: what counts, ratios, p95s, places, and when each output was right."""

from dataclasses import replace

import pytest
from looked_up import cells_of

from pyuibench.figures import latency
from pyuibench.figures.base import THE_BASELINE, Missing
from pyuibench.figures.ends import RIGHT
from pyuibench.figures.samples import Case
from pyuibench.figures.view import RunView

CLICK = Case("app", "unrelated", "increment")


def latency_of(view, variant, case=CLICK):
    rows = next(rows for rows in latency.latency_rows(view) if rows[0].case == case)
    return next(row for row in rows if row.variant.id == variant)


@pytest.fixture
def view(write_run):
    return RunView(write_run())


def test_median_leaves_out_warm_up_and_what_was_not_ok(view):
    row = latency_of(view, "maple/app")
    # Blocks 0, 1, 2 have the medians 30, 33, 36, each with two samples on either side at distance 1.
    assert row.right.estimate.value == pytest.approx((30 * 33 * 36) ** (1 / 3))
    assert (row.right.estimate.n, row.right.estimate.boots) == (15, 3)
    assert row.boot_medians == (30, 33, 36)
    assert (row.browser_not_ok, row.browser_all) == (3, 18)
    assert row.painted.estimate.value == pytest.approx((38 * 41 * 44) ** (1 / 3))


def test_what_could_be_seen_and_what_was_sent(write_run):
    run = write_run()
    rows = run.interactions
    seen = rows.assign(visible_ms=rows["right_ms"] + 2, sent_ms=rows["right_ms"] - 20)
    row = latency_of(RunView(replace(run, interactions=seen)), "maple/app")
    assert row.visible.estimate.value == pytest.approx((32 * 35 * 38) ** (1 / 3))
    assert row.sent.estimate.value == pytest.approx((10 * 13 * 16) ** (1 / 3))


def test_an_older_run_says_why_it_does_not_know_that(view):
    row = latency_of(view, "maple/app")
    assert row.visible == Missing("this run was measured before the harness looked at what can be seen")
    assert row.sent == Missing("the page sent nothing, or the run was measured before that was noted")


def test_ratio_is_to_the_baseline(view):
    assert latency_of(view, "maple/app").headline[RIGHT].ratio.estimate.value == pytest.approx(3)
    assert latency_of(view, "ground/socket").headline[RIGHT].ratio == THE_BASELINE


def test_wire_apart_by_sessions(view):
    row = latency_of(view, "maple/app")
    assert (row.service.estimate.value, row.response.estimate.value, row.response_p95.estimate.value) == pytest.approx(
        (12, 48, 48)
    )
    assert row.wire_all == 18
    assert row.response.note == "its sessions share a state"


def test_p95_from_few_samples_says_so(view):
    assert "15 samples" in latency_of(view, "maple/app").p95.note


def test_what_failed_is_missing_with_its_reason(view):
    assert latency_of(view, "maple/static").right == Missing("boot failed: not ready after 30 s")


def test_all_wrong_gives_no_figure_but_the_most_common_reason(write_run):
    run = write_run()
    run.interactions.loc[run.interactions["scenario"] == "global", ["ok", "reason"]] = [False, "stale"]
    row = latency_of(RunView(run), "maple/app", Case("app", "global", "category", way="pop-up"))
    assert row.right == Missing("9 of 9 not ok, none gave a figure; most often: stale")


def test_too_few_boots_have_no_interval(write_run):
    estimate = latency_of(RunView(write_run(blocks=2)), "maple/app").right.estimate
    assert (estimate.low, estimate.high, estimate.boots) == (None, None, 2)


def test_without_a_baseline_there_is_no_ratio(write_run):
    view = RunView(write_run(entries=("maple",)))
    view.run.meta["entries"]["ground"]["variants"].clear()
    view = RunView(view.run)
    assert view.baseline is None
    assert "no baseline" in latency_of(view, "maple/app").headline[RIGHT].ratio.reason


def test_headline_has_one_column_for_the_grid(view):
    table = latency.headline(view)
    assert [column.label for column in table.columns][2:] == ["grid · 101 cells · 0.5 ms sleep each"]
    pair = cells_of(table, "app")["unrelated · increment"]
    assert (pair.figure.estimate.value, pair.ratio.estimate.value) == pytest.approx((32.9, 3), abs=0.01)
    assert pair.not_ok == "3/18 not ok"


def test_outputs_apart(view):
    (table,) = latency.output_tables(view)
    shown = cells_of(table, "app")
    assert shown["KPIs (text only)"].estimate.value == pytest.approx(101)
    assert shown["chart"].estimate.value == pytest.approx(140)
    assert shown["KPIs, ratio to baseline"].estimate.value == pytest.approx(101 / 21)
    assert cells_of(table, "socket")["KPIs, ratio to baseline"] == THE_BASELINE


def test_a_wire_slower_than_the_browser_is_doubted(write_run):
    run = write_run()
    assert latency.wire_above_browser(RunView(run)) == ()
    rows = run.interactions.copy()
    slow = (rows["entry"] == "maple") & (rows["instrument"] == "wire") & (rows["sessions"] == 1)
    rows.loc[slow, "service_ms"] = 44.0
    (doubt,) = latency.wire_above_browser(RunView(replace(run, interactions=rows)))
    assert (doubt.where, doubt.what) == ("maple/app", "unrelated · increment")
    assert doubt.reason == "wire service 44.0 ms, browser right 32.9 ms"


def test_places_are_those_that_the_samples_do_not_rule_out(view):
    assert latency.places_of(view, CLICK) == {"maple/app": "1 of 1"}
    table = next(it for it in latency.case_tables(view) if it.id == "latency.cases.unrelated.increment")
    assert cells_of(table, "app")["places"] == "1 of 1"
    assert cells_of(table, "static")["places"] == "none"


def in_two_ways(run):
    """Return a run whose clicks are texts: typed live in the baseline, committed with Enter in maple."""
    rows = run.interactions.copy()
    rows.loc[rows["scenario"] == "unrelated", "control"] = "name"
    run.meta["entries"]["maple"]["variants"]["app"]["ways"]["name"] = "committed"
    return RunView(replace(run, interactions=rows))


def test_what_is_done_in_different_ways_is_not_compared(write_run):
    view = in_two_ways(write_run())
    typed, committed = (Case("app", "unrelated", "name", way=way) for way in ("typed", "committed"))
    assert view.headline_cases[:2] == (typed, committed)
    own = latency_of(view, "maple/app", committed)
    assert own.right.estimate.value == pytest.approx(32.9, abs=0.01)
    because = "its text field sends every character while it is typed"
    assert own.headline[RIGHT].ratio == Missing(
        f"the baseline has no figure: not applicable to ground/socket: {because}"
    )
    because = "its text field sends a text when it is committed, with Enter"
    assert latency_of(view, "maple/app", typed).right == Missing(f"not applicable to maple/app: {because}")
    assert latency.places_of(view, typed) == {}
    assert latency.places_of(view, committed) == {"maple/app": "1 of 1"}


def test_a_gesture_is_said_where_its_figure_stands(write_run):
    view = in_two_ways(write_run())
    table = latency.headline(view)
    assert [column.label for column in table.columns][:2] == [
        "unrelated · name, typed live",
        "unrelated · name, committed with Enter",
    ]
    assert "from the press of Enter" in table.columns[1].about
    assert table.caption.endswith("Sliders are dragged by the handle by one step, from the last move.")
    for variant in (it for entry in view.run.meta["entries"].values() for it in entry["variants"].values()):
        variant["ways"] = {"min_units": "arrow"}
    caption = latency.headline(RunView(view.run)).caption
    assert caption.endswith("Sliders are moved by one press of an arrow key, from that press.")
