"""How many sessions and answers a second one process of the load generator can keep up with, on the baseline."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.figure import Figure
from pyuibench.contract.service_level import Slo
from pyuibench.entries.catalog import Variant
from pyuibench.instruments.wire.config import Load, Target
from pyuibench.instruments.wire.levels import WARMUP_S
from pyuibench.instruments.wire.run import run_load
from pyuibench.results.records import Origin
from pyuibench.serving.environment import Environment

SESSIONS = 500
RATES_PER_S = (1000, 2000, 3000)
HOLD_S = 5.0
MOST_LAG_MS = 10.0
"""A generator keeps up while 95 % of the actions begin no later than this after they were due."""


def _figures(bench: Bench) -> Iterator[Figure]:
    """Yield what one generator does with ever more clicks a second of many sessions, until it no longer keeps up.

    Every answer is verified, as in a run. Raises WireError.
    """
    for rate in RATES_PER_S:
        place = bench.directory / f"{rate}"
        place.mkdir()
        run_load(_target(bench.variant, bench.built, place), _load(rate), bench.url)
        rows = [json.loads(line) for file in place.glob("*.jsonl") for line in file.read_text().splitlines()]
        clicks = [row for row in rows if row["table"] == "interactions" and row["held"]]
        right = sum(row["ok"] for row in clicks) / HOLD_S
        lag_ms = float(np.quantile([row["lag_ms"] for row in clicks], 0.95))
        share = max(row["value"] for row in rows if row.get("metric") == "generator_cpu_share")
        what = f"generator: {SESSIONS} sessions, {rate:,} clicks/s due"
        yield Figure(f"generator/{rate}/right", f"{what}, right answers", right, "/s")
        yield Figure(f"generator/{rate}/late", f"{what}, begun after due, p95", lag_ms, "ms")
        yield Figure(f"generator/{rate}/core", f"{what}, of one core", share, "x")
        if lag_ms > MOST_LAG_MS or right < 0.95 * rate:
            break


def _target(variant: Variant, built: Environment, directory: Path) -> Target:
    return Target(
        entry=variant.entry.directory,
        variant=variant.name,
        site_packages=built.site_packages,
        samples=directory,
        origin=Origin(
            block=0,
            boot="generator",
            entry=variant.entry.name,
            variant=variant.name,
            role=variant.table.role,
            model=variant.table.model,
            experiment="calibration",
            page="app",
        ),
    )


def _load(rate_per_s: float) -> Load:
    return Load(
        levels=(SESSIONS,),
        hold_s=HOLD_S,
        warmup_s=WARMUP_S,
        arrivals="poisson",
        interval_ms=SESSIONS / rate_per_s * 1e3,
        script="visits",
        controls=(("unrelated", "increment"),),
        slo=Slo(p95_ms={}, most_wrong=1.0),
        goes_on=True,
    )


CALIBRATION = Calibration("generator", "the load generator at ever higher rates", _figures)
