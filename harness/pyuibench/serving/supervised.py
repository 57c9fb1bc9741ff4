"""A command that runs under a supervisor of its own, so that none of its processes outlives the harness."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from pyuibench.errors import ServerError

STOP_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Start:
    """What is started: a command, where, its environment variables, the file it prints to, its CPUs (all of them if none)."""

    command: Sequence[str]
    cwd: str
    env: Mapping[str, str]
    log: str
    cores: Sequence[int] = ()


@dataclass(frozen=True)
class Stopped:
    """How a command ended: its exit code, and what it left running (ended by the supervisor)."""

    exit_code: int | None
    leftover: tuple[str, ...]


class Supervised:
    """A running command; `pid` is its first process, started at `started_ns` on the machine's monotonic clock."""

    def __init__(self, start: Start) -> None:
        """Start the command. Raises ServerError if it can't be run."""
        self._supervisor = subprocess.Popen(
            [sys.executable, "-m", "pyuibench.serving.supervisor", json.dumps(asdict(start))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        said = self._read()
        if "error" in said:
            self.stop()
            raise ServerError(f"it can't be started: {said['error']}")
        self.pid: int = said["pid"]
        self.supervisor_pid = self._supervisor.pid
        self.started_ns: int = said["started_ns"]

    def is_alive(self) -> bool:
        """Return whether the first process still runs."""
        try:
            return psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def processes(self) -> list[psutil.Process]:
        """Return the process tree, orphans that it made included."""
        try:
            return psutil.Process(self._supervisor.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> Stopped:
        """Stop the process tree: SIGTERM to the first process, and SIGKILL to what is left after a few seconds. Idempotent."""
        said: dict[str, Any] = {}
        if self._supervisor.poll() is None:
            try:
                out, _ = self._supervisor.communicate("stop\n", timeout=STOP_TIMEOUT_S)
                lines = [json.loads(line) for line in out.splitlines()]
                said = next((line for line in lines if "leftover" in line), {})
            except subprocess.TimeoutExpired:
                self._supervisor.kill()
                self._supervisor.wait()
        return Stopped(said.get("exit_code"), tuple(said.get("leftover", ())))

    def _read(self) -> dict[str, Any]:
        assert self._supervisor.stdout
        line = self._supervisor.stdout.readline()
        return json.loads(line) if line else {"error": "the supervisor ended"}
