"""Which workload functions ran, and when.

A writer appends fixed-size records to a memory-mapped file of its process's own, so that records survive a killed
process and processes never write to the same file. Threads are kept apart by an atomic counter. All times are on the
system-wide monotonic clock, which the harness and the page can be set against.
"""

import glob
import itertools
import mmap
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import IO, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

ENVIRONMENT_VARIABLE = "PYUIBENCH_LEDGER"
CAPACITY = 1 << 18
# A slot may still be empty while a later one is full: one for each thread that is writing at this moment.
MOST_WRITERS = 1024
_LAYOUT = struct.Struct("<23sqqqqQB")
_WRITTEN = 1

session_tag: ContextVar[int] = ContextVar("session_tag", default=0)


@dataclass(frozen=True)
class Call:
    """One call of a workload function."""

    function: str
    session: int
    start_ns: int
    end_ns: int
    thread_cpu_ns: int
    thread: int
    process: int


def _new_file(path: str, pid: int) -> IO[bytes]:
    for part in itertools.chain([""], (f".{number}" for number in itertools.count(1))):
        with suppress(FileExistsError):
            return open(f"{path}{part}.{pid}", "x+b")
    raise AssertionError


class Ledger:
    """The writer of one process."""

    def __init__(self, path: str) -> None:
        """Open `<path>.<pid>`, sparse, with room for CAPACITY records; later ones are dropped and counted by nobody."""
        self.pid = os.getpid()
        self._base = path
        with _new_file(path, self.pid) as file:
            file.truncate(CAPACITY * _LAYOUT.size)
            self._map = mmap.mmap(file.fileno(), 0)
        self._slots = itertools.count()

    def write(self, name: bytes, start_ns: int, end_ns: int, cpu_ns: int) -> None:
        """Append one record. `next` on a count is one bytecode in C, hence atomic between threads."""
        slot = next(self._slots)
        if slot < CAPACITY:
            _LAYOUT.pack_into(
                self._map,
                slot * _LAYOUT.size,
                name,
                session_tag.get(),
                start_ns,
                end_ns,
                cpu_ns,
                threading.get_ident(),
                _WRITTEN,
            )


def _open() -> Ledger | None:
    path = os.environ.get(ENVIRONMENT_VARIABLE)
    return Ledger(path) if path else None


_ledger = _open()


def _reopen_after_fork() -> None:
    global _ledger
    _ledger = _open()


os.register_at_fork(after_in_child=_reopen_after_fork)


def recorded(function: Callable[P, R]) -> Callable[P, R]:
    """Record every call of `function` while a ledger is open."""
    name = function.__name__.encode()[:23]

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        ledger = _ledger
        if ledger is None:
            return function(*args, **kwargs)
        cpu_ns = time.thread_time_ns()
        start_ns = time.monotonic_ns()
        try:
            return function(*args, **kwargs)
        finally:
            end_ns = time.monotonic_ns()
            ledger.write(name, start_ns, end_ns, time.thread_time_ns() - cpu_ns)

    return call


def read_calls(path: str) -> list[Call]:
    """Return the calls that any process wrote under `path`, by start. A record half written is left out."""
    files = Path(path).parent.glob(f"{glob.escape(Path(path).name)}.*")
    return sorted(itertools.chain.from_iterable(map(_read_file, files)), key=lambda call: call.start_ns)


class LedgerReader:
    """Reads what was written under a path since it last looked, while the writers go on."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._read: dict[Path, int] = {}

    def new_calls(self) -> list[Call]:
        """Return the calls that have come since, by start."""
        calls: list[Call] = []
        for file in self._path.parent.glob(f"{glob.escape(self._path.name)}.*"):
            new = list(_read_file(file, self._read.get(file, 0), most_gaps=0))
            self._read[file] = self._read.get(file, 0) + len(new)
            calls += new
        return sorted(calls, key=lambda call: call.start_ns)


def _read_file(file: Path, first: int = 0, most_gaps: int = MOST_WRITERS) -> Iterator[Call]:
    process = int(file.name.rpartition(".")[2])
    gap = 0
    if not file.stat().st_size:
        return
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for offset in range(first * _LAYOUT.size, len(data), _LAYOUT.size):
            name, session, start_ns, end_ns, cpu_ns, thread, written = _LAYOUT.unpack_from(data, offset)
            if written == _WRITTEN:
                gap = 0
                yield Call(name.rstrip(b"\0").decode(), session, start_ns, end_ns, cpu_ns, thread, process)
            elif (gap := gap + 1) > most_gaps:
                return
