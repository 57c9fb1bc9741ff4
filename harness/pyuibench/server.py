"""Start an entry's server, await that the app itself answers, stop its whole process tree, keep its log."""

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from pyuibench import builds
from pyuibench.builds import places_of, process_env
from pyuibench.catalog import Variant
from pyuibench.environment import Environment
from pyuibench.errors import UserError
from pyuibench.lifetime import Lifetime
from pyuibench.spec import PageName
from workload.ledger import ENVIRONMENT_VARIABLE

HOST = "127.0.0.1"
READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0


class ServerError(Exception):
    """The server didn't start, didn't answer, or ended; the text says what it printed last."""


@dataclass(frozen=True)
class Grid:
    """The scaling page's size, what one of its cells costs, and how a job of the app page is spent: asleep or on the CPU."""

    cells: int = 10
    cost_ms: float = 1.0
    cost_kind: str = "cpu"

    def env(self) -> dict[str, str]:
        """Return it as the workload reads it."""
        return {
            "PYUIBENCH_GRID_CELLS": str(self.cells),
            "PYUIBENCH_GRID_COST_MS": str(self.cost_ms),
            "PYUIBENCH_GRID_COST_KIND": self.cost_kind,
            "PYUIBENCH_CRUNCH_KIND": self.cost_kind,
        }


@dataclass(frozen=True)
class Stopped:
    """How a server ended: its exit code, and what it left running (ended by the supervisor)."""

    exit_code: int | None
    leftover: tuple[str, ...]


class Server:
    """A running server of one variant's page. Use as a context manager; it is stopped whatever happens."""

    def __init__(
        self,
        variant: Variant,
        environment: Environment,
        page: PageName,
        log: Path,
        *,
        grid: Grid | None = None,
        ledger: Path | None = None,
        cores: Sequence[int] = (),
        port: int | None = None,
        lifetime: Lifetime | None = None,
    ) -> None:
        """Start the server, with what shortens its sessions' lifetime if that is given.

        Raises UserError for a taken port, ServerError if its command can't be run.
        """
        wanted = port or variant.entry.table.port
        if wanted and _is_taken(wanted):
            raise UserError(f"Port {wanted} is taken; stop what listens there or choose another.")
        self.port = wanted or free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.log = log
        self._ready_path = variant.ready
        # A home of its own: nothing of the user's configuration gets in, nothing is left behind.
        self._home = tempfile.TemporaryDirectory(prefix="pyuibench-home-", ignore_cleanup_errors=True)
        places = places_of(environment, self.port)
        lifetime = lifetime or Lifetime()
        config = {
            "command": [*variant.command(page, places), *lifetime.arguments],
            "cwd": str(builds.prepare(variant, page, environment).directory),
            "log": str(log),
            "cores": list(cores),
            "env": {
                **({ENVIRONMENT_VARIABLE: str(ledger)} if ledger else {}),
                **(grid or Grid()).env(),
                **process_env(variant, page, environment, Path(self._home.name), places),
                **lifetime.env,
            },
        }
        self._supervisor = subprocess.Popen(
            [sys.executable, "-m", "pyuibench.supervisor", json.dumps(config)],
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

    def await_ready(self, timeout_s: float = READY_TIMEOUT_S) -> float:
        """Return the milliseconds from the start of the process until the ready path answered 200.

        Raises ServerError when the process ends or `timeout_s` passes first.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self._answers():
                return (time.monotonic_ns() - self.started_ns) / 1e6
            if not self.is_alive():
                raise ServerError(f"it ended while starting; its last words: {self.last_words()}")
            time.sleep(0.005)
        raise ServerError(
            f"no answer at {self._ready_path} within {timeout_s:g} s; its last words: {self.last_words()}"
        )

    def is_alive(self) -> bool:
        """Return whether the server's first process still runs."""
        try:
            return psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def wait(self) -> None:
        """Wait until the server's first process ends."""
        while self.is_alive():
            time.sleep(0.2)

    def processes(self) -> list[psutil.Process]:
        """Return the server's process tree, orphans that it made included."""
        try:
            return psutil.Process(self._supervisor.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def last_words(self, lines: int = 3) -> str:
        """Return the end of what the server printed."""
        text = self.log.read_text(errors="replace") if self.log.is_file() else ""
        return " | ".join(line.strip() for line in text.strip().splitlines()[-lines:]) or "none"

    def stop(self) -> Stopped:
        """Stop the process tree: SIGTERM to the server, and SIGKILL to what is left after a few seconds. Idempotent."""
        said: dict[str, Any] = {}
        if self._supervisor.poll() is None:
            try:
                out, _ = self._supervisor.communicate("stop\n", timeout=STOP_TIMEOUT_S)
                lines = [json.loads(line) for line in out.splitlines()]
                said = next((line for line in lines if "leftover" in line), {})
            except subprocess.TimeoutExpired:
                self._supervisor.kill()
                self._supervisor.wait()
        self._home.cleanup()
        return Stopped(said.get("exit_code"), tuple(said.get("leftover", ())))

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _read(self) -> dict[str, Any]:
        assert self._supervisor.stdout
        line = self._supervisor.stdout.readline()
        return json.loads(line) if line else {"error": "the supervisor ended"}

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=2)
        try:
            connection.request("GET", self._ready_path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False
