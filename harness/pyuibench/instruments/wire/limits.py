"""Whose limit keeps sessions from opening: one of the load generator's own process, no fault of the server's, or the server's."""

import errno
import os
import resource
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

SPARE_FILES = 64
"""So many of the files that a process may have open are left for others than sessions, and for those that open meanwhile."""
OPENING_FILES = 4
"""So many files a session that is being opened may still take: its connections, and one that is closed in between."""
SPARE = 8
"""A process that has so few files left can't open a session: it takes a socket, and often a few files more."""
OWN_LIMITS = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOMEM, errno.ENOBUFS})
"""Too many open files, here or on the machine; no free port, memory or buffer for a connection."""


def lack_of_files(opening: int = 0) -> str | None:
    """Return why no further session can be opened beside those that are `opening`; None as long as one can.

    A new file gets the lowest number that is free, so the number says how many are open: in no time, however many there are.
    """
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        # Closed as files are: gevent's `os.close` closes later.
        with Path(os.devnull).open() as nothing:
            number = nothing.fileno()
    except OSError:
        number = most
    if number + OPENING_FILES * opening < most - SPARE_FILES:
        return None
    return f"its process may have {most} files open (`ulimit -n`); raise that, or spread the sessions with --processes"


def is_own_limit(error: BaseException) -> bool:
    """Return whether an error, or one that it came from, is a limit of this process or its machine."""
    return any(isinstance(each, OSError) and each.errno in OWN_LIMITS for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def whose_limit(generators: Iterable[psutil.Process], servers: Iterable[psutil.Process]) -> str:
    """Return in words which process has as many files open as it may, with the limit; "" if none has."""
    for who, processes in (("load generator", generators), ("server", servers)):
        for most in _full(processes):
            return f"the {who} has as many files open as it may: {most} (`ulimit -Hn`)"
    return ""


def _full(processes: Iterable[psutil.Process]) -> Iterator[int]:
    """Yield the limit of each process that has reached it."""
    for process in processes:
        try:
            most, _ = process.rlimit(psutil.RLIMIT_NOFILE)
            if most != psutil.RLIM_INFINITY and process.num_fds() > most - SPARE:
                yield most
        except psutil.Error:
            # It has ended, or is another user's.
            continue
