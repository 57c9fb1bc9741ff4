"""From far away: the browser's rounds again with time added to every round trip."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import APP, Boot, BootSpec, Experiment, Step, controls_in
from pyuibench.experiments.selection import Selection
from pyuibench.results.plan import Expected
from pyuibench.results.records import Measurement

RTTS_MS = (20.0, 50.0, 150.0)
"""To the next city, across a continent, and to another one."""


@dataclass(frozen=True)
class Far(Experiment):
    """So many `rounds` with each of `rtts_ms` added to every round trip, in the first `blocks`.

    Each session goes through `warmup_rounds` before, as one without a delay does: to one whose Python has just started in the
    page, the first gestures cost up to twice as much.
    """

    name = "far"
    rtts_ms: tuple[float, ...] = RTTS_MS
    rounds: int = 1
    warmup_rounds: int = 1
    blocks: int = 3

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield the app page's boot."""
        wanted = "browser" in chosen.instruments and "app" in chosen.pages
        return (APP,) if wanted and block < self.blocks else ()

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield a step for each delay."""
        for rtt_ms in self.rtts_ms:
            yield Step("browser", f"{rtt_ms:g} ms round trips", partial(self._look, boot, rtt_ms))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield as many samples as there are actions, for every delay."""
        count = len(self.rtts_ms) * sum(self._amounts(chosen))
        yield Expected(self.name, "browser", count, count)

    def _amounts(self, chosen: Selection) -> tuple[int, int]:
        """Return how many actions are warm-up, and how many count."""
        a_round = controls_in(chosen.app_scenarios())
        return self.warmup_rounds * a_round, self.rounds * a_round

    def _look(self, boot: Boot, rtt_ms: float) -> None:
        warmup, counted = self._amounts(boot.chosen)
        actions = islice(boot.actions(), warmup + counted)
        for sample in boot.look(boot.task(self.name, actions, warmup, rtt_ms=rtt_ms)):
            if not isinstance(sample, Measurement):
                boot.keep(sample)
