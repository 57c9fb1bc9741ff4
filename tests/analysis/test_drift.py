"""By how much a machine drifts is found, and seldom where it doesn't."""

import numpy as np
import pytest

from pyuibench.analysis.drift import BLOCK_SPREAD, drift
from pyuibench.analysis.estimates import LEVEL

TRIALS = 500


def test_the_factor_from_the_first_block_to_the_last():
    levels = (("a", 1), ("b", 7), ("c", 30))
    slower = {boot: {name: {b: [level * 1.1**b] for b in range(5)} for name, level in levels} for boot in ("x", "y")}
    estimate = drift(slower)
    assert estimate.value == pytest.approx(1.1**4)
    assert estimate.low > 1
    assert (estimate.n, estimate.boots) == (10, 5)


def by_chance(random, blocks, boots):
    """Return figures of a machine whose blocks scatter, and of boots of which each slows down all that is measured in it."""
    machine = random.normal(0, BLOCK_SPREAD, blocks)
    found = {}
    for number in range(boots):
        own = machine + random.normal(0, 0.05, blocks)
        found[str(number)] = {
            name: {at: [float(np.exp(own[at] + random.normal(0, 0.1)))] for at in range(blocks)} for name in "ab"
        }
    return found


@pytest.mark.parametrize(("blocks", "boots"), [(3, 2), (3, 12), (7, 12)])
def test_the_truth_is_in_the_interval_as_often_as_is_said_or_more(blocks, boots):
    random = np.random.default_rng(3)
    estimates = [drift(by_chance(random, blocks, boots)) for _ in range(TRIALS)]
    held = np.mean([it.low <= 1 <= it.high for it in estimates])
    assert held >= LEVEL - 0.02


def test_figures_of_one_boot_count_as_one():
    """What slows a boot down slows all of its figures: that ten of them agree is no sign of a machine that changed."""
    random = np.random.default_rng(7)
    slowed = {boot: {block: np.exp(random.normal(0, 0.1)) for block in range(3)} for boot in "ab"}
    one, ten = (
        {boot: {str(name): {b: [at[b]] for b in at} for name in range(names)} for boot, at in slowed.items()}
        for names in (1, 10)
    )
    assert (drift(one).low, drift(one).high) == pytest.approx((drift(ten).low, drift(ten).high))


def test_two_blocks_have_no_interval():
    estimate = drift({"x": {"a": {0: [1.0], 1: [2.0]}}})
    assert (estimate.value, estimate.low, estimate.high) == (pytest.approx(2.0), None, None)


@pytest.mark.parametrize("boots", [{}, {"x": {"a": {0: [1]}}}])
def test_one_block_tells_nothing(boots):
    with pytest.raises(ValueError, match="drift needs two blocks"):
        drift(boots)
