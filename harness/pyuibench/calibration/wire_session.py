"""One session on the wire against a running baseline, as a run measures it."""

import json
from pathlib import Path
from statistics import median

from pyuibench.contract.scenarios import PageName
from pyuibench.entries.catalog import Variant
from pyuibench.instruments.wire.config import Load, Target
from pyuibench.instruments.wire.run import run_load
from pyuibench.results.records import Origin
from pyuibench.serving.environment import Environment

# The control whose actions are timed on each page, as samples name it.
TIMED = {"app": "increment", "grid": "cell"}


def median_service_ms(
    variant: Variant,
    built: Environment,
    url: str,
    directory: Path,
    page: PageName,
    actions: int,
    warmup_actions: int,
    interval_ms: float,
) -> float:
    """Return the median service time of a page's actions in milliseconds; samples go into `directory`. Raises WireError."""
    origin = Origin(
        block=0,
        boot=directory.name,
        entry=variant.entry.name,
        variant=variant.name,
        role=variant.table.role,
        model=variant.table.model,
        experiment="calibration",
        page=page,
        grid_cells=1 if page == "grid" else 0,
    )
    target = Target(
        entry=variant.entry.directory,
        variant=variant.name,
        page=page,
        grid_cells=1,
        site_packages=built.site_packages,
        samples=directory,
        origin=origin,
    )
    load = Load(actions=actions, warmup_actions=warmup_actions, interval_ms=interval_ms, scenarios=("unrelated",))
    run_load(target, load, url)
    rows = [json.loads(line) for path in directory.glob("*.jsonl") for line in path.read_text().splitlines()]
    return float(median(row["service_ms"] for row in rows if row.get("control") == TIMED[page] and not row["warmup"]))
