"""A whole run of workers: the baseline with one and with two, kept busy through the proxy."""

import pytest

from pyuibench.entries.catalog import load_entry
from pyuibench.entries.deployment import ONE, TWO
from pyuibench.experiments.kinds.workers import Workers
from pyuibench.experiments.manifest import Request
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.request import Progress, new_run
from pyuibench.experiments.selection import Selection
from pyuibench.figures.registry import figure
from pyuibench.figures.view import RunView
from pyuibench.project import APPS
from pyuibench.results.store import load

QUIET = Progress(preparing=lambda entry: None, start=lambda plan: None, done=lambda cell, failures: None)
TINY = Profile("workers", 1, (Workers(sessions=3, hold_s=1.0),))


@pytest.mark.servers
def test_answers_of_one_and_two_workers_are_counted(tmp_path, only_proxy):
    baseline = load_entry(APPS / "baseline").variants[0]
    run = load(new_run(Request(TINY, Selection(), (baseline,), 3), tmp_path / "run", QUIET, lambda run: None))
    assert run.failures.empty
    rows = run.interactions
    assert set(rows["deployment"]) == {ONE, TWO}
    assert set(rows["experiment"]) == {"workers"}
    assert rows["ok"].all()
    assert rows.groupby("deployment")["session"].nunique().eq(3).all()
    view = RunView(run)
    (variant,) = view.variants
    assert view.result(figure("workers.one.rate"), variant).estimate.value > 50
    assert run.near.empty
