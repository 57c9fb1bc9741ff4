"""Start an entry's server, await that the app itself answers, stop its whole process tree, keep its log."""

import http.client
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import psutil

from pyuibench.contract.scenarios import PageName
from pyuibench.entries.catalog import Variant
from pyuibench.errors import ServerError, UserError
from pyuibench.serving import builds
from pyuibench.serving.builds import CELLS_VARIABLE, DEFAULT_CELLS, places_of, process_env
from pyuibench.serving.environment import Environment
from pyuibench.serving.ports import HOST, free_port, is_taken
from pyuibench.serving.supervised import Start, Stopped, Supervised
from workload.conversation import TURNS_VARIABLE
from workload.ledger import ENVIRONMENT_VARIABLE
from workload.tasks import TOKENS_PER_S_VARIABLE

READY_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class WorkloadSettings:
    """What the workload of a server is told: how large its pages are, and how long what they do takes.

    Of the scaling page the number of cells, and what one costs in milliseconds and how that is spent, asleep or on the CPU;
    `cell_costs` says it of each cell, where they differ. A job of the app page is spent as a cell's cost is. `tokens_per_s`: the
    pace of answers, where it isn't the workload's own. `turns`: the turns that a conversation has had when its page opens.
    """

    cells: int = DEFAULT_CELLS
    cost_ms: float = 1.0
    cost_kind: str = "cpu"
    cell_costs: tuple[tuple[float, str], ...] = ()
    tokens_per_s: float = 0.0
    turns: int = 0

    def env(self) -> dict[str, str]:
        """Return it as environment variables, as the workload reads them."""
        costs = self.cell_costs or ((self.cost_ms, self.cost_kind),)
        return {
            CELLS_VARIABLE: str(self.cells),
            "PYUIBENCH_GRID_COSTS": ",".join(f"{cost_ms} {kind}" for cost_ms, kind in costs),
            "PYUIBENCH_CRUNCH_KIND": self.cost_kind,
            TURNS_VARIABLE: str(self.turns),
            **({TOKENS_PER_S_VARIABLE: f"{self.tokens_per_s:g}"} if self.tokens_per_s else {}),
        }


@dataclass(frozen=True)
class Override:
    """What is started otherwise than the entry says: another `command`, `arguments` and `env` added to it, so many `workers`."""

    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    env: Mapping[str, str] | None = None
    workers: int = 1


class Running(Protocol):
    """What serves a variant's page while it is measured: one server, or several behind a proxy."""

    url: str

    @property
    def supervisor_pids(self) -> tuple[int, ...]:
        """Return the processes whose children are what serves."""
        ...

    def await_ready(self) -> float:
        """Return the milliseconds until the app itself answered. Raises ServerError when it doesn't."""
        ...

    def processes(self) -> list[psutil.Process]:
        """Return all processes that serve."""
        ...

    def stop(self) -> Stopped:
        """Stop everything. Idempotent."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Server:
    """A running server of one variant's page. Use as a context manager; it is stopped whatever happens."""

    def __init__(
        self,
        variant: Variant,
        environment: Environment,
        page: PageName,
        log: Path,
        *,
        workload: WorkloadSettings | None = None,
        ledger: Path | None = None,
        cores: Sequence[int] = (),
        port: int | None = None,
        override: Override | None = None,
    ) -> None:
        """Start the server as the entry says, or otherwise where `override` says so.

        Raises UserError for a taken port, ServerError if its command can't be run.
        """
        wanted = port or variant.entry.table.port
        if wanted and is_taken(wanted):
            raise UserError(f"Port {wanted} is taken; stop what listens there or choose another.")
        self.port = wanted or free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.log = log
        self._ready_path = variant.ready
        # A home of its own: nothing of the user's configuration gets in, nothing is left behind.
        self._home = tempfile.TemporaryDirectory(prefix="pyuibench-home-", ignore_cleanup_errors=True)
        override = override or Override()
        workload = workload or WorkloadSettings()
        places = {**places_of(environment, self.port), "workers": str(override.workers)}
        self._supervised = Supervised(
            Start(
                command=[*variant.command(page, places, override.command), *override.arguments],
                cwd=str(builds.prepare(variant, page, environment, workload.cells).directory),
                env={
                    **({ENVIRONMENT_VARIABLE: str(ledger)} if ledger else {}),
                    **workload.env(),
                    **process_env(variant, page, environment, Path(self._home.name), places),
                    **(override.env or {}),
                },
                log=str(log),
                cores=list(cores),
            )
        )
        self.pid = self._supervised.pid
        self.supervisor_pid = self._supervised.supervisor_pid
        self.started_ns = self._supervised.started_ns

    @property
    def supervisor_pids(self) -> tuple[int, ...]:
        """Return the process whose children are the server."""
        return (self.supervisor_pid,)

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
        return self._supervised.is_alive()

    def wait(self) -> None:
        """Wait until the server's first process ends."""
        while self.is_alive():
            time.sleep(0.2)

    def processes(self) -> list[psutil.Process]:
        """Return the server's process tree, orphans that it made included."""
        return self._supervised.processes()

    def last_words(self, lines: int = 3) -> str:
        """Return the end of what the server printed."""
        text = self.log.read_text(errors="replace") if self.log.is_file() else ""
        return " | ".join(line.strip() for line in text.strip().splitlines()[-lines:]) or "none"

    def stop(self) -> Stopped:
        """Stop the process tree: SIGTERM to the server, and SIGKILL to what is left after a few seconds. Idempotent."""
        stopped = self._supervised.stop()
        self._home.cleanup()
        return stopped

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answers(self) -> bool:
        return answers(self.port, self._ready_path)


def answers(port: int, path: str) -> bool:
    """Return whether a path on a loopback port answers 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
