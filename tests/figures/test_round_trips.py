"""Round trips are the slope of latency against the network's, and what went through a relay is in no other figure."""

from dataclasses import replace

import pandas as pd
import pytest

from pyuibench.figures.latency import latency_rows
from pyuibench.figures.registry import table_of
from pyuibench.figures.view import RunView


def afar(run, round_trips):
    """Return the run with maple's clicks taken again at 50 and 150 ms, each so many round trips later."""
    rows = run.interactions
    clicks = rows[(rows["entry"] == "maple") & (rows["instrument"] == "browser") & (rows["control"] == "increment")]
    again = [
        clicks.assign(rtt_ms=rtt_ms, experiment="far", right_ms=clicks["right_ms"] + round_trips * rtt_ms)
        for rtt_ms in (50.0, 150.0)
    ]
    return replace(run, interactions=pd.concat([rows, *again], ignore_index=True))


def test_round_trips_are_the_slope(write_run):
    (row,) = table_of(RunView(afar(write_run(), 2)), "round_trips.all").rows
    assert (row.group, row.label) == ("Maple <ui> (on Sap) 2.5", "app")
    assert row.cells[0].estimate.value == pytest.approx(2)


def test_what_was_delayed_is_in_no_other_figure(write_run):
    run = write_run()
    near, far = (RunView(each) for each in (run, afar(run, 2)))
    assert latency_rows(near) == latency_rows(far)


def test_a_run_without_relays_has_no_such_table(write_run):
    assert table_of(RunView(write_run()), "round_trips.all").rows == ()
