"""Idle: the CPU time that a server takes while nobody does anything, with no session open and with some."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.resources import cpu_ms
from pyuibench.results.plan import Expected

BOOT = BootSpec("idle")
"""A boot of its own: what other steps leave behind would be counted."""
SETTLE_S = 5.0
"""What a server does for a moment after its start, or after sessions opened, isn't idling."""


@dataclass(frozen=True)
class Idle(Experiment):
    """For `seconds` each: no session, and `sessions` that are open in browsers and silent."""

    name = "idle"
    seconds: float = 60.0
    sessions: int = 10

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield a boot of its own."""
        wanted = {"browser", "resources"} <= set(chosen.instruments) and "app" in chosen.pages
        return (BOOT,) if wanted else ()

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the silent server first, then the one with sessions."""
        yield Step("resources", "no session", lambda: self._watch(boot, 0))
        yield Step("resources", f"{self.sessions} silent sessions", lambda: self._watch_open(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterable[Expected]:
        """Yield nothing: nobody does anything."""
        return ()

    def _watch_open(self, boot: Boot) -> None:
        # Real pages: what they and the server exchange by themselves, such as heartbeats, is what is looked for.
        with boot.open_pages(self.sessions):
            self._watch(boot, self.sessions)

    def _watch(self, boot: Boot, sessions: int) -> None:
        time.sleep(SETTLE_S)
        processes = boot.processes()
        before_ms, began_s = cpu_ms(processes), time.monotonic()
        time.sleep(self.seconds)
        share = (cpu_ms(processes) - before_ms) / ((time.monotonic() - began_s) * 1e3)
        boot.keep(boot.figure(self.name, "resources", "idle_cpu_share", share, sessions=sessions))
