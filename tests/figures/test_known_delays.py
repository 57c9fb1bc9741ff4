"""The table of known delays: a row a delay, with what each instrument finds of it."""

from dataclasses import replace

import pandas as pd

from pyuibench.analysis.known_delays import KNOWN_DELAYS
from pyuibench.figures.base import Missing
from pyuibench.figures.known_delays import delay_tables
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build


def with_truths(run):
    """Return the run with two boots of the control whose cell costs 10 and 15 ms, timed in the browser only."""
    sample = run.interactions[run.interactions["instrument"] == "browser"].iloc[0]
    rows = [
        {
            **sample,
            "experiment": KNOWN_DELAYS,
            "page": "grid",
            "grid_cells": 1,
            "grid_cost_ms": cost_ms,
            "grid_cost_kind": "sleep",
        }
        | {
            "boot": f"truth-{cost_ms}",
            "scenario": "grid",
            "warmup": False,
            "ok": True,
            "right_ms": cost_ms + number / 10,
        }
        for cost_ms in (10.0, 15.0)
        for number in range(9)
    ]
    return replace(run, interactions=pd.concat([run.interactions, pd.DataFrame(rows)], ignore_index=True))


def test_what_is_found_stands_beside_what_was_put_in(write_run):
    run = with_truths(write_run())
    ((label, cells),) = [(row.label, row.cells) for row in delay_tables(RunView(run))[0].rows]
    assert label == "5 ms asleep"
    assert cells[0].estimate.value == 5.0
    assert cells[1] == Missing("not measured in this run")
    assert "What is recovered of known delays" in build(run).read_text()


def test_without_known_delays_there_is_no_table(write_run):
    run = write_run()
    assert delay_tables(RunView(run))[0].rows == ()
    assert "What is recovered of known delays" not in build(run).read_text()
    # Nor do the delays' boots come into any other table.
    assert RunView(with_truths(run)).samples.cases == RunView(run).samples.cases
