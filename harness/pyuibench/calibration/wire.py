"""One session on the wire against a running baseline, as a run measures it."""

import json
from pathlib import Path
from statistics import median

from pyuibench.contract.scenarios import PageName
from pyuibench.entries.catalog import Variant
from pyuibench.instruments.wire.config import WireConfig
from pyuibench.instruments.wire.run import run
from pyuibench.results.records import Origin, origin_fields
from pyuibench.serving.environment import Environment

LIMIT_S = 120
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
        page=page,
        grid_cells=1 if page == "grid" else 0,
        grid_cost_ms=0.0,
        grid_cost_kind="",
    )
    config = WireConfig(
        entry=variant.entry.directory,
        variant=variant.name,
        page=page,
        grid_cells=1,
        site_packages=built.site_packages,
        scenarios=("unrelated",),
        sessions=1,
        actions=actions,
        warmup_actions=warmup_actions,
        interval_ms=interval_ms,
        samples=directory,
        origin=origin_fields(origin),
    )
    run(config, url, LIMIT_S)
    rows = [json.loads(line) for path in directory.glob("*.jsonl") for line in path.read_text().splitlines()]
    return float(median(row["service_ms"] for row in rows if row.get("control") == TIMED[page] and not row["warmup"]))
