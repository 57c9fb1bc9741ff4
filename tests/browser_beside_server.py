"""An invented run of which maple's Python runs in the browser, and ground is the same app on a server."""

from dataclasses import replace

import pandas as pd

from pyuibench.figures.view import RunView


def clicks_of(run):
    rows = run.interactions
    return rows[
        (rows["instrument"] == "browser") & (rows["control"] == "increment") & (rows["scenario"] == "unrelated")
    ]


def beside(run, *more):
    """Return what is told of the run with more rows, and with maple in the browser and ground as its server."""
    entries = {**run.meta["entries"]}
    entries["maple"] = {**entries["maple"], "runs_in": "browser", "server_entry": "ground"}
    rows = pd.concat([run.interactions, *more], ignore_index=True)
    return RunView(replace(run, interactions=rows, meta={**run.meta, "entries": entries}), audits=())


def away(run, round_trips):
    """Return the run with clicks taken again at 50 ms: the server's so many round trips later, the browser's as before."""
    clicks = clicks_of(run).assign(rtt_ms=50.0, experiment="far")
    later_ms = (clicks["entry"] == "ground") * round_trips * 50.0
    return beside(run, clicks.assign(right_ms=clicks["right_ms"] + later_ms))


TIMES_MS = {
    ("maple", "load", "cold"): (1450.0, 0.0),
    ("maple", "global", "min_units"): (50.0, 0.0),
    ("ground", "load", "cold"): (100.0, 4.0),
    ("ground", "global", "min_units"): (20.0, 2.0),
}
"""What is done -> milliseconds without a network, and how many round trips it takes."""


def with_known_times(run):
    """Return the run with loads and a filter's changes at two distances, which take TIMES_MS."""
    clicks = clicks_of(run)
    made = [
        clicks[clicks["entry"] == entry].assign(
            scenario=scenario, control=control, rtt_ms=rtt_ms, right_ms=near_ms + round_trips * rtt_ms
        )
        for (entry, scenario, control), (near_ms, round_trips) in TIMES_MS.items()
        for rtt_ms in (0.0, 50.0)
    ]
    return beside(run, *made)
