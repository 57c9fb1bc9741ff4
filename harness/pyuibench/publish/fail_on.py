"""Which changes between two runs a program should stop at: what got worse, of a kind, by more than a share.

Limits are read before anything that takes long is imported, so this module imports nothing of that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyuibench.analysis.estimates import Estimate
    from pyuibench.publish.compare import Change

TIMES = frozenset({"ms", "s"})
KINDS: Mapping[str, Callable[[Change], bool]] = {
    "slower": lambda change: change.unit in TIMES,
    "larger": lambda change: change.unit == "bytes",
    "worse": lambda change: True,
}
"""Kind -> whether a figure is of it: times, of latency as well as of the CPU; bytes, of memory as well as of the network; all."""


@dataclass(frozen=True)
class FailOn:
    """Changes for the worse of a `kind`, whose whole interval is beyond a share; one that was counted, beyond it itself."""

    kind: str
    share: float

    def is_broken_by(self, change: Change) -> bool:
        """Return whether a change is one to stop at."""
        return (
            change.is_real
            and KINDS[self.kind](change)
            and _is_for_the_worse(change)
            and is_beyond(change.difference.ratio, self.share)
        )


def is_beyond(ratio: Estimate, share: float) -> bool:
    """Return whether the whole interval, or what was counted, is a change of more than a share, up or down."""
    low, high = (ratio.value if end is None else end for end in (ratio.low, ratio.high))
    return not share or low > 1 + share or high < 1 / (1 + share)


def broken(limits: Sequence[FailOn], changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes that break a limit."""
    return tuple(change for change in changes if any(limit.is_broken_by(change) for limit in limits))


def _is_for_the_worse(change: Change) -> bool:
    times = change.difference.ratio.value
    return (times > 1 and change.better == "lower") or (times < 1 and change.better == "higher")
