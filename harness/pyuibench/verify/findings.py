"""What verification finds. Checks return findings; printing and judging is for others."""

from dataclasses import dataclass
from typing import Literal

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
