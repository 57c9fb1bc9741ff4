"""Idle: the CPU time that a server takes while nobody does anything, with no session open and with some."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.shared.cpu_clocks import total_ms
from pyuibench.results.plan import Expected

BOOT = BootSpec("idle")
"""A boot of its own: what other steps leave behind would be counted."""
LOST = "a process ended while nothing was to happen"
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
        with boot.open_pages(self.sessions) as renderers:
            self._watch(boot, self.sessions, renderers)

    def _watch(self, boot: Boot, sessions: int, renderers: Sequence[int | None] = ()) -> None:
        time.sleep(SETTLE_S)
        servers = [process.pid for process in boot.processes()]
        # A process may run several pages.
        of_pages = set(renderers)
        before = total_ms(servers), total_ms(of_pages)
        began_s = time.monotonic()
        time.sleep(self.seconds)
        elapsed_ms = (time.monotonic() - began_s) * 1e3
        after = total_ms(servers), total_ms(of_pages)
        server, pages = (_share(then, now, elapsed_ms) for then, now in zip(before, after, strict=True))
        self._keep(boot, "idle_cpu_share", server, sessions)
        if renderers:
            self._keep(boot, "idle_page_cpu_share", pages and pages / len(renderers), sessions)

    def _keep(self, boot: Boot, metric: str, share: float | None, sessions: int) -> None:
        reason = LOST if share is None else None
        boot.keep(boot.figure(self.name, "resources", metric, share, sessions=sessions, reason=reason))


def _share(then_ms: float | None, now_ms: float | None, elapsed_ms: float) -> float | None:
    return None if then_ms is None or now_ms is None else (now_ms - then_ms) / elapsed_ms
