"""What verification finds. Checks return findings; printing and judging is for others."""

from dataclasses import dataclass
from typing import Literal

from pyuibench.contract.states import Action

# What comes step by step must show at least so many states, the last one included: a busy machine may skip many.
FEWEST_UPDATES = 3
Level = Literal["error", "note"]
Where = Literal["entry", "server", "browser", "wire"]


@dataclass(frozen=True)
class Finding:
    """One departure from the contract: where it was seen, which check saw it, and what it saw."""

    level: Level
    variant: str
    page: str
    where: Where
    check: str
    message: str

    def __str__(self) -> str:
        return f"{self.level} {self.variant} {self.page} [{self.where}/{self.check}] {self.message}"


def all_at_once(action: Action) -> str:
    """Return what is said of an output that should come step by step and didn't."""
    return f"{action.control}: {action.watched} didn't come step by step, but showed fewer than {FEWEST_UPDATES} states"
