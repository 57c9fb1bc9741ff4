import os
import resource

import pytest

from pyuibench.serving import machine


def told(name):
    return machine.describe()[name]


@pytest.mark.parametrize(
    ("available", "shared"),
    [
        ((3,), machine.Cores((3,), (3,), (3,))),
        ((0, 1), machine.Cores((0,), (0, 1), (1,))),
        ((5, 1, 3), machine.Cores((1,), (1, 3, 5), (3, 5))),
        ((0, 1, 2, 3), machine.Cores((0,), (1, 2, 3), (1, 2, 3))),
    ],
)
def test_who_runs_on_which_cores(available, shared):
    assert machine.share_cores(available) == shared


def test_a_process_is_kept_on_cores_and_let_go_again():
    before = os.sched_getaffinity(0)
    with machine.on_cores([min(before)]):
        assert os.sched_getaffinity(0) == {min(before)}
    assert os.sched_getaffinity(0) == before


@pytest.fixture
def cpus(monkeypatch, tmp_path):
    """Return a directory as /sys/devices/system/cpu, of four cores that two share each."""
    for core, shared in enumerate(("0-1", "0-1", "2", "3")):
        topology = tmp_path / f"cpu{core}" / "topology"
        topology.mkdir(parents=True)
        (topology / "thread_siblings_list").write_text(f"{shared}\n")
    monkeypatch.setattr(machine, "SYSTEM_CPU", tmp_path)
    monkeypatch.setattr(machine, "available_cores", lambda: (0, 1, 2))
    return tmp_path


def test_threads_of_one_core_are_named(cpus):
    assert told("threads_of_one_core") == "0-1"
    assert (told("cores"), told("core_numbers")) == ("3", "0, 1, 2")


def test_cores_of_their_own(cpus, monkeypatch):
    monkeypatch.setattr(machine, "available_cores", lambda: (2, 3))
    assert told("threads_of_one_core") == "none"


def test_what_cannot_be_read_is_not_known_and_why(cpus):
    assert told("governor") == f"not known ({cpus}/cpu0/cpufreq/scaling_governor: No such file or directory)"
    (cpus / "cpu0" / "cpufreq").mkdir()
    (cpus / "cpu0" / "cpufreq" / "scaling_governor").write_text("powersave\n")
    assert told("governor") == "powersave"


@pytest.mark.parametrize(
    ("files", "quota"),
    [
        ({"cpu.max": "150000 100000\n"}, "1.5 cores"),
        ({"cpu.max": "max 100000\n"}, "none"),
        ({"cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n"}, "0.5 cores"),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, "none"),
        ({}, "none stated"),
    ],
)
def test_quota_of_the_control_group(monkeypatch, tmp_path, files, quota):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(machine, "CONTROL_GROUPS", tmp_path)
    assert told("cpu_quota") == quota


def test_as_many_files_as_may_be():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        assert told("open_files") == f"256, can be raised to {before[1]}"
        machine.raise_open_files()
        assert told("open_files") == str(before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_every_fact_is_told():
    assert all(machine.describe().values())
    assert set(machine.LASTING) <= machine.describe().keys()
