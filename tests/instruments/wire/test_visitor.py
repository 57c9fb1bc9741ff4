"""What a visitor does in which order. Locust changes the process that imports it for good, so it is looked at in another."""

import json
import subprocess
import sys

from pyuibench.contract.walks import app_actions

ALONE = """
import json, time
from types import SimpleNamespace

from pyuibench.contract.walks import app_actions
from pyuibench.instruments.wire.due import Due
from pyuibench.instruments.wire.visitor import Visitor

done = []

def planned():
    for action in app_actions(1):
        done.append(f"computed {action.control}")
        yield action

class Alone(Visitor):
    abstract = True

    def __init__(self):
        self.plan, self.ahead, self.done = planned(), [], 0
        self.load = SimpleNamespace(warmup_actions=0, memory_every=0)
        self.crew = SimpleNamespace(level_of=lambda due_ns: None, warms_up=lambda level: False)
        self.here = SimpleNamespace(server_clock=SimpleNamespace(start=lambda: done.append("clocks start")))
        self.due = Due("closed", 20.0, 1, time.monotonic_ns())

    def _perform(self, action):
        done.append(f"performed {action.control}")
        return SimpleNamespace(reason=None)

    def _keep(self, action, *rest):
        done.append(f"clocks read after {action.control}")

visitor = Alone()
assert visitor._act_when_due() is visitor._act_when_due() is None
print(json.dumps(done))
"""
"""A visitor who is alone with a server whose clocks are read, and who only tells what it does in two actions."""


def test_what_must_come_of_an_action_is_computed_while_the_session_rests_before_it():
    """It may take longer than is left when the clocks of the action before have been read: the action would begin late."""
    told = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    first, second, third = [action.control for _, action in zip(range(3), app_actions(1), strict=False)]
    assert json.loads(told.stdout) == [
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
