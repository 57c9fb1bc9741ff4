"""Whose limit of open files keeps sessions from opening: the load generator's or the server's."""

from collections.abc import Iterable, Iterator

import psutil

SPARE = 8
"""A process that has so few files left can't open a session: it takes a socket, and often a few files more."""


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
