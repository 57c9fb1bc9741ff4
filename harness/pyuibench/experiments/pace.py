"""How long boots take, by what is measured in them: what is left of a run, and whether another block still fits."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import mean
from typing import Any, TypeAlias

from pyuibench.results.plan import PlannedBoot

Kind: TypeAlias = tuple[Any, ...]


class Pace:
    """What boots took so far.

    A boot is taken to last as long as others did that were measured alike; before there are any, as others of its experiments,
    or as the average boot.
    """

    def __init__(self) -> None:
        self._took_s: dict[Kind, list[float]] = defaultdict(list)

    def took(self, boot: PlannedBoot, seconds: float) -> None:
        """Note how long a boot took."""
        for kind in _kinds_of(boot):
            self._took_s[kind].append(seconds)

    def expected_s(self, boots: Iterable[PlannedBoot]) -> float:
        """Return how long boots will take; 0 before anything is known."""
        return sum(self._expected_s(boot) for boot in boots)

    def _expected_s(self, boot: PlannedBoot) -> float:
        known = (self._took_s[kind] for kind in _kinds_of(boot) if kind in self._took_s)
        return mean(next(known, [0.0]))

    def left_s(self, to_go: Sequence[PlannedBoot], under_way: int, limit_s: float = math.inf) -> float:
        """Return how long the boots to go will take: those of the block that is under way, and further blocks that fit."""
        left_s = 0.0
        for block, boots in itertools.groupby(to_go, key=lambda boot: boot.origin.block):
            block_s = self.expected_s(boots)
            if block != under_way and left_s + block_s > limit_s:
                break
            left_s += block_s
        return left_s


def _kinds_of(boot: PlannedBoot) -> tuple[Kind, ...]:
    """Return what boots are compared as, from those that are most alike to all."""
    origin = boot.origin
    setting = (origin.page, origin.grid_cells, origin.job_kind, origin.tokens_per_s, origin.turns, origin.deployment)
    return (boot.experiments, setting), (boot.experiments,), ()
