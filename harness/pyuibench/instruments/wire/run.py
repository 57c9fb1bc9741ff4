"""Runs Locust's own runner, headless, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from pyuibench.instruments.wire.config import WIRE_VARIABLE, WireConfig

LOCUSTFILE = Path(__file__).parent / "locustfiles" / "session.py"


class WireError(Exception):
    """The Locust process failed; the text says what it printed last."""


def run(config: WireConfig, url: str, limit_s: float) -> None:
    """Run one load to its end; its samples are then in `config.samples`.

    Raises WireError when it fails or takes longer than `limit_s`.
    """
    users = ("--users", str(config.sessions), "--spawn-rate", "50", "--run-time", f"{int(limit_s)}s")
    run_locust(locust(LOCUSTFILE, url, ("--headless", *users)), config, limit_s + 30)


def locust(file: Path, url: str, options: Sequence[str]) -> list[str]:
    """Return the command that runs a locustfile against a server."""
    said = ("--exit-code-on-error", "0", "--loglevel", "WARNING")
    return [sys.executable, "-m", "locust", "-f", str(file), "--host", url, "--only-summary", *said, *options]


def process_env(config: BaseModel) -> dict[str, str]:
    """Return the environment variables of a Locust process."""
    return {**os.environ, WIRE_VARIABLE: config.model_dump_json()}


def run_locust(command: Sequence[str], config: BaseModel, limit_s: float) -> None:
    """Run a Locust process to its end. Raises WireError when it fails or takes longer than `limit_s`."""
    try:
        result = subprocess.run(
            command,
            env=process_env(config),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit_s,
        )
    except subprocess.TimeoutExpired:
        raise WireError(f"the load didn't end within {limit_s:g} s") from None
    if result.returncode:
        raise WireError(f"the load failed: {' | '.join(result.stderr.strip().splitlines()[-3:])}")
