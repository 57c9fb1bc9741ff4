"""Runs a load in Locust processes of its own: to its end, or with Locust's own page."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyuibench.errors import ForeignAnswerError
from pyuibench.instruments.wire.config import (
    CAUSE_MARK,
    FOREIGN_EXIT_CODE,
    FOREIGN_MARK,
    OPEN_EACH_S,
    SETTLE_S,
    Load,
    Target,
    WireConfig,
    process_env,
)
from pyuibench.instruments.wire.levels import MOST_TRIALS
from pyuibench.serving.ports import HOST, free_port

LOCUSTFILE = Path(__file__).parent / "locustfiles" / "visitor.py"
HELD_FILE = "held"
"""A file among a load's samples, which is there once a level is held."""
OWN_TIME_S = 60.0
ANSWER_S = 3.0
"""What an action may take on average where so many are carried out, not how long they take."""
ONE_OFF_S = 60.0
JOIN_S = 120.0
"""For how long workers and their master wait for each other."""
ENDING_S = 30.0
"""What Locust may take to end when it is told to."""


class WireError(Exception):
    """The Locust process failed; the text says what it printed last."""


@dataclass(frozen=True)
class Workers:
    """How many workers are to join a load from elsewhere, and the address on this machine at which they do."""

    count: int
    bind: str = HOST


def run_load(target: Target, load: Load, url: str, processes: int = 1, workers: Workers | None = None) -> None:
    """Put a load on an app to its end; its samples are then in `target.samples`, and HELD_FILE once a level is held.

    Its sessions are spread over so many `processes` on this machine, or over the `workers`. Raises WireError when it fails, or
    takes longer than it can; ForeignAnswerError when a session got the answer of another one.
    """
    options = ["--headless"]
    if processes > 1:
        port = str(free_port())
        options += ["--processes", str(processes), "--master-bind-port", port, "--master-port", port]
        options += ["--master-bind-host", HOST]
    if workers:
        options += ["--master", "--master-bind-host", workers.bind]
        options += ["--expect-workers", str(workers.count), "--expect-workers-max-wait", str(int(JOIN_S))]
    if target.samples:
        (target.samples / HELD_FILE).unlink(missing_ok=True)
    _run(_locust(url, options), WireConfig(target=target, load=load), limit_s(load) + (JOIN_S if workers else 0))


def join_load(target: Target, load: Load, url: str, master: str) -> None:
    """Take part in a load that is led on another machine, until it ends. Raises WireError when it fails."""
    command = _locust(url, ("--worker", "--master-host", master))
    _run(command, WireConfig(target=target.at(url), load=load), limit_s(load) + JOIN_S)


def serve_page(target: Target, load: Load, url: str, port: int) -> None:
    """Run Locust with its own page on loopback until it is ended.

    Raises ForeignAnswerError when a session got the answer of another one, WireError when Locust failed: it has printed why.
    """
    command = _locust(url, ("--web-host", HOST, "--web-port", str(port)))
    with (
        _deaf(WireConfig(target=target, load=load)) as place,
        subprocess.Popen(command, **place, stdin=subprocess.DEVNULL) as process,
    ):
        try:
            code = process.wait()
        except KeyboardInterrupt:
            # Ctrl-C has reached Locust too, which ends what it does.
            code = process.wait(ENDING_S)
    if code == FOREIGN_EXIT_CODE:
        raise ForeignAnswerError("what Locust printed says whose")
    if code:
        raise WireError(f"Locust ended with exit code {code}; what it printed says why")


def limit_s(load: Load) -> float:
    """Return the longest time that a load can take, in seconds; of one that is counted in actions, what it may take."""
    opening_s = load.open_timeout_s * (2 if load.opens_cold else 1)
    if load.hold_s is not None:
        # Where levels between two are tried, none has more sessions than the larger.
        trials = MOST_TRIALS if load.judging.most_gap else 0
        hold_s = max(load.hold_s, load.judging.most_hold_s) if load.judging.fewest_answers else load.hold_s
        level_s = load.open_timeout_s + load.warmup_s + hold_s + load.cool_down_s
        again_s = level_s + SETTLE_S + load.levels[-1] * OPEN_EACH_S
        opening_s += sum(load.levels) * OPEN_EACH_S
        return OWN_TIME_S + opening_s + level_s * len(load.levels) + again_s * (load.cycles + trials)
    actions = load.warmup_actions + (load.actions or 0)
    action_s = load.interval_ms / 1e3 + ANSWER_S
    # The last of them may be answered late.
    return OWN_TIME_S + opening_s + actions * action_s + load.timeout_s + len(load.one_offs) * ONE_OFF_S


def _locust(url: str, options: Sequence[str]) -> list[str]:
    said = ("--exit-code-on-error", "0", "--loglevel", "WARNING")
    return [sys.executable, "-m", "locust", "-f", LOCUSTFILE.name, "--host", url, "--only-summary", *said, *options]


@contextmanager
def _deaf(config: WireConfig) -> Iterator[dict[str, Any]]:
    """Give where a Locust process runs, and its environment: it reads settings from files there and in the home directory too.

    Those are for the user's other loads. The locustfile is there by its name alone: Locust takes a path with a comma for two.
    """
    with tempfile.TemporaryDirectory(prefix="pyuibench-locust-") as nowhere:
        (Path(nowhere) / LOCUSTFILE.name).symlink_to(LOCUSTFILE)
        yield {"cwd": nowhere, "env": {**process_env(config), "HOME": nowhere}}


def _run(command: Sequence[str], config: WireConfig, limit_s: float) -> None:
    """Run a Locust process to its end. Raises WireError when it fails or takes longer than `limit_s`, and ForeignAnswerError."""
    try:
        with _deaf(config) as place:
            result = subprocess.run(
                command,
                **place,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=limit_s,
            )
    except subprocess.TimeoutExpired:
        raise WireError(f"the load didn't end within {limit_s:g} s") from None
    if result.returncode == FOREIGN_EXIT_CODE:
        raise ForeignAnswerError("; ".join(_marked(result.stderr, FOREIGN_MARK)))
    if result.returncode:
        last = result.stderr.strip().splitlines()[-3:]
        raise WireError(f"the load failed: {' | '.join(_marked(result.stderr, CAUSE_MARK) or last)}")


def _marked(output: str, mark: str) -> list[str]:
    return [line.removeprefix(mark) for line in output.splitlines() if line.startswith(mark)]
