"""A load: more and more sessions on one server, until it no longer answers in time; and what of its memory comes back."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyuibench.contract.scenarios import P95_MS
from pyuibench.contract.service_level import Slo
from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.resources import measure
from pyuibench.instruments.wire.arrivals import Arrivals
from pyuibench.instruments.wire.config import Judging, Load
from pyuibench.instruments.wire.levels import FEWEST_ANSWERS, LEVELS, MOST_GAP, MOST_HOLD_S, WARMUP_S
from pyuibench.results.plan import Expected

BOOT = BootSpec("load", keeps_sessions=False)
"""Closed sessions are given up early, where the entry documents how, so that it can be seen what memory comes back."""
SETTLE_S = 2.0
MOST_KEPT_S = 15.0


@dataclass(frozen=True)
class Levels(Experiment):
    """As many sessions as each level says, until a scenario's 95th percentile is above that of `p95_ms`, and then in between.

    All sessions of a level act for `warmup_s`, which doesn't count, and then for `hold_s`, or longer, at most `most_hold_s`,
    until each limit is judged on `fewest_answers`. Levels in between are tried until the first missed one is no more than
    `most_gap` above the last held one. Actions are due `interval_ms` apart, as `arrivals` has it; by `processes` generators.
    """

    name = "load"
    levels: tuple[int, ...] = LEVELS
    hold_s: float = 4.0
    warmup_s: float = WARMUP_S
    fewest_answers: int = FEWEST_ANSWERS
    most_hold_s: float = MOST_HOLD_S
    most_gap: float = MOST_GAP
    interval_ms: float = 1000.0
    arrivals: Arrivals = "poisson"
    p95_ms: tuple[tuple[str, float], ...] = P95_MS
    processes: int = 1

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield the load's boot."""
        return (BOOT,) if "wire" in chosen.instruments and "app" in chosen.pages else ()

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the load, and the look at what is given back."""
        yield Step("wire", "load", lambda: boot.act(self.load(boot.seed), self.name, processes=self.processes))
        yield Step("resources", "memory given back", lambda: self._memory_given_back(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield one sample or more: how far a server comes is the question."""
        yield Expected(self.name, "wire", 1, None)

    def load(self, seed: int) -> Load:
        """Return what the sessions do."""
        return Load(
            seed=seed,
            script="visits",
            levels=self.levels,
            hold_s=self.hold_s,
            warmup_s=self.warmup_s,
            judging=Judging(fewest_answers=self.fewest_answers, most_hold_s=self.most_hold_s, most_gap=self.most_gap),
            arrivals=self.arrivals,
            interval_ms=self.interval_ms,
            slo=Slo(p95_ms=dict(self.p95_ms)),
        )

    def _memory_given_back(self, boot: Boot) -> None:
        # A lifetime that nothing shortens isn't waited for.
        kept_s = boot.lifetime.kept_s
        wait_s = SETTLE_S + (kept_s if kept_s <= MOST_KEPT_S else 0.0)
        time.sleep(wait_s)
        pss_bytes = measure(boot.processes()).pss_bytes
        boot.keep(boot.figure(self.name, "resources", "closed_pss_bytes", pss_bytes, detail=f"{wait_s:g} s"))
