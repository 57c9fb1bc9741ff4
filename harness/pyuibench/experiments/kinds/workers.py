"""Workers: the app deployed with one and with two, behind a proxy that is sticky or isn't, and kept busy."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyuibench.entries.catalog import Variant
from pyuibench.entries.deployment import deployments_of
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.wire.config import Load
from pyuibench.instruments.wire.levels import WARMUP_S
from pyuibench.results.plan import Expected

NO_PAUSE_MS = 1.0
OPEN_S = 30.0


@dataclass(frozen=True)
class Workers(Experiment):
    """So many `sessions`, which don't think between an answer and the next action, for `hold_s` after `warmup_s`."""

    name = "workers"
    sessions: int = 20
    hold_s: float = 6.0
    warmup_s: float = WARMUP_S

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterator[BootSpec]:
        """Yield a boot for each deployment that the variant can be brought into."""
        for deployment in deployments_of(variant) if "wire" in chosen.instruments else ():
            name = deployment.replace(",", "").replace(" ", "-")
            yield BootSpec(name, deployment=deployment, visitors=self.sessions)

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the one step."""
        yield Step("wire", "kept busy", lambda: self._act(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> tuple[Expected, ...]:
        """Return nothing: a deployment that isn't sticky may rightly open no session."""
        return ()

    def _act(self, boot: Boot) -> None:
        load = Load(
            seed=boot.seed,
            script="visits",
            levels=(self.sessions,),
            hold_s=self.hold_s,
            warmup_s=self.warmup_s,
            arrivals="closed",
            interval_ms=NO_PAUSE_MS,
            open_timeout_s=OPEN_S,
        )
        boot.act(load, self.name)
