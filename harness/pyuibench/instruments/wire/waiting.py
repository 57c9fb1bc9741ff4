"""For how long sessions wait for answers, by the generator's own account: kept apart from any sample."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Waiting:
    """The time that all sessions together have waited, `total_ns` on the machine's monotonic clock."""

    def __init__(self) -> None:
        self.total_ns = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count a session as one that waits."""
        began_ns = time.monotonic_ns()
        try:
            yield
        finally:
            self.total_ns += time.monotonic_ns() - began_ns
