"""Shows on the terminal where a run is and how long it has to go."""

import math
import time
from collections.abc import Sequence

from rich.console import Console

from pyuibench.experiments.pace import Pace
from pyuibench.experiments.request import Progress
from pyuibench.results.plan import PlannedBoot
from pyuibench.results.records import Failure

MEASURED_BEFORE_S = 2.0
"""A boot of a run that is resumed takes less than this if it was measured before, even if a browser is started for its block."""


class TerminalProgress:
    """Prints a line a boot; `hooks` is what a run is given.

    The time left counts the block that is under way, and further ones that are over before `within_s`.
    """

    def __init__(self, console: Console, within_s: float | None = None) -> None:
        self._console = console
        self._within_s = math.inf if within_s is None else within_s
        self._plan: Sequence[PlannedBoot] = ()
        self._pace = Pace()
        self._done = 0
        self._last = self._began = time.monotonic()
        self.hooks = Progress(preparing=self._preparing, start=self._start, done=self._boot_done)

    def _preparing(self, entry: str) -> None:
        self._console.print(f"environment of {entry}")

    def _start(self, plan: Sequence[PlannedBoot]) -> None:
        self._plan = plan
        self._last = self._began = time.monotonic()
        self._console.print(f"{len(plan)} boots to measure")

    def _boot_done(self, boot: PlannedBoot, failures: Sequence[Failure]) -> None:
        now = time.monotonic()
        if now - self._last > MEASURED_BEFORE_S:
            self._pace.took(boot, now - self._last)
        self._last = now
        self._done += 1
        left = f"{_minutes(self._left_s(boot))} left" if self._done < len(self._plan) else "done"
        self._console.print(
            f"[{self._done}/{len(self._plan)}] {boot.origin.boot}  {left}", markup=False, highlight=False
        )
        for failure in failures:
            self._console.print(
                f"  failed: {failure.step}: {failure.reason}", style="red", markup=False, soft_wrap=True
            )

    def _left_s(self, boot: PlannedBoot) -> float:
        limit_s = self._began + self._within_s - self._last
        return self._pace.left_s(self._plan[self._done :], boot.origin.block, limit_s)


def _minutes(seconds: float) -> str:
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"
