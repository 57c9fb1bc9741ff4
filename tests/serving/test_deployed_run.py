"""A whole run of workers: the baseline with one and with two, kept busy through the proxy."""

from dataclasses import replace

import pytest

from pyuibench.entries.catalog import load_entry
from pyuibench.experiments.plan import PROFILES, Selection
from pyuibench.experiments.request import Progress, Request, new_run
from pyuibench.figures.view import Report
from pyuibench.figures.workers import workers_table
from pyuibench.project import APPS
from pyuibench.results.store import WORKERS, load
from pyuibench.entries.deployment import ONE, TWO

QUIET = Progress(preparing=lambda entry: None, start=lambda plan: None, done=lambda cell, failures: None)
TINY = replace(PROFILES["workers"], blocks=1, worker_sessions=3, worker_hold_s=1.0, truths=())


@pytest.mark.servers
def test_answers_of_one_and_two_workers_are_counted(tmp_path, only_proxy):
    baseline = load_entry(APPS / "baseline").variants[0]
    run = load(new_run(Request(TINY, Selection(), (baseline,), 3), tmp_path / "run", QUIET))
    assert run.failures.empty
    rows = run.interactions
    assert set(rows["deployment"]) == {ONE, TWO}
    assert set(rows["role"]) == {WORKERS}
    assert rows["ok"].all()
    assert rows.groupby("deployment")["session"].nunique().eq(3).all()
    (row,) = workers_table(Report(run)).rows
    assert row.cells[1].estimate.value > 50
    assert run.near.empty
