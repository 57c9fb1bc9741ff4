import subprocess
import sys

import pytest

from pyuibench.errors import UserError
from pyuibench.serving.only_run import LOCK_VARIABLE, only_run

HOLDING = """
import sys
from pathlib import Path
from pyuibench.serving.only_run import only_run
with only_run(Path("results/first")):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def lock(monkeypatch, tmp_path):
    monkeypatch.setenv(LOCK_VARIABLE, str(tmp_path / "lock"))


@pytest.fixture
def another():
    """Return a process that measures."""
    with subprocess.Popen([sys.executable, "-c", HOLDING], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_second_run_is_refused_and_told_of_the_first(another, tmp_path):
    with pytest.raises(UserError, match=f"process {another.pid}, .*/results/first\\)") as refused, only_run(tmp_path):
        pass
    assert "\n" not in str(refused.value)


def test_a_run_that_was_killed_holds_no_one_up(another, tmp_path):
    another.kill()
    another.wait()
    with only_run(tmp_path):
        pass


def test_one_after_the_other(tmp_path):
    for _ in range(2):
        with only_run(tmp_path):
            pass
