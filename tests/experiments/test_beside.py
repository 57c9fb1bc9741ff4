"""A run of neighbours: clicks beside another session's job, and a browser alone and beside sessions, on the real baseline."""

import pytest

from pyuibench.entries.catalog import find_entries
from pyuibench.experiments import run as runner
from pyuibench.experiments.plan import Profile, selection
from pyuibench.experiments.request import Progress, Request, new_run
from pyuibench.project import APPS
from pyuibench.results.store import NEIGHBOUR, load

BASELINE = find_entries([APPS])["baseline"].variant("websocket")
SMALL = Profile(
    name="small",
    blocks=1,
    rounds=0,
    warmup_rounds=0,
    grid_cells=(),
    grid_actions=0,
    crowd_sessions=1,
    crowd_actions=0,
    crowd_interval_ms=200.0,
    task_blocks=0,
    truths=(),
    load_hold_s=2.5,
    load_browser_rounds=1,
    load_browser_sessions=2,
    load_neighbours=2,
)
QUIET = Progress(preparing=lambda entry: None, start=lambda plan: None, done=lambda cell, failures: None)

pytestmark = [pytest.mark.servers, pytest.mark.browser]


def run_in(directory):
    return load(new_run(Request(SMALL, selection((), ["browser", "wire"]), (BASELINE,), 5), directory / "run", QUIET))


def test_all_of_it(tmp_path):
    run = run_in(tmp_path)
    assert run.failures.empty
    counted = run.interactions[~run.interactions["warmup"].astype(bool)]
    clicks = counted[counted["role"] == NEIGHBOUR]
    for _, own in clicks.groupby("grid_cost_kind"):
        assert set(own["scenario"]) == {"unrelated", "neighbour", "job"}
        # The first session alone has jobs run, and does nothing else.
        assert set(own.loc[own["scenario"] == "job", "session"]) == {0}
        assert set(own.loc[own["scenario"] == "neighbour", "session"]) == {1, 2}
    assert set(clicks["grid_cost_kind"]) == {"sleep", "cpu"}
    browser = counted[counted["instrument"] == "browser"]
    assert set(browser["sessions"]) == {1, 2}
    assert browser["ok"].all()
    alone, beside = (browser[browser["sessions"] == sessions] for sessions in (1, 2))
    assert alone["user_code_ms"].notna().any()
    assert beside["user_code_ms"].isna().all()


def test_sessions_that_do_not_open_beside_the_browser_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "run_load", lambda *_: None)
    (failure,) = run_in(tmp_path).failures.itertuples()
    assert failure.step == "browser, alone and beside sessions"
    assert failure.reason == "the 2 sessions that were to act beside the browser didn't all open"
