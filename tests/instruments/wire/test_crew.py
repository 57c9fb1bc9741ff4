"""A crew, told by an invented leader when to hold a level and when it is over."""

import time

import gevent
import pytest

from pyuibench.contract.states import Action
from pyuibench.instruments.wire.config import Judging, Load, Target
from pyuibench.instruments.wire.crew import Crew
from pyuibench.instruments.wire.messages import HOLD, JUDGE, JUDGED, OPEN, WARM
from pyuibench.instruments.wire.samples import Samples

ACTION = Action("click", "click", 1, {}, {})
HOLD_S = 0.3
STILL_HELD_S = 0.2
ANSWERS_IN_S = 0.05


class Lines:
    """The runner: hands a crew what it is told, and keeps when the crew said that it had judged."""

    client_id = "invented"

    def __init__(self):
        self.listeners, self.judged_ns = {}, None

    def register_message(self, kind, listener):
        self.listeners[kind] = listener

    def tell(self, kind, **data):
        self.listeners[kind](msg=type("Message", (), {"data": data}))

    def send_message(self, kind, data):
        if kind == JUDGED:
            self.judged_ns, self.responses = time.monotonic_ns(), data["responses"]


class Busy:
    """A session with one action, which is due as the hold ends and answered a little later."""

    has_job = False

    def __init__(self, due_ns):
        self.due_ns = due_ns
        self.answered_ns = due_ns + int(ANSWERS_IN_S * 1e9)

    def overdue(self, end_ns):
        now_ns = time.monotonic_ns()
        is_waiting = self.due_ns < min(end_ns, now_ns) and now_ns < self.answered_ns
        return [(self.due_ns, ACTION)] if is_waiting else []


@pytest.mark.parametrize("told_s", [HOLD_S, None])
def test_one_that_was_told_late_to_hold_a_level_awaits_what_is_due_in_the_rest(told_s):
    """The leader counts from when it told so: its word that the level is over comes before this crew's own end of it."""
    lines = Lines()
    judging = Judging(fewest_answers=0 if told_s else 10)
    crew = Crew(Load(hold_s=HOLD_S, judging=judging, cool_down_s=1.0), lines, Samples(Target(entry=".", variant="v")))
    lines.tell(HOLD, sessions=1, hold_s=told_s)
    member = Busy(crew.levels[-1].began_ns + int((HOLD_S - ANSWERS_IN_S) * 1e9))
    crew.join(member)
    gevent.sleep(HOLD_S - STILL_HELD_S)
    lines.tell(JUDGE, hold_s=HOLD_S)
    gevent.sleep(STILL_HELD_S + 3 * ANSWERS_IN_S)
    assert lines.judged_ns is not None
    assert lines.judged_ns >= member.answered_ns


class Waiting:
    """A session that waits for the answer to what it asked at a time, and asks nothing else meanwhile."""

    has_job = False

    def __init__(self, due_ns):
        self.due_ns = due_ns

    def overdue(self, end_ns):
        return [(self.due_ns, ACTION)] if self.due_ns < end_ns else []


@pytest.mark.parametrize(("arrivals", "told"), [("closed", 1), ("poisson", 0)])
def test_a_session_that_waits_all_through_a_hold_is_told_where_nothing_else_of_it_is_due(arrivals, told):
    lines = Lines()
    settings = Load(hold_s=HOLD_S, arrivals=arrivals, interval_ms=10.0, cool_down_s=0.05)
    crew = Crew(settings, lines, Samples(Target(entry=".", variant="v")))
    asked_ns = time.monotonic_ns()
    gevent.sleep(0.01)
    lines.tell(HOLD, sessions=1, hold_s=HOLD_S)
    crew.join(Waiting(asked_ns))
    gevent.sleep(HOLD_S)
    lines.tell(JUDGE, hold_s=HOLD_S)
    gevent.sleep(0.2)
    assert len(lines.responses) == told
    for _scenario, response_ms, ok in lines.responses:
        assert ok and HOLD_S * 1e3 < response_ms < 2 * HOLD_S * 1e3


def test_what_is_done_after_a_hold_warms_nothing_up_until_another_level_is_asked_for():
    """A session may carry out another action after the last answers were counted, before its load is stopped."""
    lines = Lines()
    crew = Crew(Load(hold_s=0.05), lines, Samples(Target(entry=".", variant="v")))
    assert crew.warms_up(None)
    assert crew.is_opening
    lines.tell(WARM)
    assert not crew.is_opening
    lines.tell(HOLD, sessions=1, hold_s=0.05)
    assert not crew.warms_up(crew.levels[-1])
    lines.tell(JUDGE, hold_s=0.05)
    while lines.judged_ns is None:
        gevent.sleep(0.01)
    assert not crew.warms_up(None)
    assert not crew.is_opening
    lines.tell(OPEN)
    assert crew.warms_up(None)
    assert crew.is_opening
