"""A soak: one session acts a great many times, to see whether it, its server or its page grows slower or larger."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.wire.config import Load
from pyuibench.results.plan import Expected

BOOT = BootSpec("soak")
"""A boot of its own: memory that other sessions left would be counted."""
PAUSE_MS = 1.0
"""Between two actions on the wire: nothing is learnt from resting."""
LOOKS = 40
"""How often memory and heap are looked at on the way."""


@dataclass(frozen=True)
class Soak(Experiment):
    """So many actions of one session on the wire, and of one in a browser; the first `warmup` of each don't count."""

    name = "soak"
    wire_actions: int = 2000
    browser_actions: int = 300
    warmup: int = 20

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield a boot of its own."""
        return (BOOT,) if chosen.app_scenarios() else ()

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the wire, then the browser."""
        if "wire" in boot.chosen.instruments:
            yield Step("wire", f"{self.wire_actions} actions", lambda: self._act(boot))
        if "browser" in boot.chosen.instruments:
            yield Step("browser", f"{self.browser_actions} actions", lambda: self._look(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield as many samples for each instrument as there are actions."""
        if "wire" in chosen.instruments:
            yield Expected(self.name, "wire", self.warmup + self.wire_actions, self.warmup + self.wire_actions)
        if "browser" in chosen.instruments:
            yield Expected(self.name, "browser", self.warmup + self.browser_actions, self.warmup + self.browser_actions)

    def _act(self, boot: Boot) -> None:
        load = Load(
            seed=boot.seed,
            script="rounds",
            scenarios=boot.chosen.app_scenarios(),
            actions=self.wire_actions,
            warmup_actions=self.warmup,
            arrivals="closed",
            interval_ms=PAUSE_MS,
            memory_every=max(self.wire_actions // LOOKS, 1),
        )
        boot.act(load, self.name)

    def _look(self, boot: Boot) -> None:
        actions = islice(boot.actions(), self.warmup + self.browser_actions)
        every = max(self.browser_actions // LOOKS, 1)
        task = boot.task(self.name, actions, self.warmup, times_loading=False, heap_every=every)
        for sample in boot.look(task):
            boot.keep(sample)
