"""What stands beside a figure that is in part a wait: measured where that is longer than any page needs, and as it is stated."""

from dataclasses import replace

import pytest
from looked_up import cells_of, result_of, variant_of

from pyuibench.analysis.waits import LIMIT_MS
from pyuibench.figures import latency, waits
from pyuibench.figures.base import Waits
from pyuibench.figures.samples import Case
from pyuibench.figures.view import RunView

FILTER, CLICK = "latency.global.category.pop-up.browser", "latency.unrelated.increment.browser"
STATED = "By design: 50 ms until the page sends, 9 ms until the server takes it up (debounce.ts). A debounce"


@pytest.fixture
def seen(write_run):
    return write_run(seen=True)


def sent(run, entry, ms):
    """Return the run with another time at which an entry's page sends."""
    rows = run.interactions.copy()
    rows.loc[(rows["entry"] == entry) & (rows["instrument"] == "browser"), "sent_ms"] = ms
    return RunView(replace(run, interactions=rows))


def test_a_wait_stands_beside_the_figure_with_what_is_stated_of_it(seen):
    assert result_of(RunView(seen), FILTER).waits == Waits(pytest.approx(60), (STATED,))


def test_what_is_sent_at_once_has_nothing_beside_it(seen):
    assert result_of(RunView(seen), CLICK).waits == Waits()


def test_the_baseline_waits_for_nothing(seen):
    assert result_of(sent(seen, "ground", 500.0), FILTER, "ground/socket").waits == Waits()


@pytest.mark.parametrize(("over_ms", "is_shown"), [(LIMIT_MS - 0.5, False), (LIMIT_MS + 0.5, True)])
def test_what_the_baseline_s_page_needs_too_is_no_wait(seen, over_ms, is_shown):
    at = sent(seen, "maple", 1.0 + over_ms)
    assert (result_of(at, CLICK).waits.sent_ms is not None) == is_shown


def test_without_a_baseline_all_of_it_counts(seen, write_run):
    run = write_run(entries=("maple",), seen=True)
    without = {**run.meta["entries"], "ground": {**run.meta["entries"]["ground"], "variants": {}}}
    view = RunView(replace(run, meta={**run.meta, "entries": without}))
    assert view.baseline is None
    assert result_of(view, FILTER).waits.sent_ms == pytest.approx(60)


def test_a_run_that_did_not_note_it_has_what_is_stated(write_run):
    assert result_of(RunView(write_run()), FILTER).waits == Waits(None, (STATED,))


def test_a_run_of_before_that_states_it_in_words_has_no_number_to_show(write_run):
    run = write_run()
    entries = {**run.meta["entries"], "maple": {**run.meta["entries"]["maple"], "delays": {"category": "a while"}}}
    assert result_of(RunView(replace(run, meta={**run.meta, "entries": entries})), FILTER).waits == Waits()


def test_every_time_of_the_browser_has_it(seen):
    view = RunView(seen)
    case = Case("app", "global", "category", way="pop-up")
    rows = next(rows for rows in latency.latency_rows(view) if rows[0].case == case)
    row = next(row for row in rows if row.variant.id == "maple/app")
    times = (row.right, row.p95, row.visible, row.painted)
    assert [it.waits.sent_ms for it in times] == pytest.approx([60] * 4)
    assert row.sent.waits == Waits()
    (outputs,) = latency.output_tables(view)
    assert cells_of(outputs)["chart"].waits.sent_ms == pytest.approx(60)


def test_on_the_wire_only_the_server_waits(seen):
    variant = variant_of(RunView(seen), "maple/app")
    said = waits.stated(variant, ["increment", "category"], in_page=False)
    assert said == ("By design: 9 ms until the server takes it up (debounce.ts). A debounce",)


def test_a_task_counts_from_its_gesture_too(seen):
    rows = seen.interactions.copy()
    rows.loc[(rows["entry"] == "maple") & (rows["scenario"] == "stream"), "sent_ms"] = 60.0
    view = RunView(replace(seen, interactions=rows))
    assert result_of(view, "tasks.answer.first_token").waits.sent_ms == pytest.approx(60)
    assert result_of(view, "tasks.answer.longest_gap").waits == Waits()


def test_it_is_said_whether_waits_were_measured(seen, write_run):
    assert f"over {LIMIT_MS:g} ms more than the baseline's" in waits.about(RunView(seen))
    assert "didn't measure them" in waits.about(RunView(write_run()))
