"""The start and the end of a server."""

from pyuibench.instruments.base import Instrument, Reading
from pyuibench.serving.server import Running

INSTRUMENT = Instrument("server", "how long a server takes to answer, and what it leaves running")


def await_ready(server: Running) -> Reading:
    """Wait until the app itself answers, and return how long that took. Raises ServerError when it doesn't."""
    return Reading("boot_ready_ms", server.await_ready())


def stop(server: Running) -> Reading:
    """Stop a server, and return how many processes outlived its own shutdown."""
    left = server.stop().leftover
    return Reading("leftover_processes", len(left), detail="; ".join(left))
