"""One level of a load: so many sessions, held for a while, and what is known of its answers."""

from dataclasses import dataclass, field

from pyuibench.contract.service_level import Response
from pyuibench.instruments.wire.waiting import Waiting


@dataclass
class Level:
    """The account of a level. Times are nanoseconds on the machine's monotonic clock.

    `own_cpu_ms` is the CPU time that the generator had used before. `waiting` counts what was due during the hold.
    """

    sessions: int
    began_ns: int
    ended_ns: int
    own_cpu_ms: float = 0.0
    responses: list[Response] = field(default_factory=list)
    waiting: Waiting = field(default_factory=Waiting)

    @property
    def hold_s(self) -> float:
        """Return how long the level is held."""
        return (self.ended_ns - self.began_ns) / 1e9

    def holds(self, due_ns: int) -> bool:
        """Return whether what is due then belongs to the hold."""
        return self.began_ns <= due_ns < self.ended_ns
