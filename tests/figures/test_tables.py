from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pyuibench.analysis.estimates import Estimate
from pyuibench.figures import base as cells
from pyuibench.figures import latency, measured, problems, scaling, work
from pyuibench.figures import one_offs as once
from pyuibench.figures.base import THE_BASELINE, Figure, Missing
from pyuibench.figures.format import interval, number, quantity
from pyuibench.figures.samples import Case, baseline_of, failure_of, variants, with_first_answers
from pyuibench.figures.view import Report
from pyuibench.results.store import Run

CLICK = Case("app", "unrelated", "increment")


@pytest.fixture
def report(write_run):
    return Report(write_run())


def latency_of(report, variant, case=CLICK):
    rows = next(rows for rows in latency.latency_rows(report) if rows[0].case == case)
    return next(row for row in rows if row.variant.id == variant)


def cells_of(table, label):
    row = next(row for row in table.rows if row.label == label)
    return dict(zip([column.label for column in table.columns], row.cells, strict=True))


def test_variants_begin_with_the_control_entry(report):
    assert [variant.id for variant in report.variants] == ["ground/socket", "maple/app", "maple/static"]
    assert baseline_of(report.variants).id == "ground/socket"


def test_cases_are_in_the_order_of_the_contract(report):
    assert [case.label for case in report.samples.cases] == [
        "unrelated · increment",
        "global · category",
        "drag · min_units",
        "stream · ask",
        "job · crunch",
        "busy · increment",
        *(f"grid · {size} · 0.5 ms sleep each" for size in ("1 cell", "11 cells", "101 cells")),
    ]


def test_median_leaves_out_warm_up_and_what_was_not_ok(report):
    row = latency_of(report, "maple/app")
    # Blocks 0, 1, 2 have the medians 30, 33, 36, each with two samples on either side at distance 1.
    assert row.dom.estimate.value == pytest.approx((30 * 33 * 36) ** (1 / 3))
    assert (row.dom.estimate.n, row.dom.estimate.boots) == (15, 3)
    assert row.boot_medians == (30, 33, 36)
    assert (row.browser_not_ok, row.browser_all) == (3, 18)
    assert row.painted.estimate.value == pytest.approx((38 * 41 * 44) ** (1 / 3))


def test_ratio_is_to_the_baseline(report):
    assert latency_of(report, "maple/app").ratio.estimate.value == pytest.approx(3)
    assert latency_of(report, "ground/socket").ratio == THE_BASELINE


def test_wire_apart_by_sessions(report):
    row = latency_of(report, "maple/app")
    assert (row.service.estimate.value, row.response.estimate.value, row.response_p95.estimate.value) == pytest.approx(
        (12, 48, 48)
    )
    assert row.wire_all == 18


def test_p95_from_few_samples_says_so(report):
    assert "15 samples" in latency_of(report, "maple/app").p95.note


def test_what_failed_is_missing_with_its_reason(report):
    assert latency_of(report, "maple/static").dom == Missing("boot failed: not ready after 30 s")


def test_what_is_not_applicable_says_why(report):
    row = next(row for row in scaling.tax_rows(report) if row.variant.id == "maple/static")
    assert "cells can't be made in a loop" in row.browser.reason


def test_all_wrong_gives_no_figure_but_the_most_common_reason(write_run):
    run = write_run()
    run.interactions.loc[run.interactions["scenario"] == "global", ["ok", "reason"]] = [False, "stale"]
    row = latency_of(Report(run), "maple/app", Case("app", "global", "category"))
    assert row.dom == Missing("9 of 9 not ok, none gave a figure; most often: stale")


def test_too_few_boots_have_no_interval(write_run):
    estimate = latency_of(Report(write_run(blocks=2)), "maple/app").dom.estimate
    assert (estimate.low, estimate.high, estimate.boots) == (None, None, 2)


def test_without_a_baseline_there_is_no_ratio(write_run):
    report = Report(write_run(entries=("maple",)))
    report.run.meta["entries"]["ground"]["variants"].clear()
    report = Report(report.run)
    assert report.baseline is None
    assert "no baseline" in latency_of(report, "maple/app").ratio.reason


def test_headline_has_one_column_for_the_grid(report):
    table = latency.headline(report)
    assert [column.label for column in table.columns][2:] == ["grid · 101 cells · 0.5 ms sleep each"]
    pair = cells_of(table, "app")["unrelated · increment"]
    assert (pair.figure.estimate.value, pair.ratio.estimate.value) == pytest.approx((32.9, 3), abs=0.01)
    assert pair.not_ok == "3/18 not ok"


def test_outputs_apart(report):
    (table,) = latency.output_tables(report)
    shown = cells_of(table, "app")
    assert shown["KPIs (text only)"].estimate.value == pytest.approx(101)
    assert shown["chart"].estimate.value == pytest.approx(140)
    assert shown["KPIs, ratio to baseline"].estimate.value == pytest.approx(101 / 21)
    assert cells_of(table, "socket")["KPIs, ratio to baseline"] == THE_BASELINE


