"""Runs the locustfile: Locust's own runner, headless, in a process of its own."""

import os
import subprocess
import sys

from pyuibench.project import ROOT
from pyuibench.wire.config import WIRE_VARIABLE, WireConfig

LOCUSTFILE = ROOT / "harness" / "locustfile.py"


class WireError(Exception):
    """The Locust process failed; the text says what it printed last."""


def run(config: WireConfig, url: str, limit_s: float) -> None:
    """Run one load to its end; its samples are then in `config.samples`.

    Raises WireError when it fails or takes longer than `limit_s`.
    """
    command = [
        *(sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--host", url, "--headless", "--only-summary"),
        *("--users", str(config.sessions), "--spawn-rate", "50", "--run-time", f"{int(limit_s)}s"),
        *("--exit-code-on-error", "0", "--loglevel", "WARNING"),
    ]
    environment = {**os.environ, WIRE_VARIABLE: config.model_dump_json()}
    try:
        result = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit_s + 30
        )
    except subprocess.TimeoutExpired:
        raise WireError(f"the load didn't end within {limit_s + 30:g} s") from None
    if result.returncode:
        raise WireError(f"the load failed: {' | '.join(result.stderr.strip().splitlines()[-3:])}")
