"""Rounds on the app page: one action of each control a round, by one session on the wire and by one in the browser."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyuibench.contract.scenarios import ROUNDS, SCENARIOS
from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import APP, Boot, BootSpec, Experiment, Step, controls_in
from pyuibench.experiments.selection import Selection
from pyuibench.experiments.steps import alone_on_the_wire, idle_memory, in_browser
from pyuibench.results.plan import Expected


@dataclass(frozen=True)
class Rounds(Experiment):
    """So many rounds; the first `warmup_rounds` of a session don't count.

    `often`: controls that the browser uses more than once a round, and how often: those whose samples scatter most. Not filters,
    no pair of which may come again in a session.
    """

    name = "rounds"
    rounds: int = 3
    warmup_rounds: int = 1
    often: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        possible = [control for name in ROUNDS if name != "global" for control in SCENARIOS[name].controls]
        for control, times in self.often:
            if control not in possible or times < 1:
                raise ValueError(f"{control!r} can't be used {times} times a round; possible: {', '.join(possible)}")

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
        for instrument in ("wire", "browser"):
            if instrument in chosen.instruments:
                count = sum(self._amounts(chosen, instrument))
                yield Expected(self.name, instrument, count, count)

    def _amounts(self, chosen: Selection, instrument: str) -> tuple[int, int]:
        """Return how many actions are warm-up, and how many count."""
        a_round = controls_in(chosen.app_scenarios())
        if instrument == "browser":
            controls = {control for name in chosen.app_scenarios() for control in SCENARIOS[name].controls}
            a_round += sum(times - 1 for control, times in self.often if control in controls)
        return self.warmup_rounds * a_round, self.rounds * a_round

    def _act(self, boot: Boot) -> None:
        warmup, counted = self._amounts(boot.chosen, "wire")
        alone_on_the_wire(boot, self.name, counted, warmup, boot.chosen.app_scenarios())

    def _look(self, boot: Boot) -> None:
        warmup, counted = self._amounts(boot.chosen, "browser")
        actions = islice(boot.actions(often=dict(self.often)), warmup + counted)
        once = islice(boot.actions(), controls_in(boot.chosen.app_scenarios()))
        in_browser(boot, boot.task(self.name, actions, warmup, reopens=True), boot.task(self.name, once, reopens=True))
