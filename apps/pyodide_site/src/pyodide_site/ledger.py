"""Which workload functions ran, and when: `workload.ledger` of a site, where there are neither files nor other processes.

Calls are kept in the worker that Python runs in until the page asks for them, so nothing is sent while something is timed.
Times are on the worker's own clock, `performance.now()`, which is told with them, and so are the marks that the worker has set
while it started: `pyodide`, `packages`, `imported`. The last is set here, as an app imports its workload after everything else;
of marks with the same name the last counts, so a worker may set it again.
"""

import json
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from pyodide.code import run_js
from pyodide.ffi import create_proxy

P = ParamSpec("P")
R = TypeVar("R")

CHANNEL = "pyuibench-calls"
_LISTEN = """
(channelName, take) => {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data }) => {
    if (!data.ask) return;
    const now = performance.now();
    const calls = take(data.of === performance.timeOrigin ? data.first : 0);
    const marks = performance.getEntriesByType("mark").map((mark) => [mark.name, mark.startTime]);
    channel.postMessage({ told: data.ask, calls, marks, now, timeOrigin: performance.timeOrigin });
  };
}
"""

# Python on Pyodide has no clock of a thread's CPU time. Its worker has one thread, which nothing else uses while Python runs.
time.thread_time_ns = time.monotonic_ns

session_tag: ContextVar[int] = ContextVar("session_tag", default=0)
_calls: list[tuple[str, int, int]] = []


def recorded(function: Callable[P, R]) -> Callable[P, R]:
    """Record every call of `function`."""
    name = function.__name__

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        start_ns = time.monotonic_ns()
        try:
            return function(*args, **kwargs)
        finally:
            _calls.append((name, start_ns, time.monotonic_ns()))

    return call


def _take(first: int) -> str:
    """Return the calls from a number on, as JSON: name, start and end of each in nanoseconds of the worker's clock."""
    return json.dumps(_calls[int(first) :])


run_js(_LISTEN)(CHANNEL, create_proxy(_take))
run_js('performance.mark("imported")')
