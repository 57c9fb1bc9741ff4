"""The time that a run has left: what the boots to go will take, and no more than it was given."""

from types import SimpleNamespace

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


def told(monkeypatch, within_s):
    """Return what is printed when the first of ten boots took a minute."""
    clock = iter((0.0, 0.0, 60.0))  # when it is made, when the plan is known, and after the first boot
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    console = Console(record=True, width=120)
    hooks = TerminalProgress(console, within_s).hooks
    hooks.start(BOOTS)
    hooks.done(BOOTS[0], [])
    return console.export_text()


def test_as_long_as_the_boots_to_go_take(monkeypatch):
    assert "boot-0  9:00 left" in told(monkeypatch, None)


def test_no_longer_than_the_run_was_given(monkeypatch):
    assert "boot-0  7:00 left" in told(monkeypatch, 480.0)
    assert "boot-0  0:00 left" in told(monkeypatch, 30.0)


def test_what_was_measured_before_says_nothing_of_the_pace(monkeypatch):
    clock = iter((0.0, 0.0, 0.01, 60.01))
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    console = Console(record=True, width=120)
    hooks = TerminalProgress(console).hooks
    hooks.start(BOOTS)
    for boot in BOOTS[:2]:
        hooks.done(boot, [])
    assert "boot-1  8:00 left" in console.export_text()
