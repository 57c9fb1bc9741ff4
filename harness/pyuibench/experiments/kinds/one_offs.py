"""What a session does once: a drag, key presses, a streamed answer, a job, clicks beside jobs, an upload."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyuibench.contract.scenarios import MANY_STEPS
from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import APP, Boot, BootSpec, Experiment, Step, controls_in, pause_ms
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.wire.config import Load
from pyuibench.results.plan import Expected


@dataclass(frozen=True)
class OneOffs(Experiment):
    """Each of them once, in the first `blocks`, by a session of its own that has gone through a round before."""

    name = "one-offs"
    blocks: int = 1

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield the app page's boot, where there is something to do."""
        return (APP,) if block < self.blocks and chosen.one_offs(variant) else ()

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the wire, then the browser."""
        scenarios = boot.chosen.one_offs(boot.variant)
        if "wire" in boot.chosen.instruments:
            yield Step("wire", "what is done once", lambda: self._act(boot, _on_the_wire(scenarios)))
        if "browser" in boot.chosen.instruments:
            yield Step("browser", "what is done once", lambda: self._look(boot, scenarios))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield one sample or more of each scenario: how many clicks there is time for beside a job depends on the app."""
        scenarios = chosen.one_offs(variant)
        by_instrument: tuple[tuple[str, tuple[str, ...]], ...] = (
            ("wire", _on_the_wire(scenarios)),
            ("browser", scenarios),
        )
        for instrument, own in by_instrument:
            for scenario in own if instrument in chosen.instruments else ():
                yield Expected(self.name, instrument, 1, None, scenario)

    def _act(self, boot: Boot, scenarios: tuple[str, ...]) -> None:
        load = Load(
            seed=boot.seed,
            script="rounds",
            actions=0,
            warmup_actions=controls_in(boot.chosen.app_scenarios()),
            scenarios=boot.chosen.app_scenarios(),
            arrivals="closed",
            interval_ms=pause_ms(),
            one_offs=scenarios,
        )
        boot.act(load, self.name, has_ledger=True)

    def _look(self, boot: Boot, scenarios: tuple[str, ...]) -> None:
        warmup = controls_in(boot.chosen.app_scenarios())
        task = boot.task(self.name, islice(boot.actions(), warmup), warmup, one_offs=scenarios, times_loading=False)
        for sample in boot.look(task):
            boot.keep(sample)


def _on_the_wire(scenarios: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in scenarios if name not in MANY_STEPS)
