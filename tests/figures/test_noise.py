"""The control against itself: in the whole run, and in a long one taken as several short ones."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pyuibench.entries.catalog import AGAIN
from pyuibench.figures import problems
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build

SPREAD = 0.05


def twice(run):
    """Return the run with the baseline measured a second time, by chance a little faster or slower in each boot."""
    random = np.random.default_rng(4)
    rows = run.interactions
    baseline = rows[rows["entry"] == "ground"]
    again = baseline.assign(variant=AGAIN, boot=baseline["boot"] + "-again")
    factors = {boot: float(np.exp(random.normal(0, SPREAD))) for boot in sorted(set(again["boot"]))}
    again["right_ms"] *= again["boot"].map(factors)
    entries = {**run.meta["entries"]}
    known = entries["ground"]["variants"]
    entries["ground"] = {**entries["ground"], "variants": {**known, AGAIN: known["socket"]}}
    both = pd.concat([rows, again], ignore_index=True)
    return replace(run, interactions=both, meta={**run.meta, "entries": entries})


def test_a_long_run_is_also_taken_as_short_ones(write_run):
    report = RunView(twice(write_run(blocks=12)))
    whole, repeated = problems.noise(report), problems.repeated(report)
    assert (repeated.runs, repeated.blocks) == (4, 3)
    assert repeated.noise.counted == 4 * whole.counted
    # A short run knows less.
    assert repeated.noise.median_half_width > whole.median_half_width > 0
    assert 0.7 < repeated.noise.held / repeated.noise.counted <= 1


@pytest.mark.parametrize("blocks", [3, 5])
def test_a_short_run_is_taken_as_itself_only(write_run, blocks):
    report = RunView(twice(write_run(blocks=blocks)))
    assert problems.noise(report)
    assert problems.repeated(report) is None


def test_without_a_second_name_there_is_no_noise_to_state(write_run):
    report = RunView(write_run(blocks=6))
    assert problems.noise(report) is None
    assert problems.repeated(report) is None


def test_the_page_says_both(write_run):
    html = build(twice(write_run(blocks=6))).read_text()
    assert "its ratio to itself is known to" in html
    assert "Taken as 2 runs of 3 blocks each" in html
