"""What survives: a cut connection, a reload, a restart of the server."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step
from pyuibench.experiments.selection import Selection
from pyuibench.results.plan import Expected

BOOT = BootSpec("survival", has_server=False)
"""Servers are restarted here, so the boot has none of its own."""


@dataclass(frozen=True)
class Survival(Experiment):
    """Each event once, in the first `blocks`."""

    name = "survival"
    blocks: int = 1

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield a boot of its own."""
        wanted = "resilience" in chosen.instruments and "app" in chosen.pages
        return (BOOT,) if wanted and block < self.blocks else ()

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the one step."""
        yield Step("resilience", "cut, reload and restart", lambda: self._survive(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterable[Expected]:
        """Yield nothing: it gives no interactions."""
        return ()

    def _survive(self, boot: Boot) -> None:
        for event, kept, until_answer_ms in boot.survive():
            reason = None if until_answer_ms else "no answer until the visitor's patience was over"
            figure = boot.figure(self.name, "resilience", f"{event}_ms", until_answer_ms, outcome=kept, reason=reason)
            boot.keep(figure)
