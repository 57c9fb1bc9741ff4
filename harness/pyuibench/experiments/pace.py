"""How long boots take, by what is measured in them: what is left of a run, and whether another block still fits."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import mean

from pyuibench.results.plan import PlannedBoot


class Pace:
    """What boots took so far. A boot is taken to last as long as others of its experiments did, or as the average boot."""

    def __init__(self) -> None:
        self._took_s: dict[tuple[str, ...], list[float]] = defaultdict(list)

    def took(self, boot: PlannedBoot, seconds: float) -> None:
        """Note how long a boot took."""
        self._took_s[boot.experiments].append(seconds)

    def expected_s(self, boots: Iterable[PlannedBoot]) -> float:
        """Return how long boots will take; 0 before anything is known."""
        if not self._took_s:
            return 0.0
        average = mean(itertools.chain.from_iterable(self._took_s.values()))
        return sum(mean(self._took_s.get(boot.experiments) or [average]) for boot in boots)

    def left_s(self, to_go: Sequence[PlannedBoot], under_way: int, limit_s: float = math.inf) -> float:
        """Return how long the boots to go will take: those of the block that is under way, and further blocks that fit."""
        left_s = 0.0
        for block, boots in itertools.groupby(to_go, key=lambda boot: boot.origin.block):
            block_s = self.expected_s(boots)
            if block != under_way and left_s + block_s > limit_s:
                break
            left_s += block_s
        return left_s
