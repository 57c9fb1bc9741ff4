"""Cycles: sessions are opened, used and closed again and again, to see what the server holds on to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step, is_twin
from pyuibench.experiments.kinds.load import BOOT
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.wire.config import Load
from pyuibench.results.plan import Expected

HOLD_S = 1.0


@dataclass(frozen=True)
class Cycles(Experiment):
    """So many `cycles` of `sessions`, in the first `blocks`, after the load where there is one."""

    name = "cycles"
    cycles: int = 10
    sessions: int = 5
    blocks: int = 1

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield the load's boot; not for the baseline's second name, which would only repeat it."""
        wanted = "wire" in chosen.instruments and "app" in chosen.pages and not is_twin(variant)
        return (BOOT,) if wanted and block < self.blocks else ()

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the one step."""
        yield Step("wire", "cycles", lambda: self._act(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterable[Expected]:
        """Yield nothing: what its sessions answer is no part of any figure."""
        return ()

    def _act(self, boot: Boot) -> None:
        load = Load(
            seed=boot.seed,
            script="visits",
            levels=(self.sessions,),
            hold_s=HOLD_S,
            arrivals="poisson",
            cycles=self.cycles,
            goes_on=True,
        )
        boot.act(load, self.name)
