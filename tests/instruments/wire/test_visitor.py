"""What a visitor does in which order."""

import time
from types import SimpleNamespace

import pytest

from pyuibench.contract.walks import app_actions
from pyuibench.instruments.wire.client import Traffic
from pyuibench.instruments.wire.due import Due
from pyuibench.instruments.wire.session import Answer
from pyuibench.instruments.wire.visitor import Visitor

INTERVAL_MS = 20.0


@pytest.fixture
def done():
    """Return what a visitor has done, in order; those that use it append to it."""
    return []


@pytest.fixture
def visitor(monkeypatch, done):
    """Return a visitor that is alone with a server whose clocks are read, and who only tells what it does."""

    def planned():
        for action in app_actions(1):
            done.append(f"computed {action.control}")
            yield action

    def perform(action):
        done.append(f"performed {action.control}")
        return Answer(time.monotonic_ns(), 1.0, {}, Traffic(), None)

    one = object.__new__(Visitor)
    one.plan, one.ahead, one.done = planned(), [], 0
    one.load = SimpleNamespace(warmup_actions=0, memory_every=0)
    one.crew = SimpleNamespace(level_of=lambda due_ns: None, is_judging=True)
    one.here = SimpleNamespace(server_clock=SimpleNamespace(start=lambda: done.append("clocks start")))
    one.due = Due("closed", INTERVAL_MS, 1, time.monotonic_ns())
    monkeypatch.setattr(one, "_perform", perform)
    monkeypatch.setattr(one, "_keep", lambda action, *rest: done.append(f"clocks read after {action.control}"))
    return one


def test_what_must_come_of_an_action_is_computed_while_the_session_rests_before_it(visitor, done):
    """It may take longer than is left when the clocks of the action before have been read: the action would begin late."""
    first, second, third = [action.control for _, action in zip(range(3), app_actions(1), strict=False)]
    for _ in range(2):
        assert visitor._act_when_due() is None
    assert done == [
        f"computed {first}",
        "clocks start",
        f"performed {first}",
        f"computed {second}",
        f"clocks read after {first}",
        "clocks start",
        f"performed {second}",
        f"computed {third}",
        f"clocks read after {second}",
    ]
