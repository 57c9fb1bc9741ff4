"""Known delays: put into the baseline's server, to see whether the instruments find them."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from itertools import islice

from pyuibench.contract.known_delays import TRUTHS, Truth, with_pauses
from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step, is_twin
from pyuibench.experiments.selection import Selection
from pyuibench.experiments.steps import alone_on_the_wire
from pyuibench.results.plan import Expected

WARMUP = 1


@dataclass(frozen=True)
class KnownDelays(Experiment):
    """Each of `delays`, milliseconds and their kind, for `actions`, in the first `blocks`."""

    name = "known-delays"
    delays: tuple[tuple[float, str], ...] = tuple(map(astuple, TRUTHS))
    actions: int = 10
    blocks: int = 1

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterator[BootSpec]:
        """Yield boots of the baseline's first variant, in every run that times anything."""
        entry = variant.entry
        is_baseline = entry.table.baseline and variant.name == entry.variants[0].name and not is_twin(variant)
        if block < self.blocks and is_baseline and chosen.times_anything:
            for truth in with_pauses(Truth(*each) for each in self.delays):
                name = f"{self.name}-{truth.cost_ms:g}ms-{truth.kind}"
                yield BootSpec(name, "grid", 1, truth.cost_ms, truth.kind)

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the wire, then the browser."""
        if "wire" in boot.chosen.instruments:
            yield Step("wire", "one session", lambda: alone_on_the_wire(boot, self.name, self.actions, WARMUP))
        if "browser" in boot.chosen.instruments:
            yield Step("browser", "changes", lambda: self._look(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield as many samples for each instrument as there are actions."""
        for instrument in ("wire", "browser"):
            if instrument in chosen.instruments:
                yield Expected(self.name, instrument, WARMUP + self.actions, WARMUP + self.actions)

    def _look(self, boot: Boot) -> None:
        for sample in boot.look(boot.task(self.name, islice(boot.actions(), WARMUP + self.actions), WARMUP)):
            boot.keep(sample)
