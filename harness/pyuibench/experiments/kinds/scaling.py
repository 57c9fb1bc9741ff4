"""The scaling page: one of many cells is changed, at several numbers of cells and costs of each."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step
from pyuibench.experiments.selection import Selection
from pyuibench.experiments.steps import alone_on_the_wire, idle_memory, in_browser
from pyuibench.results.plan import Expected

WARMUP = 1
Cost = tuple[float, str]
"""Milliseconds that a cell's code takes, and how: on the CPU, or asleep."""


@dataclass(frozen=True)
class Scaling(Experiment):
    """`actions` on a page of each number of `cells` at each of `costs`.

    A page of one cell, which leaves nothing untouched, is measured at the first cost only. With `costs_in_turn` a block has the
    first cost and so many of the others, which take turns.
    """

    name = "scaling"
    cells: tuple[int, ...] = (1, 40)
    actions: int = 5
    costs: tuple[Cost, ...] = ((1.0, "cpu"),)
    costs_in_turn: int = 0
    on_the_wire: bool = True

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterator[BootSpec]:
        """Yield a boot for each size and cost; a variant's largest page may be smaller than asked for."""
        if "grid" not in chosen.pages or variant.page_file("grid") is None:
            return
        sizes = dict.fromkeys(min(size, variant.table.most_cells or size) for size in self.cells)
        for size, (cost_ms, kind) in itertools.product(sizes, self._costs(block)):
            if size > 1 or (cost_ms, kind) == self.costs[0]:
                suffix = f"-{cost_ms:g}ms-{kind}" if len(self.costs) > 1 else ""
                yield BootSpec(f"grid{size}{suffix}", "grid", size, cost_ms, kind)

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the wire first, whose first session finds the server cold; then memory, then the browser."""
        chosen = boot.chosen.instruments
        if "wire" in chosen and self.on_the_wire:
            yield Step("wire", "one session", lambda: alone_on_the_wire(boot, self.name, self.actions, WARMUP))
        if "resources" in chosen:
            yield Step("resources", "memory", lambda: idle_memory(boot, self.name))
        if "browser" in chosen:
            yield Step("browser", "changes", lambda: self._look(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield as many samples for each instrument as there are actions."""
        for instrument in ("wire", "browser"):
            if instrument in chosen.instruments and (instrument == "browser" or self.on_the_wire):
                yield Expected(self.name, instrument, WARMUP + self.actions, WARMUP + self.actions)

    def _costs(self, block: int) -> Iterable[Cost]:
        first, *others = self.costs
        turns = self.costs_in_turn or len(others)
        return (first, *islice(itertools.cycle(others), block * turns, (block + 1) * turns))

    def _look(self, boot: Boot) -> None:
        task = boot.task(self.name, islice(boot.actions(), WARMUP + self.actions), WARMUP)
        # What an action sends depends on the page's size, not on what a cell costs.
        if (boot.spec.cost_ms, boot.spec.cost_kind) == self.costs[0]:
            in_browser(boot, task)
        else:
            for sample in boot.look(task):
                boot.keep(sample)
