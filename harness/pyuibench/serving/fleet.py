"""An app as it is deployed: one or two workers, behind a proxy that sends each visitor to the same one, or doesn't."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import psutil

from pyuibench.entries.catalog import Variant
from pyuibench.entries.deployment import DEPLOYMENTS, way_of
from pyuibench.serving.environment import Environment
from pyuibench.serving.ports import HOST, free_port
from pyuibench.serving.proxy import Proxy
from pyuibench.serving.server import Override, Server
from pyuibench.serving.supervised import Stopped


class Fleet:
    """A variant's app page, deployed. Use as a context manager; everything is stopped whatever happens.

    `visitors` find it at as many ports from that of `url`, one each.
    """

    def __init__(
        self,
        variant: Variant,
        environment: Environment,
        deployment: str,
        visitors: int,
        log: Path,
        cores: Sequence[int] = (),
    ) -> None:
        """Start workers and proxy. Raises UserError when there is no proxy, ServerError if something can't be run."""
        wanted = DEPLOYMENTS[deployment]
        way = way_of(variant)
        self._ready_path = variant.ready
        self._left: list[str] = []
        self._workers: list[Server] = []
        with ExitStack() as started:
            directory = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="pyuibench-fleet-")))
            for number in range(1 if way.shares_port else wanted.workers):
                override = Override(way.command, way.arguments, way.env, wanted.workers)
                place = log.with_name(f"{log.stem}-worker{number}{log.suffix}")
                worker = Server(variant, environment, "app", place, cores=cores, port=free_port(), override=override)
                self._workers.append(worker)
                started.callback(self._stop, worker)
            ports = [worker.port for worker in self._workers]
            self._proxy = Proxy(ports, visitors, wanted.is_sticky, directory, log, cores)
            started.callback(self._stop, self._proxy)
            self._started = started.pop_all()
        self.url = f"http://{HOST}:{self._proxy.port}"

    @property
    def supervisor_pids(self) -> tuple[int, ...]:
        """Return the processes whose children are the workers; the proxy's is not among them."""
        return tuple(worker.supervisor_pid for worker in self._workers)

    def await_ready(self) -> float:
        """Return the milliseconds until all workers answered, themselves and through the proxy. Raises ServerError otherwise."""
        ready_ms = max(worker.await_ready() for worker in self._workers)
        self._proxy.await_ready(self._ready_path)
        return ready_ms

    def processes(self) -> list[psutil.Process]:
        """Return the processes of all workers."""
        return [process for worker in self._workers for process in worker.processes()]

    def stop(self) -> Stopped:
        """Stop the proxy and all workers. Idempotent."""
        self._started.close()
        return Stopped(None, tuple(self._left))

    def _stop(self, part: Server | Proxy) -> None:
        self._left += part.stop().leftover

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
