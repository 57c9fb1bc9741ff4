"""One session on the wire against a running baseline, as a run measures it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyuibench.calibration.base import Bench
from pyuibench.contract.scenarios import PageName
from pyuibench.instruments.wire.config import Load, Target
from pyuibench.instruments.wire.run import run_load
from pyuibench.results.records import CellCosts, Origin

# The control whose actions are timed on each page, as samples name it.
TIMED = {"app": "increment", "grid": "cell"}


@dataclass(frozen=True)
class TimedPage:
    """A page of the baseline that is served at an address; `cell_costs`: of the scaling page, what each cell costs."""

    url: str
    page: PageName = "app"
    cell_costs: CellCosts = ()


def timed_rows(
    bench: Bench, served: TimedPage, directory: Path, actions: int, warmup_actions: int, interval_ms: float
) -> Iterator[dict[str, Any]]:
    """Yield the samples of a page's actions but those of the warm-up, which go into `directory`. Raises WireError."""
    variant = bench.variant
    cells = len(served.cell_costs)
    origin = Origin(
        block=0,
        boot=directory.name,
        entry=variant.entry.name,
        variant=variant.name,
        role=variant.table.role,
        model=variant.table.model,
        experiment="calibration",
        page=served.page,
        grid_cells=cells,
    )
    target = Target(
        entry=variant.entry.directory,
        variant=variant.name,
        page=served.page,
        grid_cells=cells,
        cell_costs=served.cell_costs,
        site_packages=bench.built.site_packages,
        samples=directory,
        origin=origin,
    )
    load = Load(actions=actions, warmup_actions=warmup_actions, interval_ms=interval_ms, scenarios=("unrelated",))
    run_load(target, load, served.url)
    for path in directory.glob("*.jsonl"):
        rows = map(json.loads, path.read_text().splitlines())
        yield from (row for row in rows if row.get("control") == TIMED[served.page] and not row["warmup"])
