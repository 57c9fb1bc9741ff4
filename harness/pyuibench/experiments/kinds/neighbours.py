"""Neighbours: what clicks of others take while one session has blocking jobs run, asleep or on the CPU."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pyuibench.contract.known_delays import KINDS
from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step, is_twin
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.wire.config import Load
from pyuibench.instruments.wire.levels import WARMUP_S
from pyuibench.results.plan import Expected


@dataclass(frozen=True)
class Neighbours(Experiment):
    """So many `sessions` click for `hold_s`, calm and beside one more session that has jobs run, each after `warmup_s`."""

    name = "neighbours"
    sessions: int = 10
    hold_s: float = 4.0
    warmup_s: float = WARMUP_S

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterator[BootSpec]:
        """Yield a boot for each way to spend a job, where the variant has jobs."""
        has_jobs = not {"job", "neighbour"} & variant.not_applicable.keys()
        if "wire" in chosen.instruments and has_jobs and not is_twin(variant):
            for kind in KINDS:
                yield BootSpec(f"{self.name}-{kind}", job_kind=kind)

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield clicks beside a calm session, and clicks beside jobs."""
        yield Step("wire", "clicks, calm", lambda: self._click(boot, "unrelated", "rests"))
        yield Step("wire", "clicks beside jobs", lambda: self._click(boot, "neighbour", "crunches"))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield one sample or more of each: how many clicks are due is a matter of chance."""
        for scenario in ("unrelated", "neighbour"):
            yield Expected(self.name, "wire", 1, None, scenario)

    def _click(self, boot: Boot, scenario: str, first: Literal["rests", "crunches"]) -> None:
        load = Load(
            seed=boot.seed,
            script="visits",
            levels=(self.sessions + 1,),
            controls=((scenario, "increment"),),
            first=first,
            hold_s=self.hold_s,
            warmup_s=self.warmup_s,
            arrivals="poisson",
            goes_on=True,
        )
        boot.act(load, self.name)
