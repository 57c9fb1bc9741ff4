"""Work that the machine's processors share: forked processes, which see everything that was read before they began."""

import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_given: tuple[Callable[[Any], Any], Sequence[Any]]
"""What a forked process is to do, and to what."""


def each(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Return what `work` makes of each item, in their order; a process a processor, one after the other where that isn't Linux.

    Items are not copied to the processes, results are. What `work` keeps in an item stays in its process. Raises what it raises.
    """
    processes = min(len(items), len(os.sched_getaffinity(0))) if sys.platform == "linux" else 1
    if processes < 2:
        return [work(item) for item in items]
    with warnings.catch_warnings():
        # Python warns of threads, which are not in a forked process. Those of NumPy and Arrow are started there anew.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(processes, context, _take, (work, items)) as pool:
            return list(pool.map(_done, range(len(items))))


def _take(work: Callable[[Any], Any], items: Sequence[Any]) -> None:
    global _given
    _given = work, items


def _done(number: int) -> Any:
    work, items = _given
    return work(items[number])
