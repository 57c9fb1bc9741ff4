"""What a session does once: in order, from the right state, clicks while a job runs, and no further than the first fault."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from pyuibench.contract.scenarios import MANY_STEPS, STEPS, TASKS
from pyuibench.contract.states import AppState, initial_app
from pyuibench.instruments.shared import one_offs as tasks
from pyuibench.instruments.shared.one_offs import LAST_CLICK_S, MOST_CLICKS, carry_out
from workload.expected import Inputs


@dataclass(frozen=True)
class Result:
    reason: str | None = None


class Visitor:
    """Notes what it is asked for, in a log that several share, and says what it is told to."""

    def __init__(self, log, name="first", faults=None, unsettled=None):
        self.log = log
        self.name = name
        self.faults = faults or {}
        self.unsettled = unsettled

    def perform(self, action):
        self.log.append((self.name, "perform", action.scenario, action.control, action.value))
        return Result(self.faults.get((action.scenario, action.control)))

    def begin(self, action):
        self.log.append((self.name, "begin", action.scenario, action.control, action.value))

    def settle(self, expected, timeout_s):
        self.log.append((self.name, "settle", *sorted(expected)))
        return self.unsettled


class Clock:
    """Goes on by `step_s` at each rest."""

    def __init__(self, step_s=0.1):
        self.at_s = 0.0
        self.step_s = step_s

    def rest(self):
        self.at_s += self.step_s

    def now_s(self):
        return self.at_s


@pytest.fixture
def run():
    """Return a function that carries tasks out, and gives what was done, the log, and how often a second session was closed."""

    def carry(scenarios=TASKS, state=None, clock=None, faults=None, unsettled=None, other_unsettled=None):
        log, closed = [], []
        clock = clock or Clock()
        first = Visitor(log, faults=faults, unsettled=unsettled)

        @contextmanager
        def other():
            try:
                yield Visitor(log, "second", unsettled=other_unsettled)
            finally:
                closed.append(True)

        dones = list(carry_out(first, other, state or initial_app(), scenarios, clock.rest, clock.now_s))
        return dones, log, len(closed)

    return carry


def test_every_task_comes_in_the_order_of_the_contract(run):
    dones, _, closed = run()
    assert tuple(dict.fromkeys(done.action.scenario for done in dones)) == TASKS
    assert all(done.reason is None for done in dones)
    assert closed == 1


def test_each_begins_where_the_one_before_has_ended(run):
    dones, _, _ = run()
    last = dones[-1].action.after.inputs
    assert last == Inputs(
        clicks=2 * MOST_CLICKS,
        asked=1,
        crunched=2,
        uploaded=1,
        # Dragged, and then on by keys.
        min_units=30 + 2 * STEPS,
    )
    assert dones[-1].action.expected == AppState(last).expected


def test_only_the_chosen_ones_are_done(run):
    dones, log, closed = run(scenarios=("upload", "stream"))
    assert [entry[2:] for entry in log] == [("stream", "ask", 1), ("upload", "upload", 1)]
    assert closed == 0
    assert [done.action.watched for done in dones] == ["answer", None]


def test_clicks_beside_the_own_job_leave_its_outputs_open(run):
    dones, log, _ = run(scenarios=("busy",))
    clicks = [done.action for done in dones if done.result]
    assert [action.value for action in clicks] == [1, 2, 3]
    assert all({"progress", "crunched"}.isdisjoint(action.expected) for action in clicks)
    assert log[0] == ("first", "begin", "busy", "crunch", 1)
    assert log[-1] == ("first", "settle", "crunched", "progress")
    assert dones[-1].action.after.inputs == Inputs(clicks=3, crunched=1)


def test_clicks_beside_anothers_job_leave_this_session_without_one(run):
    dones, log, closed = run(scenarios=("neighbour", "upload"))
    assert log[0] == ("second", "begin", "neighbour", "crunch", 1)
    assert [entry[0] for entry in log if entry[1] == "perform"] == ["first"] * (MOST_CLICKS + 1)
    assert ("second", "settle", "crunched", "progress") in log
    assert closed == 1
    assert dones[-1].action.after.inputs == Inputs(clicks=3, uploaded=1)


def test_no_click_begins_when_the_job_may_be_over(run):
    dones, _, _ = run(scenarios=("busy",), clock=Clock(step_s=LAST_CLICK_S * 0.6))
    assert len([done for done in dones if done.result]) == 1


def test_a_fault_ends_it(run):
    dones, log, closed = run(faults={("neighbour", "increment"): "too late"})
    assert [done.reason for done in dones if done.reason] == ["too late"]
    assert dones[-1].action.scenario == "neighbour"
    assert not any(entry[2] == "upload" for entry in log)
    assert closed == 1


@pytest.mark.parametrize("whose", ["unsettled", "other_unsettled"])
def test_a_job_that_never_ends_is_a_fault(run, whose):
    scenario = "busy" if whose == "unsettled" else "neighbour"
    dones, _, _ = run(scenarios=(scenario,), **{whose: "progress is at 3"})
    assert dones[-1].result is None
    assert dones[-1].action.control == "crunch"
    assert dones[-1].reason == "the job was begun, but never ended as it should: progress is at 3"


@pytest.mark.parametrize("scenario", MANY_STEPS)
def test_many_steps_go_where_there_is_room(scenario):
    for start, end in ((30, 60), (60, 90), (70, 100), (71, 41), (100, 70)):
        action = AppState(Inputs(min_units=start)).use(scenario)
        assert (action.value, action.steps, action.by_key) == (end, STEPS, scenario == "keys")
        assert action.moves == (1 if end > start else -1)
        assert action.watched == "orders"
        path = [start / 100 + (action.moves / 100) * step for step in range(STEPS + 1)]
        assert action.path == pytest.approx(path)


def test_a_job_lasts_as_long_as_the_workload_says():
    assert pytest.approx(2.0) == tasks.JOB_S
