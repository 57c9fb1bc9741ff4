"""The model's parameters are found again in latencies that were made from them, and a bend in them is seen."""

import numpy as np
import pytest

from pyuibench.analysis.scaling_fit import Sample, fit, pool

SIZES = (1, 20, 100)
COSTS = (0.0, 1.0, 5.0)


def samples(overhead=30.0, per_cell=0.4, rerun=1.0, noise=0.0, blocks=5, bend=0.0):
    random = np.random.default_rng(9)
    for block in range(blocks):
        for cells in SIZES:
            for cost_ms in COSTS:
                line = overhead + per_cell * cells + rerun * (cells - 1) * cost_ms + cost_ms + bend * cells**2
                yield Sample(block, cells, cost_ms, "cpu", line * np.exp(random.normal(0, noise)))


@pytest.mark.parametrize("rerun", [0.0, 0.5, 1.0])
def test_exact_latencies_give_their_parameters(rerun):
    tax = fit(samples(rerun=rerun))
    assert (tax.overhead_ms.value, tax.per_cell_ms.value, tax.rerun.value) == pytest.approx((30, 0.4, rerun))
    assert tax.fits
    assert len(tax.residuals) == len(SIZES) * len(COSTS)


def test_intervals_hold_the_parameters_of_noisy_latencies():
    tax = fit(samples(noise=0.05))
    for estimate, truth in ((tax.overhead_ms, 30), (tax.per_cell_ms, 0.4), (tax.rerun, 1)):
        assert estimate.low < truth < estimate.high
    assert (tax.rerun.boots, tax.rerun.n) == (5, 45)


def test_a_line_that_does_not_fit_says_so():
    assert not fit(samples(bend=0.05)).fits


@pytest.mark.parametrize("kept", [lambda it: it.cells == 20, lambda it: it.cost_ms == 1.0])
def test_one_size_or_one_cost_cannot_tell_model_from_framework(kept):
    with pytest.raises(ValueError, match="two sizes and two costs"):
        fit(filter(kept, samples()))


def test_a_model_is_pooled_over_its_variants():
    three = pool([0.9, 1.0, 1.1])
    assert three.mean.value == pytest.approx(1.0)
    assert three.mean.low < 1 < three.mean.high
    assert (three.lowest, three.highest) == (0.9, 1.1)
    assert pool([0.4]).mean.low is None


def test_what_sleeps_and_what_computes_have_residuals_of_their_own():
    asleep = [Sample(it.block, it.cells, it.cost_ms, "sleep", it.latency_ms) for it in samples()]
    kinds = {it.kind for it in fit([*samples(), *asleep]).residuals}
    assert kinds == {"cpu", "sleep"}
