"""A crowd: some sessions at once on the wire, each with an action due at a fixed rate."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import APP, Boot, BootSpec, Experiment, Step
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.wire.config import Load
from pyuibench.results.plan import Expected


@dataclass(frozen=True)
class Crowd(Experiment):
    """Each of `sessions` carries out `actions`, one due every `interval_ms`, in the first `blocks`."""

    name = "crowd"
    sessions: int = 10
    actions: int = 4
    interval_ms: float = 1000.0
    blocks: int = 1

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield the app page's boot."""
        wanted = "wire" in chosen.instruments and chosen.app_scenarios()
        return (APP,) if wanted and block < self.blocks else ()

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the one step."""
        yield Step("wire", f"{self.sessions} sessions", lambda: self._act(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield as many samples as sessions have actions."""
        count = self.sessions * self.actions
        yield Expected(self.name, "wire", count, count)

    def _act(self, boot: Boot) -> None:
        load = Load(
            seed=boot.seed,
            script="rounds",
            scenarios=boot.chosen.app_scenarios(),
            levels=(self.sessions,),
            actions=self.actions,
            arrivals="constant",
            interval_ms=self.interval_ms,
        )
        boot.act(load, self.name)
