"""What a session does once: many steps of a slider, answer, job, clicks beside a job, upload."""

from dataclasses import replace

import pytest
from looked_up import result_of

from pyuibench.figures import one_offs
from pyuibench.figures.base import Figure, Missing
from pyuibench.figures.registry import table_of
from pyuibench.figures.view import RunView


@pytest.fixture
def view(write_run):
    return RunView(write_run())


def test_tasks_are_apart_from_what_is_done_again_and_again(view):
    values = {
        figure.id.removeprefix("tasks."): shown.estimate.value
        for figure in one_offs.FIGURES
        if isinstance(shown := result_of(view, figure.id), Figure)
    }
    assert values == pytest.approx(
        {
            "drag.stale_after": 70,
            "drag.states": 12,
            "keys.stale_after": 140,
            "keys.states": 7,
            "answer.first_token": 70,
            "answer.end": 70,
            "answer.states": 4,
            "answer.longest_gap": 900,
            "job.end": 70,
            "job.states": 2,
            "busy.click": 140,
        }
    )
    assert result_of(view, "tasks.upload") == Missing("not measured in this run")
    assert result_of(view, "tasks.answer.end").note == "in words, not tokens"
    assert not {case.scenario for case in view.headline_cases} & {"drag", "keys", "stream", "job", "busy"}


def test_a_run_without_tasks_has_no_table_of_them(write_run):
    run = write_run()
    kept = run.interactions[~run.interactions["scenario"].isin(["drag", "keys", "stream", "job", "busy"])]
    assert table_of(RunView(replace(run, interactions=kept)), "tasks.all").rows == ()


def test_a_run_made_before_states_were_kept_can_be_read(write_run):
    run = write_run()
    old = replace(run, interactions=run.interactions.drop(columns="update_ms"))
    assert isinstance(result_of(RunView(old), "tasks.answer.states"), Missing)
