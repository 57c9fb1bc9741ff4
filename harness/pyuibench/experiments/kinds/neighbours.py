"""Neighbours: what clicks of others take while one session has blocking jobs run, asleep or on the CPU."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pyuibench.contract.known_delays import KINDS
from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step, is_twin
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.wire.config import Load
from pyuibench.results.plan import Expected

WARM_S = 1.0


@dataclass(frozen=True)
class Neighbours(Experiment):
    """So many `sessions` click for `hold_s`, calm and beside one more session that has jobs run."""

    name = "neighbours"
    sessions: int = 10
    hold_s: float = 4.0

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterator[BootSpec]:
        """Yield a boot for each way to spend a job, where the variant has jobs."""
        has_jobs = not {"job", "neighbour"} & variant.not_applicable.keys()
        if "wire" in chosen.instruments and has_jobs and not is_twin(variant):
            for kind in KINDS:
                yield BootSpec(f"{self.name}-{kind}", job_kind=kind)

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield clicks that warm the server up, clicks beside a calm session, and clicks beside jobs."""
        yield Step("wire", "warm-up", lambda: self._warm_up(boot))
        yield Step("wire", "clicks, calm", lambda: self._click(boot, "unrelated", "rests"))
        yield Step("wire", "clicks beside jobs", lambda: self._click(boot, "neighbour", "crunches"))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield one sample or more of each: how many clicks are due is a matter of chance."""
        for scenario in ("unrelated", "neighbour"):
            yield Expected(self.name, "wire", 1, None, scenario)

    def _warm_up(self, boot: Boot) -> None:
        """Have as many sessions click for a moment and keep nothing of it, so that no part of what follows is the first."""
        boot.act(self._clicks(boot, "unrelated", "visits", WARM_S), self.name, is_stored=False)

    def _click(self, boot: Boot, scenario: str, first: Literal["rests", "crunches"]) -> None:
        boot.act(self._clicks(boot, scenario, first, self.hold_s), self.name)

    def _clicks(self, boot: Boot, scenario: str, first: Literal["visits", "rests", "crunches"], hold_s: float) -> Load:
        return Load(
            seed=boot.seed,
            script="visits",
            levels=(self.sessions + 1,),
            controls=((scenario, "increment"),),
            first=first,
            hold_s=hold_s,
            arrivals="poisson",
            goes_on=True,
        )
