"""How long a run may take: no block is begun that would probably end too late."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Block = TypeVar("Block")


def within(
    blocks: Iterable[Block], limit_s: float = math.inf, now_s: Callable[[], float] = time.monotonic
) -> Iterator[Block]:
    """Yield block after block, to be measured before the next is asked for, until another would end beyond the limit.

    A block is taken to last as long as the one before it. The first is yielded in any case. When to stop depends on the time
    alone and never on what was measured, so it is no look at the figures (compare `pyuibench.experiments.stopping`).
    """
    began_s = now_s()
    last_s = 0.0
    for number, block in enumerate(blocks):
        block_began_s = now_s()
        if number and block_began_s - began_s + last_s > limit_s:
            return
        yield block
        last_s = now_s() - block_began_s
