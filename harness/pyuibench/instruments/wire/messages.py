"""What the leader of a load and the crews of its sessions tell each other, by Locust's own messages.

A crew is the sessions of one Locust process. Where a load runs in one process, it is told by the same messages: Locust's local
runner hands them to its own listeners.
"""

from typing import TypeAlias

STATE = "pyuibench-state"
"""From a crew: how many of its sessions are open, how many have done all their actions, and why others didn't open."""
HOLD = "pyuibench-hold"
"""From the leader: the level is held from now on, for so long, or until all actions are done."""
JUDGE = "pyuibench-judge"
"""From the leader: the hold is over; say how it went when nothing is awaited any more, or the cool-down is over."""
JUDGED = "pyuibench-judged"
"""From a crew: its answers to what was due in the hold."""

Told: TypeAlias = tuple[str, float, bool]
"""A response as it travels: scenario, milliseconds, whether it was right."""
