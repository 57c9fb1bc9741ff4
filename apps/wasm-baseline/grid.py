"""The scaling page's session in a worker."""

from collections.abc import Callable

from live import Live
from session import GridSession


def start(send: Callable[[str], None]) -> Live:
    """Open the session."""
    return Live(GridSession(), send)
