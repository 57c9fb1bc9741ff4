"""When a run ends: after its blocks, when its time is over, or when its ratios are known well enough.

Checking repeatedly raises the chance of a false result. With at most K checks, all intervals of such a run use the level
1 - 0.05 / K (Bonferroni's correction); K is fixed before the first check, by the most blocks that there may be.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

from pyuibench.results.records import LEVEL

Block = TypeVar("Block")
Widest: TypeAlias = Callable[[Path], float | None]
"""Tells of a run's directory the half-width of the widest interval of a headline ratio; None while one has no interval."""


@dataclass(frozen=True)
class Precision:
    """What is asked for: a half-width of every headline ratio's interval, as a share, within so many blocks."""

    half_width: float
    most_blocks: int

    def level(self, first_blocks: int) -> float:
        """Return the level of every interval of a run that is first checked after so many blocks."""
        checks = max(self.most_blocks - first_blocks + 1, 1)
        return 1 - (1 - LEVEL) / checks

    def is_reached(self, half_width: float | None) -> bool:
        """Return whether a run whose widest interval has this half-width is known well enough."""
        return half_width is not None and half_width <= self.half_width


def within(
    blocks: Iterable[Block],
    expected_s: Callable[[Block], float],
    limit_s: float = math.inf,
    now_s: Callable[[], float] = time.monotonic,
) -> Iterator[Block]:
    """Yield block after block, to be measured before the next is asked for, until another would end beyond the limit.

    `expected_s`: how long a block will take, by what is known when the one before has ended. The first is yielded in any case.
    When to stop depends on the time alone and never on what was measured, so it doesn't count as a check of the figures.
    """
    began_s = now_s()
    for number, block in enumerate(blocks):
        if number and now_s() - began_s + expected_s(block) > limit_s:
            return
        yield block
