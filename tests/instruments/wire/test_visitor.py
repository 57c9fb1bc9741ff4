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


STORING = """
import json
from collections import Counter
from types import SimpleNamespace

from pyuibench.instruments.wire.visitor import Visitor

kept = []

class Alone(Visitor):
    abstract = True

    def __init__(self):
        self.sequences = Counter()
        self.tab = SimpleNamespace(keep=lambda *_, sequence, is_stored, **__: kept.append((is_stored, sequence)))

visitor = Alone()
level = SimpleNamespace(sessions=2)
for is_opening, of_level, reason in (
    (True, None, None), (True, None, "wrong"), (True, level, None), (False, None, None), (False, level, None)
):
    visitor.crew = SimpleNamespace(sessions=2, is_opening=is_opening)
    visitor._store(None, SimpleNamespace(reason=reason, is_foreign=False), 0, of_level, warmup=of_level is None)
print(json.dumps(kept))
"""
"""A visitor who stores what went well and what went wrong: while sessions are opened, and while they aren't."""


def test_what_goes_well_while_sessions_are_opened_is_not_stored():
    """It is neither measured nor warm-up. What belongs to a level, or is wrong, is stored; all that is stored is numbered."""
    told = subprocess.run([sys.executable, "-c", STORING], capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == [[False, 0], [True, 0], [True, 1], [True, 2], [True, 3]]
