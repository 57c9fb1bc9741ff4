"""What the leader of a load and the crews of its sessions tell each other, by Locust's own messages.

A crew is the sessions of one Locust process. Where a load runs in one process, it is told by the same messages: Locust's local
runner hands them to its own listeners.
"""

from typing import TypeAlias

OPEN = "pyuibench-open"
"""From the leader: sessions of a level are opened from now on."""
STATE = "pyuibench-state"
"""From a crew: how many of its sessions are open, how many have done all their actions, and why others didn't open."""
WARM = "pyuibench-warm"
"""From the leader: all are open. What was due meanwhile and isn't begun is forgotten; what is due from now on is warm-up."""
HOLD = "pyuibench-hold"
"""From the leader: the level is held from now on, for so long, or until it says that it is over."""
COUNT = "pyuibench-count"
"""From the leader: say how many answers there are so far."""
COUNTED = "pyuibench-counted"
"""From a crew: what each limit of the service level would be judged on by now."""
JUDGE = "pyuibench-judge"
"""From the leader: the hold is over; say how it went when nothing is awaited any more, or the cool-down is over."""
JUDGED = "pyuibench-judged"
"""From a crew: its answers to what was due in the hold, and how much of a core it used."""
FOREIGN_ANSWER = "pyuibench-foreign"
"""From a crew: a session got the answer of another one; the load ends."""

Told: TypeAlias = tuple[str, float, bool]
"""A response as it travels: scenario, milliseconds, whether it was right."""
Unopened: TypeAlias = tuple[str, bool]
"""Why a session didn't open, as it travels: the reason, and whether it is a limit of the generator's own process."""
