"""A run of chats, on the real baseline: at the pace that is asked for, level by level."""

import numpy as np
import pytest

from pyuibench.entries.catalog import find_entries
from pyuibench.experiments.kinds.chat import Chat
from pyuibench.experiments.manifest import Request
from pyuibench.experiments.plan import make_plan
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.request import Progress, new_run
from pyuibench.experiments.selection import Selection, selection
from pyuibench.project import APPS
from pyuibench.results.store import load
from workload.tasks import ANSWER_TOKENS

BASELINE = find_entries([APPS])["baseline"]
PACES = (100.0, 400.0)
SMALL = Profile(
    "small", 1, (Chat(paces=PACES, levels=(1, 3), few=(1, 3), warmup_s=0.5, least_hold_s=2.5, rest_ms=200.0),)
)
TIMER_STEP_MS = 1.0
"""uvloop, which serves the baseline, wakes a sleeper up to a millisecond early: its timers count whole milliseconds."""
QUIET = Progress(preparing=lambda entry: None, start=lambda plan: None, done=lambda cell, failures: None)


def test_each_pace_has_a_boot_and_the_baseline_one_transport():
    plan = make_plan(SMALL, (*BASELINE.variants, BASELINE.again), Selection(), 1)
    assert {(it.origin.variant, it.origin.tokens_per_s) for it in plan} == {("websocket", pace) for pace in PACES}


def test_nothing_is_asked_where_answers_are_not_measured():
    assert not make_plan(SMALL, BASELINE.variants, selection(["unrelated"], []), 1)
    assert not make_plan(SMALL, BASELINE.variants, selection([], ["browser"]), 1)


@pytest.mark.servers
def test_answers_come_at_the_pace_that_is_asked_for(tmp_path):
    asked = Request(SMALL, selection((), ["wire"]), (BASELINE.variant("websocket"),), 5)
    run = load(new_run(asked, tmp_path / "run", QUIET, lambda run: None))
    assert run.failures.empty
    rows = run.interactions[run.interactions["held"].astype(bool)]
    assert rows["ok"].all()
    assert set(rows["scenario"]) == {"stream"}
    for pace in PACES:
        own = rows[rows["tokens_per_s"] == pace]
        # One more than was asked for may still be open when a level is judged.
        assert {1, 3} <= set(own["sessions"])
        assert own["service_ms"].min() >= ANSWER_TOKENS / pace * 1e3 - TIMER_STEP_MS
        gaps = np.concatenate([np.diff(it) for it in own["update_ms"]])
        assert np.mean(gaps) == pytest.approx(1e3 / pace, rel=0.3)
