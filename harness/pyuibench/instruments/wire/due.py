"""What is due in one session, and what is overdue."""

import random
from collections import deque
from collections.abc import Iterator

from pyuibench.instruments.wire.arrivals import Arrivals, due_times, thinking_ms


class Due:
    """A session's due times, nanoseconds on the machine's monotonic clock, from the moment when it was ready."""

    def __init__(self, arrivals: Arrivals, interval_ms: float, seed: int, ready_ns: int) -> None:
        """Prepare the schedule; a closed loop has one action due at a time."""
        self._interval_ms = interval_ms
        self._chance = random.Random(seed)
        self._ready_ns = ready_ns
        self._times: Iterator[float] | None = None if arrivals == "closed" else due_times(arrivals, interval_ms, seed)
        self._waiting: deque[int] = deque()
        if self._times is None:
            self._waiting.append(ready_ns + int(self._chance.random() * interval_ms * 1e6))

    @property
    def next_ns(self) -> int:
        """Return when the next action is due."""
        self._fill(1)
        return self._waiting[0]

    def done(self, now_ns: int) -> None:
        """Go on to the action after it; in a closed loop it is due once the session has thought."""
        self._fill(1)
        self._waiting.popleft()
        if self._times is None:
            self._waiting.append(now_ns + int(thinking_ms(self._interval_ms, self._chance) * 1e6))

    def forget_overdue(self, now_ns: int) -> None:
        """Forget what was due before now and isn't begun: all but the next action, which may be under way."""
        due = self.before(now_ns)
        self._waiting = deque(it for it in self._waiting if it >= now_ns or it == due[0])

    def before(self, end_ns: int) -> list[int]:
        """Return everything that is due before then and not done."""
        while self._times is not None and (not self._waiting or self._waiting[-1] < end_ns):
            self._fill(len(self._waiting) + 1)
        return [due_ns for due_ns in self._waiting if due_ns < end_ns]

    def _fill(self, count: int) -> None:
        while self._times is not None and len(self._waiting) < count:
            self._waiting.append(self._ready_ns + int(next(self._times) * 1e6))
