"""When the actions of a session are due.

An open loop has them due by a schedule, answered or not, so that a stall is not hidden by the requests that it kept from being
sent (coordinated omission: Tene, "How NOT to measure latency", 2013). A closed loop waits for the answer, as a person may, and
then thinks.
"""

import random
from collections.abc import Iterator
from typing import Literal, TypeAlias

Arrivals: TypeAlias = Literal["constant", "poisson", "closed"]


def due_times(arrivals: Arrivals, interval_ms: float, seed: int) -> Iterator[float]:
    """Yield when each action of an open loop is due, in milliseconds since its session was ready, without end.

    `constant`: every `interval_ms`, from a random phase, so that sessions don't march in step. `poisson`: at random, as many
    independent visitors together come, `interval_ms` apart on average. Raises ValueError for a closed loop: it has no schedule.
    """
    chance = random.Random(seed)
    if arrivals == "constant":
        due_ms = chance.random() * interval_ms
        while True:
            yield due_ms
            due_ms += interval_ms
    if arrivals == "poisson":
        due_ms = 0.0
        while True:
            due_ms += chance.expovariate(1 / interval_ms)
            yield due_ms
    raise ValueError("a closed loop has no schedule: what is due depends on the answers")


def thinking_ms(interval_ms: float, chance: random.Random) -> float:
    """Return for how long a session of a closed loop rests after an answer: `interval_ms`, give or take a quarter."""
    return interval_ms * chance.uniform(0.75, 1.25)
