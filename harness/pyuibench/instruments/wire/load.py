"""Runs a load in a Locust process of its own: to its end, or with Locust's own page."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from pyuibench.contract.service_level import Slo
from pyuibench.entries.catalog import Variant
from pyuibench.experiments.plan import Profile
from pyuibench.instruments.wire.load_config import LEVELS, LoadConfig
from pyuibench.instruments.wire.run import locust, process_env, run_locust
from pyuibench.serving.environment import Environment
from pyuibench.serving.server import HOST, free_port

LOADFILE = Path(__file__).parent / "locustfiles" / "visitor.py"
OWN_TIME_S = 60.0
JOIN_S = 120.0
"""For how long workers and their master wait for each other."""


def load_config(variant: Variant, built: Environment, profile: Profile, seed: int) -> LoadConfig:
    """Return a load of a variant as a profile has it, that stores nothing."""
    return LoadConfig(
        entry=variant.entry.directory,
        variant=variant.name,
        site_packages=built.site_packages,
        seed=seed,
        levels=profile.load_levels or LEVELS,
        hold_s=profile.load_hold_s,
        arrivals=profile.load_arrivals,
        interval_ms=profile.crowd_interval_ms,
        slo=Slo(p95_ms=dict(profile.load_slo_ms)),
    )


@dataclass(frozen=True)
class Workers:
    """How many workers are to join a load from elsewhere, and the address on this machine at which they do."""

    count: int
    bind: str = HOST


def run_load(config: LoadConfig, url: str, processes: int = 1, workers: Workers | None = None) -> None:
    """Go through the levels of a load; its samples are then in `config.samples`.

    Its sessions are spread over so many `processes` on this machine, or over the `workers`. Raises WireError when it fails, or
    takes longer than its levels can.
    """
    options = ["--headless"]
    if processes > 1:
        port = str(free_port())
        options += ["--processes", str(processes), "--master-bind-port", port, "--master-port", port]
        options += ["--master-bind-host", HOST]
    if workers:
        options += ["--master", "--master-bind-host", workers.bind]
        options += ["--expect-workers", str(workers.count), "--expect-workers-max-wait", str(int(JOIN_S))]
    run_locust(locust(LOADFILE, url, options), config, limit_s(config) + (JOIN_S if workers else 0))


def join_load(config: LoadConfig, url: str, master: str) -> None:
    """Take part in a load that is led on another machine, until it ends. Raises WireError when it fails."""
    command = locust(LOADFILE, url, ("--worker", "--master-host", master))
    run_locust(command, config.model_copy(update={"target": url}), limit_s(config) + JOIN_S)


def limit_s(config: LoadConfig) -> float:
    """Return the longest time that a load can take, in seconds."""
    level_s = config.open_timeout_s + config.hold_s + config.cool_down_s
    cycle_s = level_s + config.settle_s
    return OWN_TIME_S + level_s * len(config.levels) + cycle_s * config.cycles


def serve_page(config: LoadConfig, url: str, port: int) -> int:
    """Run Locust with its own page on loopback until it is ended, and return its exit code."""
    command = locust(LOADFILE, url, ("--web-host", HOST, "--web-port", str(port)))
    return subprocess.run(command, env=process_env(config), check=False).returncode
