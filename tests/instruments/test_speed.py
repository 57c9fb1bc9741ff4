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


def test_twice_the_work_takes_twice_the_time(monkeypatch):
    once = min(speed._timed_ms() for _ in range(30))
    orders = speed._orders()
    monkeypatch.setattr(speed, "_orders", lambda: pd.concat([orders, orders], ignore_index=True))
    assert min(speed._timed_ms() for _ in range(30)) / once == pytest.approx(2.0, rel=0.4)


def test_what_else_runs_on_a_core_is_not_counted():
    """CPU time is the thread's own: that it has to wait for another one doesn't make the machine slower."""
    core = available_cores()[0]
    burning = psutil.Popen(["sh", "-c", "while :; do :; done"], preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    try:
        beside = speed.fixed_work_ms((core,))
    finally:
        burning.kill()
        burning.wait()
    assert beside == pytest.approx(speed.fixed_work_ms((core,)), rel=0.5)
