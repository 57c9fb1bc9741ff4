"""Ports of this machine's loopback, the only address that servers listen at."""

import random
import socket

HOST = "127.0.0.1"
SERVED = range(20_000, 28_000)
"""Ports that servers are given.

They lie below those that Linux gives to outgoing connections (32768 and up): one of these could take a port between the moment
that it is found free and the moment that a server listens on it. HAProxy's lie below them (see `proxy`).
"""


def free_port() -> int:
    """Return a loopback port that nothing listens on. Raises OSError when there is none."""
    for port in random.sample(SERVED, len(SERVED)):
        if not is_taken(port):
            return port
    raise OSError(f"all ports from {SERVED.start} to {SERVED.stop - 1} are taken")


def is_taken(port: int) -> bool:
    """Return whether something listens on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False
