"""The invented run with a second transport of its baseline: clicks in half the time, filters in twice the time."""

from dataclasses import replace

import pandas as pd

FACTORS = {"unrelated": 0.5, "drag": 0.5, "global": 2.0}
TRANSPORTS = ("socket", "plain")


def with_second_transport(run, name="plain", factors=FACTORS):
    """Return the run with the baseline's samples once more under another name, their times multiplied scenario by scenario."""
    rows = run.interactions
    first = rows[rows["entry"] == "ground"]
    factor = first["scenario"].map(factors).fillna(1.0)
    second = first.assign(variant=name, boot=first["boot"] + f"-{name}", right_ms=first["right_ms"] * factor)
    second["output_ms"] = [
        {output: ms * times for output, ms in its.items()} if isinstance(its, dict) else its
        for its, times in zip(second["output_ms"], factor, strict=True)
    ]
    entries = {**run.meta["entries"]}
    known = entries["ground"]["variants"]
    entries["ground"] = {**entries["ground"], "variants": {**known, name: known["socket"]}}
    both = pd.concat([rows, second], ignore_index=True)
    return replace(run, interactions=both, meta={**run.meta, "entries": entries})
