"""One level of a load: so many sessions, held for a while, and what is known of its answers."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyuibench.loadtest.slo import Response


@dataclass
class Level:
    """The account of a level. Times are nanoseconds on the machine's monotonic clock.

    `own_cpu_ms` is the CPU time that the generator had used before. `waited_ns` is for how long sessions waited for answers to
    what was due during the hold: kept apart from any sample.
    """

    sessions: int
    began_ns: int
    ended_ns: int
    own_cpu_ms: float = 0.0
    responses: list[Response] = field(default_factory=list)
    waited_ns: int = 0

    @property
    def hold_s(self) -> float:
        """Return how long the level is held."""
        return (self.ended_ns - self.began_ns) / 1e9

    def holds(self, due_ns: int) -> bool:
        """Return whether what is due then belongs to the hold."""
        return self.began_ns <= due_ns < self.ended_ns

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count a session as one that waits for an answer."""
        began_ns = time.monotonic_ns()
        try:
            yield
        finally:
            self.waited_ns += time.monotonic_ns() - began_ns
