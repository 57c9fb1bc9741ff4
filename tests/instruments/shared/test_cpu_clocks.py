"""The CPU time of other processes: against what they say of themselves, and of trees that change meanwhile."""

import os
import subprocess
import sys
import time

import pytest

from pyuibench.instruments.shared.cpu_clocks import TreeClock, main_thread_ns, process_ns, total_ms

BURNT_MS = 40.0
BURN = f"""
import time

def burn():
    end = time.thread_time() + {BURNT_MS / 1e3}
    while time.thread_time() < end:
        pass
"""
# A parent has children, who burn CPU time when they are told to; each line that it reads is called, and answered when it is done.
PARENT = f"""
import subprocess, sys

CHILD = {BURN!r} + '''
import sys
for line in sys.stdin:
    burn()
    print("burnt", flush=True)
'''
children = []

def begin():
    children.append(subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))

def burn():
    print("burn", file=children[-1].stdin, flush=True)
    children[-1].stdout.readline()

def kill():
    children[-1].kill()
    while open(f"/proc/{{children[-1].pid}}/stat").read().split(")")[-1].split()[0] != "Z":
        pass

def bury():
    children.pop().wait()

print("ready", flush=True)
for line in sys.stdin:
    globals()[line.strip()]()
    print("done", flush=True)
"""
IN_A_THREAD = f"""
import threading
{BURN}
print("ready", flush=True)
input()
other = threading.Thread(target=burn)
other.start()
other.join()
print("done", flush=True)
input()
"""


@pytest.fixture
def start():
    """Return a function that runs a program, and gives it with a function that tells it something and awaits its answer."""
    running = []

    def begin(program):
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout.readline() == "ready\n"

        def tell(word):
            print(word, file=process.stdin, flush=True)
            assert process.stdout.readline() == "done\n"

        return process, tell

    yield begin
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def parent(start):
    process, tell = start(PARENT)
    return process.pid, tell


@pytest.fixture
def ended():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_a_process_reads_of_itself_what_it_knows():
    before_ns, read_ns, after_ns = time.process_time_ns(), process_ns(os.getpid()), time.process_time_ns()
    assert before_ns <= read_ns <= after_ns


def test_of_a_process_that_ended_nothing_is_known(ended):
    assert process_ns(ended) is None
    assert main_thread_ns(ended) is None
    assert total_ms([os.getpid(), ended]) is None
    assert total_ms([None]) is None


def test_a_sum_over_processes(ended):
    assert total_ms([]) == 0
    assert total_ms([os.getpid()]) >= time.process_time_ns() / 1e6 * 0.5


def test_what_another_thread_takes_is_the_processs_and_not_its_main_threads(start):
    process, tell = start(IN_A_THREAD)
    before = process_ns(process.pid), main_thread_ns(process.pid)
    tell("go")
    in_all_ms = (process_ns(process.pid) - before[0]) / 1e6
    of_main_ms = (main_thread_ns(process.pid) - before[1]) / 1e6
    assert in_all_ms - of_main_ms >= BURNT_MS
    assert of_main_ms < in_all_ms


class TestTrees:
    def test_only_what_was_taken_since_the_start(self, parent):
        pid, tell = parent
        tell("begin")
        tell("burn")
        clock = TreeClock([pid])
        clock.start()
        tell("burn")
        assert BURNT_MS <= clock.spent_ms() < 2 * BURNT_MS

    def test_the_parents_own_time_is_not_the_trees(self, parent):
        pid, tell = parent
        tell("begin")
        clock = TreeClock([os.getpid()])
        clock.start()
        tell("burn")
        whole = clock.spent_ms()
        below = TreeClock([pid])
        below.start()
        assert below.spent_ms() < whole

    def test_a_process_that_began_meanwhile_counts_as_a_whole(self, parent):
        pid, tell = parent
        tell("begin")
        clock = TreeClock([pid])
        clock.start()
        tell("begin")
        tell("burn")
        # Its start counts too.
        assert clock.spent_ms() > BURNT_MS

    def test_a_process_that_began_and_ended_meanwhile_counts_too(self, parent):
        pid, tell = parent
        tell("begin")
        clock = TreeClock([pid])
        clock.start()
        for word in ("begin", "burn", "burn", "kill", "bury"):
            tell(word)
        # Its parent counts in ticks of 10 ms.
        assert clock.spent_ms() > 2 * BURNT_MS - 20

    def test_of_a_process_that_ended_only_what_it_took_meanwhile_counts(self, parent):
        pid, tell = parent
        for word in ("begin", "begin", "burn", "burn", "burn"):
            tell(word)
        clock = TreeClock([pid])
        clock.start()
        for word in ("burn", "kill", "bury"):
            tell(word)
        assert BURNT_MS - 20 < clock.spent_ms() < 3 * BURNT_MS

    def test_of_a_tree_that_has_ended_nothing_is_known(self, parent):
        pid, tell = parent
        tell("begin")
        clock = TreeClock([pid])
        clock.start()
        tell("kill")
        tell("bury")
        assert clock.spent_ms() is None

    def test_each_start_counts_anew(self, parent):
        pid, tell = parent
        tell("begin")
        clock = TreeClock([pid])
        clock.start()
        tell("burn")
        clock.spent_ms()
        clock.start()
        assert clock.spent_ms() < BURNT_MS
