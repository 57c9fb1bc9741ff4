"""Measuring on, block by block, until the headline's ratios are known well enough.

Who looks again and again and stops when it suits has looked too often: each look's interval may miss. So with up to K looks every
interval is one of 1 - 0.05 / K, and all K hold the truth together in 95 % of runs (Bonferroni's correction). K is fixed before
the first look, by the most blocks that there may be.
"""

from dataclasses import dataclass
from pathlib import Path

from pyuibench.analysis.estimates import LEVEL
from pyuibench.figures.latency import widest
from pyuibench.figures.view import Report
from pyuibench.results import store


@dataclass(frozen=True)
class Precision:
    """What is asked for: a half-width of every headline ratio's interval, as a share, within so many blocks."""

    half_width: float
    most_blocks: int

    def level(self, first_blocks: int) -> float:
        """Return the level of every interval of a run that is first looked at after so many blocks."""
        looks = max(self.most_blocks - first_blocks + 1, 1)
        return 1 - (1 - LEVEL) / looks

    def is_reached(self, directory: Path) -> bool:
        """Return whether every headline ratio of a run is known well enough."""
        half_width = widest(Report(store.load(directory)))
        return half_width is not None and half_width <= self.half_width
