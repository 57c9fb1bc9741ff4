"""CPU time of others: what isn't the run's own, also where processes have ended or lost their parents."""

import subprocess
import sys

import pytest

from pyuibench.instruments import machine
from pyuibench.instruments.machine import CpuTimes, others, read_cpu_times

BURNT_S = 0.4
TICKS_S = 0.06
"""Two times of a hundredth of a second for each of a few processes."""

# A process that is told what to do, one line after the other. It burns CPU time itself, in a child, in a grandchild that is left
# alone, or has the grandchild go on as a daemon would.
ROOT = f"""
import ctypes, subprocess, sys, time

BURN = "import time\\nwhile time.process_time() < {BURNT_S}: pass"
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)

def burn():
    end = time.process_time() + {BURNT_S}
    while time.process_time() < end:
        pass

def burn_in_child():
    subprocess.run([sys.executable, "-c", BURN])

def burn_in_orphan():
    # Its parent ends at once; this process inherits it, as a supervisor does.
    left = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]])"
    subprocess.run([sys.executable, "-c", left, BURN])
    import os
    os.wait()

print("ready", flush=True)
for line in sys.stdin:
    globals()[line.strip()]()
    print("done", flush=True)
"""


@pytest.fixture
def root():
    """Return a process, and a function that has it do something."""
    command = [sys.executable, "-c", ROOT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"

        def does(what):
            process.stdin.write(f"{what}\n")
            process.stdin.flush()
            assert process.stdout.readline() == "done\n"

        yield process.pid, does
        process.stdin.close()


@pytest.mark.parametrize("what", ["burn", "burn_in_child", "burn_in_orphan"])
def test_own_time_is_that_of_the_tree_and_of_those_that_ended_in_it(root, what):
    pid, does = root
    before = read_cpu_times(pid)
    does(what)
    own_s = read_cpu_times(pid).own_s - before.own_s
    # Starting Python takes some time too, which isn't known.
    assert own_s >= BURNT_S - TICKS_S
    assert own_s <= 4 * BURNT_S


def test_what_another_process_burns_is_not_the_trees_own(root):
    pid, does = root
    aside = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        before = read_cpu_times(aside.pid)
        machine_before = read_cpu_times(pid)
        does("burn")
        after = read_cpu_times(aside.pid)
    finally:
        aside.communicate(b"\n")
    assert after.own_s - before.own_s < TICKS_S
    burnt_s = read_cpu_times(pid).own_s - machine_before.own_s
    busy_s = (
        (after.at_s - before.at_s) * after.cores - (after.idle_s - before.idle_s) - (after.steal_s - before.steal_s)
    )
    # Whatever else ran meanwhile only adds.
    assert busy_s >= burnt_s - TICKS_S


def test_shares_by_hand():
    before = CpuTimes(at_s=100.0, cores=2, idle_s=50.0, steal_s=1.0, own_s=7.0)
    after = CpuTimes(at_s=110.0, cores=2, idle_s=62.0, steal_s=1.5, own_s=11.0)
    # Of 20 s of two cores 12 were idle and 0.5 stolen; of the other 7.5 the run used 4.
    assert {it.metric: it.value for it in others(before, after)} == pytest.approx(
        {"others_cpu_share": 0.35, "others_steal_share": 0.05}
    )


def test_of_a_short_step_nothing_is_said():
    before = CpuTimes(at_s=100.0, cores=2, idle_s=50.0, steal_s=1.0, own_s=7.0)
    assert list(others(before, CpuTimes(100.9, 2, 51.0, 1.0, 7.5))) == []


def test_the_kernels_words(tmp_path, monkeypatch):
    (tmp_path / "stat").write_text(
        "cpu  9 9 9 900 9 9 9 9 9 9\ncpu0 1 2 3 400 50 6 7 100 0 0\ncpu1 1 2 3 300 50 6 7 200 0 0\nintr 5\n"
    )
    for pid, parent, name in ((10, 1, "(the root)"), (11, 10, "(a) b (c)"), (12, 11, "(d)"), (13, 1, "(other)")):
        (tmp_path / str(pid)).mkdir()
        fields = ["S", parent, *["0"] * 9, 100, 20, 3, 4, "0", "0"]
        (tmp_path / str(pid) / "stat").write_text(f"{pid} {name} {' '.join(map(str, fields))}\n")
    (tmp_path / "14").mkdir()
    monkeypatch.setattr(machine, "PROC", tmp_path)
    monkeypatch.setattr(machine, "PER_S", 100)
    found = read_cpu_times(10)
    assert (found.cores, found.idle_s, found.steal_s) == (2, 8.0, 3.0)
    assert found.own_s == pytest.approx(3 * 1.27)
