"""Which commands are timed, and when a limit counts as kept. How fast they are is for `make speed`."""

from pathlib import Path

from pyuibench.calibration.tool_speed import Command, Taken, commands, keeps, timed


def test_a_limit_is_kept_or_exceeded():
    command = Command("it", (), 0.5)
    assert keeps(command, Taken(0.5, 9.0))
    assert not keeps(command, Taken(0.6, 0.1))
    assert not keeps(command, Taken(0.0, 0.0, "it failed"))


def test_a_command_is_run_as_a_program():
    taken = timed(Command("it", ("--help",), 0.5, times=2))
    assert not taken.problem
    assert taken.elapsed_s > 0
    assert taken.cpu_s > 0


def test_a_command_that_fails_is_no_fast_one():
    taken = timed(Command("it", ("report", "/nowhere"), 0.5))
    assert taken.problem == "exit code 2 instead of 0: pyuibench: /nowhere is not a run: it has no run.json."
    assert not timed(Command("it", ("report", "/nowhere"), 0.5, exit_code=2)).problem


def test_nothing_is_written_beside_the_runs(tmp_path):
    timed_commands = commands([Path("one"), Path("two")], tmp_path)
    assert [it.arguments[0] for it in timed_commands] == ["--help", "list", "verify", "report", "site", "talk"]
    for command in timed_commands[-2:]:
        assert command.arguments[1:3] == ("one", "two")
        assert Path(command.arguments[-1]).parent == tmp_path
