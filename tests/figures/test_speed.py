"""Figures of a run during which the machine changed its speed: they are those of its usual speed, where enough boots say so."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pyuibench.figures import speed
from pyuibench.figures.ends import RIGHT, headline_end
from pyuibench.figures.latency import latency, latency_ratio
from pyuibench.figures.usual_speed import FIXED_WORK
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build

EXPONENT = 0.8
USUAL_MS = 4.0
BLOCKS = 16


def slowed(run, exponent=EXPONENT):
    """Return a run whose machine was half as fast beside some of its boots, and the fixed work's time beside each boot."""
    rows = run.interactions.copy()
    boots = sorted(rows["boot"].unique())
    slow = dict(zip(boots, np.random.default_rng(1).permutation(len(boots)) % 3 == 0, strict=True))
    rows["right_ms"] *= np.where(rows["boot"].map(slow), 2.0**exponent, 1.0)
    first = run.measurements.iloc[:1]
    read = [
        first.assign(
            boot=boot, metric=FIXED_WORK, value=(2 * USUAL_MS if slow[boot] else USUAL_MS) * around, instrument="speed"
        )
        for boot in boots
        for around in (0.9, 1 / 0.9)
    ]
    return replace(run, interactions=rows, measurements=pd.concat([run.measurements, *read], ignore_index=True))


def uneven(run):
    rows = run.interactions.copy()
    rows["right_ms"] *= 1 + rows["block"] / 50
    return replace(run, interactions=rows)


def figures(view):
    """Return medians and ratios of all cases in the browser, with their intervals."""
    return [
        (found.estimate.value, found.estimate.low, found.estimate.high)
        for variant in view.variants
        for case in view.headline_cases
        for found in (latency(view, variant, case, RIGHT), latency_ratio(view, variant, case, RIGHT))
        if hasattr(found, "estimate")
    ]


def test_figures_are_those_of_the_usual_speed(write_run):
    run = uneven(write_run(blocks=BLOCKS))
    wanted, found = figures(RunView(run)), figures(RunView(slowed(run)))
    assert len(found) == 9
    assert np.array(found) == pytest.approx(np.array(wanted), rel=1e-6)


def test_parts_of_a_latency_and_waits_stay_as_measured(write_run):
    run = write_run(blocks=BLOCKS)
    view, plain = RunView(slowed(run)), RunView(run)
    for variant in view.variants:
        for case in view.headline_cases:
            for column in ("sent_ms", "until_user_code_ms", "bytes_down"):
                ours, theirs = (it.boots(variant, case, "browser", column) for it in (view, plain))
                assert [list(boot) for boot in ours] == [list(boot) for boot in theirs]


def test_figures_of_a_run_that_did_not_look_or_has_few_boots_are_as_measured(write_run):
    run = uneven(write_run())
    few = slowed(run)
    assert not speed.machine_speed(RunView(few)).is_used
    assert figures(RunView(few)) == figures(RunView(replace(few, measurements=run.measurements)))
    assert speed.machine_speed(RunView(run)) is None
    assert speed.table(RunView(run)).rows == speed.table(RunView(few)).rows == ()


def test_the_first_screen_says_how_the_speed_changed(write_run):
    for blocks, words in ((BLOCKS, "Medians and ratios are told at the usual speed"), (3, "There are too few boots")):
        run = slowed(write_run(blocks=blocks))
        before, after = build(run).read_text().split("<nav", 1)
        assert (
            "the same work took ×1.00 of its usual time beside the fastest boot and ×2.00 beside the slowest" in before
        )
        assert words in before
        assert ('id="precision.speed"' in after) == (blocks == BLOCKS)


def test_the_table_says_how_a_case_follows_the_speed_and_how_far_it_scatters(write_run):
    view = RunView(slowed(uneven(write_run(blocks=BLOCKS))))
    known = speed.machine_speed(view)
    assert (known.usual_ms, known.fastest, known.slowest) == pytest.approx((USUAL_MS, 1.0, 2.0))
    table = speed.table(view)
    assert f"took {USUAL_MS:.2f} ms" in table.caption
    cells = [row.cells for row in table.rows if isinstance(row.cells[0], str)]
    assert cells
    for follows, measured, corrected in cells:
        assert follows == f"{EXPONENT:.2f} ± 0.00"
        assert (float(measured[1:]) > 1.2, float(corrected[1:])) == (True, 1.0)


def test_what_does_not_follow_the_speed_is_left_alone(write_run):
    view = RunView(slowed(write_run(blocks=BLOCKS), exponent=0.0))
    case = view.headline_cases[0]
    assert view.dependence(case, "browser", headline_end(view).column).exponent == pytest.approx(0.0, abs=1e-9)
