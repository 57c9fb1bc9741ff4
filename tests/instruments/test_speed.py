"""The machine's speed, by a fixed piece of work: of invented times, and of work that does take twice as long."""

import os
import statistics
import threading

import pandas as pd
import psutil
import pytest

from pyuibench.instruments import speed
from pyuibench.serving.machine import Cores, available_cores


def test_it_is_the_geometric_mean_of_each_cores_median(monkeypatch):
    """A core's times are of work that ran on this core alone; nothing else of the process is moved."""
    before, seen = os.sched_getaffinity(0), []
    cores = available_cores()
    times = {core: iter([1.0, 9.0, 2.0 + core] * speed.REPEATS) for core in cores}

    def timed():
        (core,) = os.sched_getaffinity(0)
        seen.append((core, threading.current_thread() is threading.main_thread()))
        return next(times[core])

    monkeypatch.setattr(speed, "_timed_ms", timed)
    first, last = cores[0], cores[-1]
    found = speed.reading(Cores((first,), (first, last), (last,)), "now")
    assert found.value == pytest.approx(statistics.geometric_mean([2.0 + core for core in sorted({first, last})]))
    assert (found.metric, found.detail) == ("fixed_work_ms", "now")
    assert set(seen) == {(core, False) for core in {first, last}}
    assert os.sched_getaffinity(0) == before


def test_more_work_takes_more_time(monkeypatch):
    """Four times the work, which goes through the processor's caches in another way: only that it takes longer is certain."""
    once = min(speed._timed_ms() for _ in range(30))
    orders = speed._orders()
    monkeypatch.setattr(speed, "_orders", lambda: pd.concat([orders] * 4, ignore_index=True))
    assert min(speed._timed_ms() for _ in range(30)) > 1.5 * once


def test_what_else_runs_on_a_core_is_not_counted():
    """CPU time is the thread's own: that it waits for others nine tenths of the time doesn't make a machine slower."""
    core = available_cores()[0]
    busy = ["sh", "-c", "while :; do :; done"]
    burning = [psutil.Popen(busy, preexec_fn=lambda: os.sched_setaffinity(0, {core})) for _ in range(9)]
    try:
        beside = speed.fixed_work_ms((core,))
    finally:
        for burner in burning:
            burner.kill()
            burner.wait()
    assert beside < 4 * speed.fixed_work_ms((core,))
