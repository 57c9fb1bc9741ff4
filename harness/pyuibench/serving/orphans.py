"""Processes that lose their parent: this one inherits them instead of init, so they stay below it, and their CPU time its own.

prctl(2) calls that a "child subreaper".
"""

import ctypes
import os
from contextlib import suppress

import psutil

PR_SET_CHILD_SUBREAPER = 36


def inherit() -> None:
    """Have this process inherit each process below it that loses its parent."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def await_ended() -> None:
    """Await the inherited processes that have ended; the kernel then adds their CPU time to that of this process's children.

    What this process started itself is left to whoever started it, who wants its exit code: such a process is of this process's
    group, or leads its own.
    """
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, ChildProcessError):
            if child.status() == psutil.STATUS_ZOMBIE and os.getpgid(child.pid) not in (os.getpgrp(), child.pid):
                os.waitpid(child.pid, os.WNOHANG)
