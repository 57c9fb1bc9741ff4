"""Which runs fault injection makes, what it counts, and that its faults do to processes what they say."""

import os
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from pyuibench.audits.registry import AUDITS
from pyuibench.calibration import fault_injection
from pyuibench.calibration.fault_injection import QUIET, Outcome, as_markdown, is_as_it_should, outcome_of, schedule
from pyuibench.calibration.faults import CLOCK_OFFSET_MS, FAULTS, FaultyRun, _other_clock, burner, pausing
from pyuibench.experiments.names import profile_names

FAULT = FAULTS[0]
SOUND = Outcome(QUIET, 1, {}, 20.0)
FOUND = Outcome(FAULT.name, 1, {FAULT.found_by[0]: ["it did"]}, 20.0)


def test_every_fault_is_looked_for_by_an_audit_that_there_is():
    assert all(set(fault.found_by) <= set(AUDITS) and fault.found_by for fault in FAULTS)
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert fault_injection.PROFILE in profile_names()


def test_what_is_as_it_should_be():
    assert is_as_it_should([SOUND, FOUND], refused=True)
    assert not is_as_it_should([SOUND, FOUND], refused=False)
    assert not is_as_it_should([replace(SOUND, failed={"drift": ["it drifts"]})], refused=True)
    assert not is_as_it_should([replace(SOUND, problem="no browser")], refused=True)
    assert not is_as_it_should([replace(FOUND, failed={"drift": ["another"]})], refused=True)


def test_each_fault_has_its_runs_among_the_quiet_ones(monkeypatch):
    possible = [replace(fault, lacks=lambda: None) for fault in FAULTS]
    monkeypatch.setattr(fault_injection, "FAULTS", (*possible[:-1], replace(FAULTS[-1], lacks=lambda: "no right")))

    def runs(quiet, faulty):
        return [(fault.name if fault else QUIET, number) for fault, number in schedule(quiet, faulty)]

    names = [fault.name for fault in FAULTS[:-1]]
    first, second = ([(name, number) for name in names] for number in (1, 2))
    assert runs(5, 2) == [(QUIET, 1), (QUIET, 2), *first, (QUIET, 3), (QUIET, 4), *second, (QUIET, 5)]
    assert runs(0, 2) == [*first, *second]
    assert runs(1, 2) == [(QUIET, 1), *first, *second]
    assert runs(2, 0) == [(QUIET, 1), (QUIET, 2)]


def test_the_page_counts():
    alarm = replace(SOUND, number=2, failed={"drift": ["it drifts"]})
    missed = replace(FOUND, number=2, failed={"drift": ["it drifts"]})
    page = as_markdown(
        [SOUND, alarm, FOUND, missed, replace(FOUND, number=3, problem="no port")], True, ["one can't be."]
    )
    assert "1 of 2 quiet runs failed an audit." in page
    assert "| drift | 1 |" in page
    assert f"| {FAULT.name}: {FAULT.about} | 2 | 1 | {FAULT.found_by[0]} 1, drift 1 |" in page
    assert "was refused" in page
    assert "one can't be." in page
    assert f"{FAULT.name}-03 failed: no port" in page


def test_a_run_that_is_there_is_not_made_again(tmp_path, monkeypatch):
    asked = []

    def audited(command, **how):
        asked.append(command[1:])
        said = '[{"id": "drift", "passed": false, "objections": [{"message": "it drifts"}]}, {"id": "order", "passed": true}]'
        return subprocess.CompletedProcess(command, 1, said, "")

    monkeypatch.setattr(fault_injection.subprocess, "run", audited)
    (tmp_path / "quiet-03").mkdir()
    (tmp_path / "quiet-03" / "interactions.parquet").touch()
    outcome = outcome_of(None, 3, tmp_path)
    assert asked == [["audit", str(tmp_path / "quiet-03"), "--json"]]
    assert (outcome.fault, outcome.failed, outcome.problem) == (QUIET, {"drift": ["it drifts"]}, "")


def test_a_burner_burns_where_it_should_and_ends():
    core = min(os.sched_getaffinity(0))
    with burner(1.0, (core,)):
        (process,) = psutil.Process().children()
        deadline = time.monotonic() + 30
        while process.cpu_affinity() != [core] and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.cpu_affinity() == [core]
        while process.cpu_times().user < 0.1 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.cpu_times().user >= 0.1
    assert not process.is_running()


def test_only_generators_are_stopped_and_they_go_on():
    own = psutil.Process()
    generator, other = (
        subprocess.Popen([sys.executable, "-c", "input()", word], stdin=subprocess.PIPE)
        for word in ("locust", "server")
    )
    seen = set()
    with pausing(own):
        deadline = time.monotonic() + 30
        while len(seen) < 2 and time.monotonic() < deadline:
            seen.add(psutil.Process(generator.pid).status() == psutil.STATUS_STOPPED)
            assert psutil.Process(other.pid).status() != psutil.STATUS_STOPPED
            time.sleep(0.02)
    assert seen == {True, False}
    for process in (generator, other):
        process.communicate(b"\n", timeout=30)
        assert process.returncode == 0


@pytest.mark.browser
def test_a_browser_with_another_clock_is_ahead(tmp_path, monkeypatch):
    (clock,) = (fault for fault in FAULTS if fault.name == "clock")
    if why := clock.lacks():
        pytest.skip(why)
    (script,) = _other_clock(FaultyRun(tmp_path, list)).values()
    # What it starts is a program like any other: here one that tells its clock.
    told = "import sys, time; print(time.monotonic_ns())"
    text = (tmp_path / "chromium").read_text()
    program = text.partition("os.execv('")[2].partition("'")[0]
    (tmp_path / "chromium").write_text(text.replace(program, sys.executable))
    before_ns = time.monotonic_ns()
    ended = subprocess.run([script, "-c", told], capture_output=True, text=True, check=True)
    after_ns = time.monotonic_ns()
    assert before_ns <= int(ended.stdout) - CLOCK_OFFSET_MS * 10**6 <= after_ns


def test_a_burner_ends_with_who_started_it():
    """It would else take a core of the machine for good when fault injection is killed."""
    starts = (
        "import time; from pyuibench.calibration.faults import burner; it = burner(0.1); it.__enter__(); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", starts]) as starter:
        deadline = time.monotonic() + 30
        while not (below := psutil.Process(starter.pid).children()) and time.monotonic() < deadline:
            time.sleep(0.05)
        (burning,) = below
        starter.kill()
        starter.wait()
    psutil.wait_procs([burning], timeout=10)
    assert not burning.is_running()
