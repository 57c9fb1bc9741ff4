"""One run at a time on a machine: two would slow each other down, and neither would know."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pyuibench.errors import UserError

LOCK_VARIABLE = "PYUIBENCH_RUN_LOCK"


@contextmanager
def only_run(directory: Path) -> Iterator[None]:
    """Measure into a directory as the machine's only run. Raises UserError while another one measures.

    The kernel lets go of the lock when the process ends, however it ends. It is for all users of a machine; the environment can
    name another file, for runs that are no measurements.
    """
    lock = Path(os.environ.get(LOCK_VARIABLE) or Path(tempfile.gettempdir()) / "pyuibench-run.lock")
    with _opened(lock) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"Another run measures on this machine ({file.read().strip() or lock}); two at once would slow each other down. "
                "Begin when it has ended, or stop it."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, {directory.resolve()}\n")
        file.flush()
        yield


def _opened(lock: Path) -> TextIO:
    """Return the lock's file, which every user of the machine may open. Another user's can't be opened to be made (`O_CREAT`)."""
    try:
        return open(lock, "r+", encoding="utf-8")
    except FileNotFoundError:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT)
        os.fchmod(descriptor, 0o666)
        return open(descriptor, "r+", encoding="utf-8")
