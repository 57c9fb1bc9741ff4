"""Whose limit of open files is reached is told from how many each process has open."""

import subprocess
import sys

import psutil
import pytest

from pyuibench.instruments.wire.limits import SPARE, whose_limit

HOLDING = "import sys; held = [open('/dev/null') for _ in range(int(sys.argv[1]))]; print('held', flush=True); sys.stdin.read()"
MOST = 64


@pytest.fixture
def holding():
    """Return a function that gives a process with so many files open, which may open MOST."""
    started = []

    def hold(files):
        command = [sys.executable, "-c", HOLDING, str(files)]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        assert started[-1].stdout.readline() == b"held\n"
        process = psutil.Process(started[-1].pid)
        process.rlimit(psutil.RLIMIT_NOFILE, (MOST, MOST))
        return process

    yield hold
    for process in started:
        process.communicate()


@pytest.mark.parametrize("who", ["load generator", "server"])
def test_the_one_that_may_open_no_more_is_named(holding, who):
    full, other = holding(MOST - SPARE), holding(4)
    parties = ([full], [other]) if who == "load generator" else ([other], [full])
    assert whose_limit(*parties) == f"the {who} has as many files open as it may: {MOST} (`ulimit -Hn`)"


def test_nobodys_limit(holding):
    assert whose_limit([holding(4)], [holding(4)]) == ""


def test_a_process_that_has_ended_has_reached_none(holding):
    gone = holding(MOST - SPARE)
    gone.kill()
    gone.wait()
    assert whose_limit([gone], []) == ""
