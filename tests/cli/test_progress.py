"""The time that a run has left: what the boots to go will take, of blocks that it was given the time for."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from rich.console import Console

from pyuibench.cli import progress
from pyuibench.cli.progress import TerminalProgress
from pyuibench.results.plan import PlannedBoot
from pyuibench.results.records import Origin

BOOTS = [
    PlannedBoot(
        Origin(
            block=0,
            boot=f"boot-{number}",
            entry="maple",
            variant="app",
            role="",
            model="",
            experiment="rounds",
            page="app",
        ),
        ("rounds",),
    )
    for number in range(10)
]


def told(monkeypatch, within_s, plan=BOOTS):
    """Return what is printed when the first of ten boots took a minute."""
    clock = iter((0.0, 0.0, 60.0))  # when it is made, when the plan is known, and after the first boot
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    console = Console(record=True, width=120)
    hooks = TerminalProgress(console, within_s).hooks
    hooks.start(plan)
    hooks.done(plan[0], [])
    return console.export_text()


def in_blocks_of(size):
    """Return the ten boots in blocks of so many."""
    return [replace(boot, origin=replace(boot.origin, block=number // size)) for number, boot in enumerate(BOOTS)]


def test_as_long_as_the_boots_to_go_take(monkeypatch):
    assert "boot-0  9:00 left" in told(monkeypatch, None)


@pytest.mark.parametrize(("size", "left"), [(10, "9:00"), (5, "4:00"), (1, "0:00")])
def test_the_block_that_is_under_way_is_ended_whatever_time_was_given(monkeypatch, size, left):
    assert f"boot-0  {left} left" in told(monkeypatch, 30.0, in_blocks_of(size))


def test_no_block_that_would_end_too_late(monkeypatch):
    assert "boot-0  4:00 left" in told(monkeypatch, 480.0, in_blocks_of(5))
    assert "boot-0  9:00 left" in told(monkeypatch, 600.0, in_blocks_of(5))


def test_what_was_measured_before_says_nothing_of_the_pace(monkeypatch):
    clock = iter((0.0, 0.0, 0.01, 60.01))
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    console = Console(record=True, width=120)
    hooks = TerminalProgress(console).hooks
    hooks.start(BOOTS)
    for boot in BOOTS[:2]:
        hooks.done(boot, [])
    assert "boot-1  8:00 left" in console.export_text()
