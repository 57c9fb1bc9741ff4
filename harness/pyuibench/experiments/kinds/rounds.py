"""Rounds on the app page: one action of each control a round, by one session on the wire and by one in the browser."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import APP, Boot, BootSpec, Experiment, Step, controls_in
from pyuibench.experiments.selection import Selection
from pyuibench.experiments.steps import alone_on_the_wire, idle_memory, in_browser
from pyuibench.results.plan import Expected


@dataclass(frozen=True)
class Rounds(Experiment):
    """So many rounds; the first `warmup_rounds` of a session don't count."""

    name = "rounds"
    rounds: int = 3
    warmup_rounds: int = 1

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield the app page's boot."""
        return (APP,) if "app" in chosen.pages else ()

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the wire first, whose first session finds the server cold; then memory, then the browser."""
        chosen = boot.chosen.instruments
        if "wire" in chosen:
            yield Step("wire", "one session", lambda: self._act(boot))
        if "resources" in chosen:
            yield Step("resources", "memory", lambda: idle_memory(boot, self.name))
        if "browser" in chosen:
            yield Step("browser", "rounds", lambda: self._look(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield as many samples for each instrument as there are actions."""
        warmup, counted = self._amounts(chosen)
        for instrument in ("wire", "browser"):
            if instrument in chosen.instruments:
                yield Expected(self.name, instrument, warmup + counted, warmup + counted)

    def _amounts(self, chosen: Selection) -> tuple[int, int]:
        controls = controls_in(chosen.app_scenarios())
        return self.warmup_rounds * controls, self.rounds * controls

    def _act(self, boot: Boot) -> None:
        warmup, counted = self._amounts(boot.chosen)
        alone_on_the_wire(boot, self.name, counted, warmup, boot.chosen.app_scenarios())

    def _look(self, boot: Boot) -> None:
        warmup, counted = self._amounts(boot.chosen)
        actions = islice(boot.actions(), warmup + counted)
        in_browser(boot, boot.task(self.name, actions, warmup, reopens=True))
