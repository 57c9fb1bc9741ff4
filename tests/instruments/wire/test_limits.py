"""A load generator knows its own limits from a server's faults."""

import errno
import os
import resource
import subprocess
import sys
from contextlib import ExitStack
from itertools import islice, takewhile
from pathlib import Path

import psutil
import pytest

from pyuibench.instruments.wire.client import ProtocolError
from pyuibench.instruments.wire.limits import SPARE, SPARE_FILES, is_own_limit, lack_of_files, whose_limit

HOLDING = "import sys; held = [open('/dev/null') for _ in range(int(sys.argv[1]))]; print('held', flush=True); sys.stdin.read()"
MOST = 64


def opened():
    """Open a file without end, one more each time."""
    while True:
        yield Path(os.devnull).open()  # noqa: SIM115 - closed by who asked for it


@pytest.fixture
def few_files():
    """Allow this process no more open files than it needs, and some."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Numbers below the highest may be free, and others take them while a test runs.
    highest = max(int(each.name) for each in Path("/proc/self/fd").iterdir())
    filled = list(takewhile(lambda file: file.fileno() <= highest, opened()))
    most = highest + SPARE_FILES + 10
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, before[1]))
    yield most
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
    for file in filled:
        file.close()


def test_too_many_open_files_are_foreseen(few_files):
    assert lack_of_files() is None
    with ExitStack() as files:
        for file in islice(opened(), 10):
            files.enter_context(file)
        assert lack_of_files().startswith(f"its process may have {few_files} files open (`ulimit -n`)")
    assert lack_of_files() is None


def test_sessions_that_are_being_opened_need_files_too(few_files):
    assert lack_of_files(opening=2) is None
    assert lack_of_files(opening=3) is not None


def test_no_file_left_at_all(few_files):
    with ExitStack() as files:
        with pytest.raises(OSError, match="Too many open files"):
            for file in opened():
                files.enter_context(file)
        assert lack_of_files() is not None


def raised_from(error):
    try:
        raise ProtocolError("no WebSocket") from error
    except ProtocolError as told:
        return told


@pytest.mark.parametrize(
    ("error", "is_own"),
    [
        (OSError(errno.EMFILE, "Too many open files"), True),
        (raised_from(OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")), True),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), False),
        (raised_from(TimeoutError("nothing came")), False),
        (ValueError("a client's own"), False),
    ],
)
def test_whose_fault_an_error_is(error, is_own):
    assert is_own_limit(error) is is_own


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
