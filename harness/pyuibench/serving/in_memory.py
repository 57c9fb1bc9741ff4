"""A directory for what apps write while they are timed: in memory where the machine has such a file system.

On a disk's file system the first write to each page of a mapped file waits for the disk's journal, some microseconds at best and
milliseconds at worst, and would be part of what is timed.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
LEAST_FREE_BYTES = 512 * 2**20
"""Containers often have 64 MiB there, which the ledgers of a server of many processes may fill."""


@contextmanager
def directory() -> Iterator[Path]:
    """Make a directory, and remove it at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="pyuibench-", dir=place()) as name:
        yield Path(name)


def place() -> Path:
    """Return where it is made: in memory, or where temporary files lie if there is no room in memory."""
    try:
        free_bytes = shutil.disk_usage(MEMORY).free
    except OSError:
        free_bytes = 0
    return MEMORY if free_bytes >= LEAST_FREE_BYTES else Path(tempfile.gettempdir())
