"""How true the relay is: a round trip through it less one without it, against what it was told."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from pyuibench.calibration.base import Bench, Calibration
from pyuibench.calibration.figure import Figure
from pyuibench.serving.ports import HOST
from pyuibench.serving.relay import Relay

RTTS_MS = (0.0, 20.0, 50.0, 150.0)
LIMIT_MS = 2.0
MESSAGE = b"x" * 200
TIMEOUT_S = 10.0


def _figures(bench: Bench) -> Iterator[Figure]:
    """Yield what the relay adds to a round trip of a small message, at the median, for each nominal delay."""
    count = max(bench.count // 3, 5)
    with _echo() as port:
        with _connected(port) as client:
            direct_ms = _round_trip_ms(client, count)
        for rtt_ms in RTTS_MS:
            with Relay(rtt_ms) as relay, through(relay, port) as client:
                added_ms = _round_trip_ms(client, count) - direct_ms
            label = f"relay: {rtt_ms:g} ms a round trip, added"
            yield Figure(f"relay/{rtt_ms:g}", label, added_ms, "ms", LIMIT_MS, rtt_ms)


def _round_trip_ms(client: socket.socket, count: int) -> float:
    times_ms = []
    for _ in range(count):
        start = time.monotonic()
        client.sendall(MESSAGE)
        got = 0
        while got < len(MESSAGE):
            got += len(client.recv(65_536))
        times_ms.append((time.monotonic() - start) * 1e3)
    return median(times_ms)


@contextmanager
def _connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, port), timeout=TIMEOUT_S) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield client


@contextmanager
def through(relay: Relay, port: int) -> Iterator[socket.socket]:
    """Connect to a loopback port through a relay, by hand (RFC 1928)."""
    with _connected(relay.port) as client:
        client.sendall(bytes((5, 1, 0)))
        client.recv(2)
        client.sendall(bytes((5, 1, 0, 1)) + socket.inet_aton(HOST) + struct.pack("!H", port))
        client.recv(10)
        yield client


@contextmanager
def _echo() -> Iterator[int]:
    """Serve an echo on a thread until the end of the block, and yield its port."""
    with socket.create_server((HOST, 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    while data := connection.recv(65_536):
                        connection.sendall(data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        # A listening socket that is only closed lets a waiting accept wait on.
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(TIMEOUT_S)


CALIBRATION = Calibration("relay", "the relay against its nominal round trips", _figures)
