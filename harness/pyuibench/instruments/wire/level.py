"""One level of a load: so many sessions, held for a while, and what is known of its answers."""

import time
from dataclasses import dataclass, field

from gevent.event import Event

from pyuibench.contract.service_level import Response
from pyuibench.instruments.wire.waiting import Waiting

UNTIL_TOLD_NS = 2**63 - 1


class Used:
    """How much of a core this process has used since a moment."""

    def __init__(self) -> None:
        self._began_s, self._cpu_s = time.monotonic(), time.process_time()

    def share(self, least_s: float = 0.0) -> float:
        """Return the CPU time since then by the time since then, or by `least_s` where that is longer."""
        elapsed_s = max(time.monotonic() - self._began_s, least_s)
        return (time.process_time() - self._cpu_s) / elapsed_s if elapsed_s else 0.0


@dataclass
class Level:
    """The account of a level. Times are nanoseconds on the machine's monotonic clock.

    `used` counts the generator's own CPU time. `waiting` counts what was due during the hold, without
    warm-up actions. `over` is set when the hold is over and the server's figures are taken.
    """

    sessions: int
    began_ns: int
    used: Used = field(default_factory=Used)
    ended_ns: int = UNTIL_TOLD_NS
    responses: list[Response] = field(default_factory=list)
    waiting: Waiting = field(default_factory=Waiting)
    over: Event = field(default_factory=Event)

    @property
    def has_end(self) -> bool:
        """Return whether it is known how long the level is held."""
        return self.ended_ns != UNTIL_TOLD_NS

    @property
    def hold_s(self) -> float:
        """Return how long the level is held."""
        return (self.ended_ns - self.began_ns) / 1e9

    def last(self, hold_s: float) -> None:
        """Have the level be held for so long."""
        self.ended_ns = self.began_ns + int(hold_s * 1e9)

    def holds(self, due_ns: int) -> bool:
        """Return whether what is due then belongs to the hold."""
        return self.began_ns <= due_ns < self.ended_ns
