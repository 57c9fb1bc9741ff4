"""The figures of a process tree whose size is known."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pyuibench.instruments import resources
from pyuibench.instruments.resources import TreeFigures, cpu_ms, descendants, measure, memory_kinds

MEBIBYTE = 1 << 20
ALLOCATED_MIB = 50
FILES = 10
THREADS = 3

# A child does what it is told, one line after the other, and says when it is done.
CHILD = f"""
import os, subprocess, sys, threading, time

held = []

def allocate():
    held.append(os.urandom({ALLOCATED_MIB} << 20))

def open_files():
    held.extend(open(os.devnull) for _ in range({FILES}))

def start_threads():
    for _ in range({THREADS}):
        threading.Thread(target=threading.Event().wait, daemon=True).start()

def have_child():
    held.append(subprocess.Popen([sys.executable, "-c", "print(1, flush=True); input()"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
    held[-1].stdout.readline()

def lose_child():
    held[-1].kill()
    held[-1].wait()

def burn():
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass

print("ready", flush=True)
for line in sys.stdin:
    globals()[line.strip()]()
    print("done", flush=True)
"""


class Child:
    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.process.stdout.readline()

    def tree(self):
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def figures(self):
        return measure(self.tree())

    def does(self, what):
        """Let the child do something; return the figures before and after."""
        before = self.figures()
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"
        return before, self.figures()


@pytest.fixture
def child():
    child = Child()
    try:
        yield child
    finally:
        for process in child.tree() if child.process.poll() is None else ():
            process.kill()
        child.process.communicate()


def test_memory(child):
    before, after = child.does("allocate")
    for grown in (after.pss_bytes - before.pss_bytes, after.uss_bytes - before.uss_bytes):
        # What is shared with other processes of this machine comes and goes with them.
        assert abs(grown / MEBIBYTE - ALLOCATED_MIB) < 5
    assert after.uss_bytes <= after.pss_bytes


def test_handles(child):
    before, after = child.does("open_files")
    assert after.handles - before.handles == FILES


def test_threads(child):
    before, after = child.does("start_threads")
    assert before.threads == 1
    assert after.threads == 1 + THREADS


def test_processes_are_summed(child):
    before, after = child.does("have_child")
    assert (before.processes, after.processes) == (1, 2)
    assert after.threads == 2
    one, two = (measure([process]) for process in child.tree())
    assert (one + two).handles == after.handles
    # Three standard streams of the grandchild, and this side's two ends of its pipes.
    assert after.handles - before.handles == 3 + 2
    assert after.pss_bytes > before.pss_bytes


def test_descendants_are_those_below_of_what_still_runs(child):
    assert descendants([child.process.pid]) == []
    child.does("have_child")
    assert descendants([child.process.pid]) == child.tree()[1:]
    child.does("lose_child")
    child.process.kill()
    child.process.wait()
    assert descendants([child.process.pid]) == []


def test_shared_memory_is_counted_once(child):
    _, after = child.does("have_child")
    resident = sum(process.memory_info().rss for process in child.tree())
    assert after.uss_bytes < after.pss_bytes < resident


def test_cpu_time(child):
    before = cpu_ms(child.tree())
    child.does("burn")
    # The kernel counts in ticks of 10 ms.
    assert cpu_ms(child.tree()) - before >= 300 - 20
    assert measure(child.tree()).cpu_ms >= 300 - 20


def test_process_that_ended_counts_nothing(child):
    child.does("have_child")
    tree = child.tree()
    child.does("lose_child")
    assert measure(tree).processes == 1
    assert cpu_ms(tree) == cpu_ms(tree[:1])
    child.process.kill()
    child.process.wait()
    assert measure(tree) == TreeFigures()
    assert cpu_ms(tree) == 0.0


def test_no_process_at_all():
    assert measure([]) == TreeFigures()
    assert cpu_ms([]) == 0.0


def test_own_figures_are_the_kernels():
    figures = measure([psutil.Process()])
    assert figures.processes == 1
    assert figures.handles >= 3
    assert figures.threads == len(list(Path("/proc/self/task").iterdir()))


def test_memory_is_what_psutil_reads():
    ours, theirs = measure([psutil.Process()]), psutil.Process().memory_full_info()
    assert ours.pss_bytes == pytest.approx(theirs.pss, rel=0.02)
    assert ours.uss_bytes == pytest.approx(theirs.uss, rel=0.02)


def test_what_was_swapped_out_is_a_part_of_it(monkeypatch):
    swapped = memory_kinds(
        "Rss: 90 kB\nPss:                  60 kB\nPrivate_Dirty:        50 kB\nSwap: 40 kB\nSwapPss:              30 kB\n"
    )
    monkeypatch.setattr(resources, "_memory_bytes", lambda pid: swapped)
    figures = measure([psutil.Process()])
    assert (figures.pss_bytes, figures.uss_bytes) == (90 * 1024, 50 * 1024)


def test_mappings_are_summed_where_the_kernel_does_not():
    one = "7f00-7f01 r--p 00000000 08:01 1234   /lib/one.so\nPss: 4 kB\nSwapPss: 1 kB\nVmFlags: rd mr\n"
    assert memory_kinds(2 * one) == {"Pss": 8 * 1024, "SwapPss": 2 * 1024}
    mappings = memory_kinds(Path("/proc/self/smaps").read_text())
    assert mappings["Pss"] == pytest.approx(memory_kinds(Path("/proc/self/smaps_rollup").read_text())["Pss"], rel=0.1)
