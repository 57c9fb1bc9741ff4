"""Processes that lose their parent: this one inherits them instead of init, so they stay below it, and their CPU time its own.

prctl(2) calls that a "child subreaper".
"""

import ctypes
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

PR_SET_CHILD_SUBREAPER = 36
LAST_S = 2.0
"""For how long those that still run at the end are waited for; a browser's end with it."""


def inherit() -> None:
    """Have this process inherit each process below it that loses its parent, until it ends."""
    _inherit(True)


@contextmanager
def inherited() -> Iterator[None]:
    """Have this process inherit each process below it that loses its parent meanwhile; at the end they are awaited."""
    _inherit(True)
    try:
        yield
    finally:
        deadline_s = time.monotonic() + LAST_S
        while await_ended() and time.monotonic() < deadline_s:
            time.sleep(0.01)
        _inherit(False)


def await_ended() -> int:
    """Await the inherited processes that have ended, and return how many still run.

    The kernel adds the CPU time of those that are awaited to that of this process's children. What this process started itself
    is left to whoever started it, who wants its exit code: such a process is of this process's group, or leads its own.
    """
    running = 0
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, ChildProcessError):
            if os.getpgid(child.pid) in (os.getpgrp(), child.pid):
                continue
            if child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)
            else:
                running += 1
    return running


def _inherit(is_on: bool) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, int(is_on), 0, 0, 0)
