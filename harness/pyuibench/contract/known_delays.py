"""Known delays, which are put into the baseline's server so that a run can show that its instruments find them.

The delay is the cost of the scaling page's one cell: user code like any other, to which nothing in the harness is tuned. It is
found by comparing with a cell that takes PAUSE_MS. Compared with one that answers at once, a browser shows some
2 ms less of every delay, and rightly: for as long it is drawing the control that was just moved, and an answer that comes
meanwhile waits until that is done (the parts of the interaction show this).
"""

from collections.abc import Iterable
from dataclasses import dataclass

PAUSE_MS = 10.0
DELAYS_MS = (1.0, 5.0, 20.0, 100.0)
KINDS = {"sleep": "asleep", "cpu": "on the CPU"}
LEAST_LIMIT_MS = 0.5
LIMIT_SHARE = 0.05
"""The delay of 1 ms may be off by 0.5 ms, so an instrument that finds none of it fails."""
SEED = 7


@dataclass(frozen=True)
class Truth:
    """A delay in milliseconds beyond the pause, and how it is spent: a key of KINDS."""

    delay_ms: float
    kind: str

    @property
    def cost_ms(self) -> float:
        """Return what the cell costs, the pause included."""
        return PAUSE_MS + self.delay_ms


TRUTHS = tuple(Truth(delay_ms, kind) for delay_ms in DELAYS_MS for kind in KINDS)


def limit_ms(delay_ms: float) -> float:
    """Return by how much what is recovered of a delay may be off, in milliseconds."""
    return max(LEAST_LIMIT_MS, LIMIT_SHARE * delay_ms)


def with_pauses(truths: Iterable[Truth]) -> tuple[Truth, ...]:
    """Return what finding these delays takes: each of them, and before them the pause alone in each of their ways."""
    wanted = tuple(truths)
    return (*(Truth(0.0, kind) for kind in dict.fromkeys(truth.kind for truth in wanted)), *wanted)
