"""A run of neighbours: clicks beside another session's job, and a browser alone and beside sessions, on the real baseline."""

import pytest

from pyuibench.entries.catalog import find_entries
from pyuibench.experiments import running
from pyuibench.experiments.kinds.beside import Beside
from pyuibench.experiments.kinds.neighbours import Neighbours
from pyuibench.experiments.manifest import Request
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.request import Progress, new_run
from pyuibench.experiments.selection import selection
from pyuibench.project import APPS
from pyuibench.results.store import load

BASELINE = find_entries([APPS])["baseline"].variant("websocket")
# A job takes 2 s, on a busy machine twice as long: one that began before the hold must end within it, so that another begins.
JOB_BEGINS_S = 6.0
SMALL = Profile("small", 1, (Beside(rounds=1, sessions=2), Neighbours(sessions=2, hold_s=JOB_BEGINS_S)))
QUIET = Progress(preparing=lambda entry: None, start=lambda plan: None, done=lambda cell, failures: None)

pytestmark = [pytest.mark.servers, pytest.mark.browser]


def run_in(directory):
    asked = Request(SMALL, selection((), ["browser", "wire"]), (BASELINE,), 5)
    return load(new_run(asked, directory / "run", QUIET, lambda run: None))


def test_all_of_it(tmp_path):
    run = run_in(tmp_path)
    assert run.failures.empty
    counted = run.interactions[~run.interactions["warmup"].astype(bool) & run.interactions["held"].astype(bool)]
    clicks = counted[counted["experiment"] == "neighbours"]
    for _, own in clicks.groupby("job_kind"):
        assert set(own["scenario"]) == {"unrelated", "neighbour", "job"}
        # The first session alone has jobs run, and does nothing else.
        assert set(own.loc[own["scenario"] == "job", "session"]) == {0}
        assert set(own.loc[own["scenario"] == "neighbour", "session"]) == {1, 2}
    assert set(clicks["job_kind"]) == {"sleep", "cpu"}
    browser = counted[counted["instrument"] == "browser"]
    assert set(browser["beside"]) == {0, 2}
    assert browser["ok"].all()
    alone, beside = (browser[browser["beside"] == sessions] for sessions in (0, 2))
    assert alone["user_code_ms"].notna().any()
    assert beside["user_code_ms"].isna().all()


def test_sessions_that_do_not_open_beside_the_browser_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "run_load", lambda *_: None)
    (failure,) = run_in(tmp_path).failures.itertuples()
    assert (failure.experiment, failure.instrument) == ("beside", "browser")
    assert failure.reason == "the sessions that were to act beside the browser didn't all open"