def test_tax_tells_user_code_from_the_frameworks_own(report):
    row = next(row for row in scaling.tax_rows(report) if row.variant.id == "maple/app")
    slopes = [figure.estimate.value for figure in (row.browser, row.user_code, row.own)]
    assert slopes == pytest.approx([0.75, 0.5, 0.25])
    work = [(figure.estimate.value, figure.unit) for figure in (row.calls, row.cpu, row.bytes_down)]
    assert work == [
        (pytest.approx(1), "calls/cell"),
        (pytest.approx(0.1), "ms/cell"),
        (pytest.approx(40), "B/cell"),
    ]
    assert [size for size, _ in row.points] == [1, 11, 101]
    baseline = next(row for row in scaling.tax_rows(report) if row.variant.id == "ground/socket")
    assert baseline.browser.estimate.value == pytest.approx(0)


def test_user_code_per_interaction(report):
    calls, times = work.user_code_tables(report)
    assert cells_of(calls, "app")["unrelated · increment"].estimate.value == pytest.approx(3)
    assert cells_of(times, "app")["unrelated · increment"].estimate.value == pytest.approx(1.5)


def test_calls_are_told_as_a_multiple_of_those_needed(report):
    # A click on increment needs one call, and the invented maple makes three.
    assert cells_of(work.amplification_table(report), "app")["unrelated · increment"].estimate.value == 3


@pytest.mark.parametrize(
    ("scenario", "control", "needed"),
    [("unrelated", "name", 1), ("local", "granularity", 2), ("global", "category", 5), ("load", "cold", 7)],
)
def test_needed_calls_by_hand(scenario, control, needed):
    """KPIs, chart, caption and rows are a function each, of orders selected first; a load shows count and greeting too."""
    assert work.needed_calls(Case("app", scenario, control)) == needed


def test_bytes_of_browser_and_wire_apart(report):
    shown = {table.title: cells_of(table, "app") for table in work.bytes_tables(report)}
    assert shown["Bytes down per interaction, browser"]["increment"].estimate.value == pytest.approx(4321)
    assert shown["Bytes down per interaction, wire"]["unrelated · increment"].estimate.value == pytest.approx(2500)


def test_measurements(report):
    shown = cells_of(measured.measured_table(report, "Memory", measured.MEMORY), "app")
    assert shown["idle PSS"].estimate.value == pytest.approx(123_000_001)
    assert shown["JS heap"] == Missing("the heap was not told")


def test_problems_are_counted(report):
    assert problems.failures(report.run) == (
        cells.Problem("maple/static", "app page: boot", "not ready after 30 s", 3),
    )
    (problem,) = problems.not_ok(report.run)
    assert (problem.where, problem.reason, problem.count, problem.total) == ("maple/app", "count stayed at <3>", 3, 21)


def test_problems_that_differ_in_their_numbers_alone_are_told_once(report):
    reasons = ["not ready after 30 s", "closed", "not ready after 12.5 s"]
    failures = report.run.failures.assign(reason=reasons)
    assert problems.failures(replace(report.run, failures=failures)) == (
        cells.Problem("maple/static", "app page: boot", "closed", 1),
        cells.Problem("maple/static", "app page: boot", "not ready after 12.5 s, and like it", 2),
    )


def test_environment_failure_counts_for_every_page(report):
    failures = report.run.failures.assign(step="environment")
    static = next(variant for variant in variants(report.run) if variant.name == "static")
    assert failure_of(failures, static, "grid", "browser") == "environment failed: not ready after 30 s"
    assert failure_of(report.run.failures, static, "grid", "browser") is None


@pytest.mark.parametrize(
    ("low", "high", "unit", "wide"),
    [(9, 11, "ms", False), (5, 11, "ms", True), (None, None, "ms", False), (0, 99, "ms/cell", False)],
)
def test_wide_intervals_are_told(low, high, unit, wide):
    assert Figure(Estimate(10, low, high, 5, 5), unit).is_wide is wide


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.01234, "0.0123"),
        (1.005, "1.00"),
        (9.996, "10.0"),
        (12.34, "12.3"),
        (99.96, "100"),
        (1234.5, "1,234"),
        (-2.5, "\N{MINUS SIGN}2.50"),
    ],
)
def test_number(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12.34, "ms", "12.3 ms"),
        (1500, "bytes", "1.50 kB"),
        (999, "bytes", "999 B"),
        (2.5e9, "bytes", "2.50 GB"),
        (1234, "count", "1,234"),
        (2.5, "count", "2.50"),
        (0.123, "share", "12.3 %"),
        (3, "ratio", "3.00\N{MULTIPLICATION SIGN}"),
    ],
)
def test_quantity(value, unit, text):
    assert quantity(value, unit) == text


