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
    """Each of `delays`, milliseconds and their kind, for `actions`, in the first `blocks`.

    One server has them all, in a cell each, and the cells take turns: what is slow for a while then adds to all of them alike.
    """

    name = "known-delays"
    delays: tuple[tuple[float, str], ...] = tuple(map(astuple, TRUTHS))
    actions: int = 10
    blocks: int = 1

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterator[BootSpec]:
        """Yield a boot of the baseline's first variant, in every run that times anything."""
        entry = variant.entry
        is_baseline = entry.table.baseline and variant.name == entry.variants[0].name and not is_twin(variant)
        if block < self.blocks and is_baseline and chosen.times_anything:
            truths = with_pauses(Truth(*each) for each in self.delays)
            costs = tuple((truth.cost_ms, truth.kind) for truth in truths)
            yield BootSpec(self.name, "grid", len(costs), cell_costs=costs)

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the wire, then the browser."""
        turn = len(boot.spec.cell_costs)
        actions, warmup = turn * self.actions, turn * WARMUP
        if "wire" in boot.chosen.instruments:
            yield Step("wire", "one session", lambda: alone_on_the_wire(boot, self.name, actions, warmup))
        if "browser" in boot.chosen.instruments:
            yield Step("browser", "changes", lambda: self._look(boot, actions, warmup))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield as many samples for each instrument as there are actions."""
        count = len(boot.cell_costs) * (WARMUP + self.actions)
        for instrument in ("wire", "browser"):
            if instrument in chosen.instruments:
                yield Expected(self.name, instrument, count, count)

    def _look(self, boot: Boot, actions: int, warmup: int) -> None:
        for sample in boot.look(boot.task(self.name, islice(boot.actions(), warmup + actions), warmup)):
            boot.keep(sample)
