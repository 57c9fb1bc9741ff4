"""What is recovered of known delays: the right difference, its interval, and when an instrument is objected to."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pyuibench.analysis.known_delays import KNOWN_DELAYS, recovered
from pyuibench.contract.known_delays import DELAYS_MS, KINDS, PAUSE_MS, TRUTHS, Truth, limit_ms, with_pauses
from pyuibench.results.store import Run


def samples(cost_ms, kind, *, block=0, instrument="browser", off_ms=0.0, seed=0):
    """Return twenty samples around what a server with such a cell takes, as rows of a run's interactions."""
    noise = np.random.default_rng(seed).normal(0, 0.3, 20)
    times = 4.0 + cost_ms + off_ms + noise
    column = {"browser": "right_ms", "wire": "service_ms"}[instrument]
    row = {
        "experiment": KNOWN_DELAYS,
        "scenario": "grid",
        "block": block,
        "instrument": instrument,
        "ok": True,
        "warmup": False,
        "rtt_ms": 0.0,
        "beside": 0,
    }
    rows = pd.DataFrame([{**row, "grid_cost_ms": cost_ms, "grid_cost_kind": kind, column: time} for time in times])
    return rows.reindex(columns=[*row, "grid_cost_ms", "grid_cost_kind", "right_ms", "service_ms"])


def run_of(*frames):
    rows = pd.concat(frames, ignore_index=True)
    return Run(directory=None, meta={}, interactions=rows, measurements=None, failures=None)


def test_every_delay_is_found_by_the_instrument_that_took_its_samples():
    boots = [
        samples(truth.cost_ms, truth.kind, instrument=instrument, seed=number)
        for number, truth in enumerate(with_pauses(TRUTHS))
        for instrument in ("browser", "wire")
    ]
    found = recovered(run_of(*boots))
    assert {(it.instrument, it.truth) for it in found} == {(name, it) for name in ("browser", "wire") for it in TRUTHS}
    for it in found:
        assert it.estimate.value == pytest.approx(it.truth.delay_ms, abs=0.4)
        assert it.estimate.low < it.estimate.value < it.estimate.high
        assert it.is_found
        assert (it.estimate.n, it.estimate.boots) == (20, 1)


@pytest.mark.parametrize(
    ("delay_ms", "off_ms", "is_found"), [(1.0, 0.3, True), (1.0, -1.0, False), (100.0, 4.0, True), (100.0, 7.0, False)]
)
def test_a_delay_of_which_too_much_or_too_little_is_found(delay_ms, off_ms, is_found):
    run = run_of(samples(PAUSE_MS, "sleep"), samples(PAUSE_MS + delay_ms, "sleep", off_ms=off_ms, seed=1))
    (found,) = recovered(run)
    assert found.is_found is is_found


def test_blocks_are_compared_within_themselves():
    slow = 50.0
    run = run_of(
        samples(PAUSE_MS, "cpu"),
        samples(PAUSE_MS + 5, "cpu", seed=1),
        samples(PAUSE_MS, "cpu", block=1, off_ms=slow, seed=2),
        samples(PAUSE_MS + 5, "cpu", block=1, off_ms=slow, seed=3),
    )
    (found,) = recovered(run)
    assert found.estimate.value == pytest.approx(5, abs=0.4)
    assert (found.estimate.n, found.estimate.boots) == (40, 2)


def test_wrong_samples_warm_up_and_page_loads_are_not_looked_at():
    right = samples(PAUSE_MS + 20, "sleep", seed=1)
    wrong = samples(PAUSE_MS + 20, "sleep", off_ms=500.0)
    others = [wrong.assign(ok=False), wrong.assign(warmup=True), wrong.assign(scenario="load")]
    run = run_of(samples(PAUSE_MS, "sleep"), right, *others)
    (found,) = recovered(run)
    assert found.estimate.value == pytest.approx(20, abs=0.4)


def test_a_delay_without_its_pause_is_not_recovered():
    assert recovered(run_of(samples(PAUSE_MS, "cpu"), samples(PAUSE_MS + 5, "sleep"))) == ()


def test_samples_of_other_boots_are_no_truth():
    boots = [samples(PAUSE_MS, "sleep"), samples(PAUSE_MS + 5, "sleep", seed=1)]
    assert recovered(run_of(*(boot.assign(experiment="scaling") for boot in boots))) == ()
    run = run_of(*boots)
    assert run.near.empty
    assert len(replace(run, interactions=run.interactions.assign(experiment="scaling")).near) == 40


def test_each_way_has_its_pause_first():
    assert with_pauses([Truth(5.0, "cpu"), Truth(1.0, "cpu")]) == (
        Truth(0.0, "cpu"),
        Truth(5.0, "cpu"),
        Truth(1.0, "cpu"),
    )
    assert len(with_pauses(TRUTHS)) == (len(DELAYS_MS) + 1) * len(KINDS)


def test_limits():
    assert [limit_ms(delay_ms) for delay_ms in DELAYS_MS] == [0.5, 0.5, 1.0, 5.0]
