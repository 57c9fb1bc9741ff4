"""HAProxy before the workers. Each visitor comes in by a port of its own, which stands for the address of its machine."""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from pyuibench.errors import ServerError, UserError
from pyuibench.serving.ports import HOST, is_taken
from pyuibench.serving.server import answers
from pyuibench.serving.supervised import Start, Stopped, Supervised

# Below the ports that the system gives to clients: one that is free now might not be so a moment later.
FIRST_PORTS = range(12_000, 20_000, 500)
MOST_VISITORS = 500
READY_TIMEOUT_S = 10.0

CONFIG = """\
global
    nbthread 1
    maxconn 4000
defaults
    mode http
    timeout connect 5s
    timeout client 10m
    timeout server 10m
    timeout tunnel 1h
frontend visitors
    bind {host}:{first}-{last}
    default_backend workers
backend workers
    balance roundrobin
{sticky}{servers}
"""
STICKY = """\
    stick-table type integer size 10k expire 1h
    stick on dst_port
"""


def config(ports: Sequence[int], first: int, visitors: int, is_sticky: bool) -> str:
    """Return HAProxy's configuration: visitors at as many ports from `first`, workers at `ports`.

    Workers take turns: visitor by visitor where it is sticky, as a proxy that knows visitors by their address or a cookie is;
    request by request where it is not. Either way a WebSocket stays where it was opened.
    """
    servers = "\n".join(f"    server worker{number} {HOST}:{port}" for number, port in enumerate(ports))
    last = first + visitors - 1
    return CONFIG.format(host=HOST, first=first, last=last, sticky=STICKY if is_sticky else "", servers=servers)


class Proxy:
    """A running HAProxy; visitors find it at `visitors` ports from `port`."""

    def __init__(
        self,
        ports: Sequence[int],
        visitors: int,
        is_sticky: bool,
        directory: Path,
        log: Path,
        cores: Sequence[int] = (),
    ) -> None:
        """Start it before the workers at `ports`. Raises UserError when there is no HAProxy, ServerError if it can't be run."""
        binary = find_haproxy()
        self.port = free_ports(visitors)
        self._log = log
        file = directory / "haproxy.cfg"
        file.write_text(config(ports, self.port, visitors, is_sticky))
        command = [binary, "-db", "-f", str(file)]
        self._supervised = Supervised(Start(command, str(directory), {"PATH": "/usr/sbin:/usr/bin"}, str(log), cores))

    def await_ready(self, path: str) -> None:
        """Wait until a path answers through it. Raises ServerError when it doesn't."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline and self._supervised.is_alive():
            if answers(self.port, path):
                return
            time.sleep(0.01)
        said = self._log.read_text(errors="replace").strip().splitlines()[-1:]
        raise ServerError(f"no answer at {path} through the proxy; its last words: {''.join(said) or 'none'}")

    def stop(self) -> Stopped:
        """Stop it."""
        return self._supervised.stop()


def find_haproxy() -> str:
    """Return where HAProxy is. Raises UserError where there is none."""
    binary = shutil.which("haproxy", path="/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin")
    if not binary:
        raise UserError("There is no HAProxy, which more than one worker needs; install it: apt-get install haproxy.")
    return binary


def free_ports(count: int) -> int:
    """Return the first of so many loopback ports in a row that nothing listens on. Raises ServerError when there are none."""
    for first in FIRST_PORTS if count <= MOST_VISITORS else ():
        if not any(is_taken(first + number) for number in range(count)):
            return first
    raise ServerError(f"there are no {count} free ports in a row")
