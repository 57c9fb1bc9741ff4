"""A browser's user beside others: rounds alone, and again while other sessions act on the wire."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import APP, Boot, BootSpec, Experiment, Step, controls_in
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.wire.config import Load
from pyuibench.instruments.wire.levels import WARMUP_S
from pyuibench.results.plan import Expected
from pyuibench.results.records import Interaction, Origin

BESIDE_TIMES = 1.5
"""For how long others act, as a multiple of what the rounds take alone."""
BESIDE_MOST_S = 40.0


@dataclass(frozen=True)
class Beside(Experiment):
    """So many `rounds`, after one that doesn't count, alone and beside `sessions`."""

    name = "beside"
    rounds: int = 2
    sessions: int = 10

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield the app page's boot."""
        wanted = {"browser", "wire"} <= set(chosen.instruments) and chosen.app_scenarios()
        return (APP,) if wanted else ()

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the one step."""
        yield Step("browser", "alone and beside sessions", lambda: self._look(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield all actions alone, and one or more beside others: on a slow server they end before the browser does."""
        count = (1 + self.rounds) * controls_in(chosen.app_scenarios())
        yield Expected(self.name, "browser", count + 1, 2 * count)

    def _look(self, boot: Boot) -> None:
        began_s = time.monotonic()
        for sample in self._rounds(boot, boot.seed):
            boot.keep(sample)
        hold_s = min(BESIDE_TIMES * (time.monotonic() - began_s), BESIDE_MOST_S)
        load = Load(
            seed=boot.seed,
            script="visits",
            levels=(self.sessions,),
            hold_s=max(hold_s, 1.0),
            warmup_s=WARMUP_S,
            arrivals="poisson",
            goes_on=True,
        )
        with boot.act_beside(load) as acts:
            # Other filters than before, for a server that keeps what it has computed.
            for sample in takewhile(lambda _: acts(), self._rounds(boot, boot.seed + 1)):
                boot.keep(without_user_code(sample, self.sessions) if isinstance(sample, Interaction) else sample)

    def _rounds(self, boot: Boot, seed: int) -> Iterator[Origin]:
        controls = controls_in(boot.chosen.app_scenarios())
        actions = islice(boot.actions(seed), (1 + self.rounds) * controls)
        return boot.look(boot.task(self.name, actions, controls, reopens=True))


def without_user_code(sample: Interaction, sessions: int) -> Interaction:
    """Return a sample taken beside so many sessions, without the user code that ran meanwhile: most of it is theirs."""
    return replace(
        sample,
        beside=sessions,
        user_code_calls=None,
        user_code_ms=None,
        user_code_cpu_ms=None,
        until_user_code_ms=None,
        until_user_code_done_ms=None,
    )