def test_interval():
    assert interval(Estimate(2, 1.5, 2.5, 9, 3), "ratio") == "[1.50, 2.50]"
    assert interval(Estimate(2, None, None, 9, 1), "ms") == "[no interval: 1 boot]"


def test_the_first_answer_of_a_boot_is_its_start_and_its_first_session():
    figures = pd.DataFrame(
        [
            ("a", "boot_ready_ms", 500.0),
            ("a", "first_session_ms", 40.0),
            ("b", "boot_ready_ms", 700.0),
            ("b", "first_session_ms", None),
            ("c", "boot_ready_ms", 900.0),
        ],
        columns=["boot", "metric", "value"],
    )
    run = Run(Path(), {}, figures, figures, figures)
    added = with_first_answers(run).measurements.iloc[len(figures) :]
    assert added.to_numpy().tolist() == [["a", "first_answer_ms", 540.0]]


def test_tasks_are_in_a_table_of_their_own(report):
    table = once.tasks_table(report)
    shown = cells_of(table, "app")
    values = {label: cell.estimate.value for label, cell in shown.items() if isinstance(cell, Figure)}
    assert values == pytest.approx(
        {
            "drag: stale after": 70,
            "drag: states shown": 12,
            "answer: first token": 70,
            "answer: end": 70,
            "answer: states shown": 4,
            "answer: longest gap": 900,
            "job: end": 70,
            "job: states shown": 2,
            "click beside own job": 140,
        }
    )
    assert shown["upload"] == Missing("not measured in this run")
    assert shown["answer: end"].note == "in words, not tokens"
    headline = [column.label for column in latency.headline(report).columns]
    assert not [label for label in headline if label.startswith(("drag", "stream", "job", "busy"))]


def test_a_run_without_tasks_has_no_table_of_them(write_run):
    run = write_run()
    kept = run.interactions[~run.interactions["scenario"].isin(["drag", "stream", "job", "busy"])]
    assert once.tasks_table(Report(replace(run, interactions=kept))).rows == ()


def test_a_run_made_before_states_were_kept_can_be_read(write_run):
    run = write_run()
    old = replace(run, interactions=run.interactions.drop(columns="update_ms"))
    assert isinstance(cells_of(once.tasks_table(Report(old)), "app")["answer: states shown"], Missing)


def test_what_survives_is_told_in_a_word_and_how_long_it_took(report):
    table = once.resilience_table(report)
    assert cells_of(table, "app") == {
        "connection cut for 2 s": "kept, 1.2 s",
        "page reloaded": Missing("not measured in this run"),
        "server restarted": "dead",
    }
    assert cells_of(table, "static")["page reloaded"] == Missing("boot failed: not ready after 30 s")


def test_delays_are_the_variants_own_or_the_entrys(report):
    table = once.delays_table(report)
    assert [row.label for row in table.rows] == ["app", "static"]
    assert cells_of(table, "app")["name"] == "debounced by 50 ms"
    assert cells_of(table, "static")["name"] == "throttled by 9 ms"
    assert cells_of(table, "app")["increment"] == Missing("not stated")


def test_caveats_and_what_is_not_applicable_are_told(report):
    said = {(remark.where, remark.what): remark.reason for remark in once.remarks(report)}
    assert said == {
        ("maple/app", "crowd"): "its sessions share a state",
        ("maple/app", "stream"): "in words, not tokens",
        ("maple/static", "grid: not applicable"): "cells can't be made in a loop",
    }
    assert latency_of(report, "maple/app").response.note == "its sessions share a state"


def test_a_framework_built_on_another_says_so(report):
    assert {variant.title for variant in report.variants} == {"Ground", "Maple <ui> (on Sap)"}


def test_a_wire_slower_than_the_browser_is_doubted(write_run):
    run = write_run()
    assert latency.wire_above_browser(Report(run)) == ()
    rows = run.interactions.copy()
    slow = (rows["entry"] == "maple") & (rows["instrument"] == "wire") & (rows["sessions"] == 1)
    rows.loc[slow, "service_ms"] = 44.0
    (doubt,) = latency.wire_above_browser(Report(replace(run, interactions=rows)))
    assert (doubt.where, doubt.what) == ("maple/app", "unrelated · increment")
    assert doubt.reason == "wire service 44.0 ms, browser dom 32.9 ms"


def test_places_are_those_that_the_samples_do_not_rule_out(report):
    case = next(case for case in report.samples.cases if case.label == "unrelated · increment")
    assert latency.places_of(report, case) == {"maple/app": "1 of 1"}
    table = latency.latency_table(report, next(rows for rows in latency.latency_rows(report) if rows[0].case == case))
    assert cells_of(table, "app")["places"] == "1 of 1"
    assert cells_of(table, "static")["places"] == "none"
