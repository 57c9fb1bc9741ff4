"""How often an interval holds the truth, by simulation: normal, skewed, heavy-tailed and clustered samples."""

from collections.abc import Callable

import numpy as np
import pytest

from pyuibench.analysis.bootstrap import quantile
from pyuibench.analysis.estimates import Point, bracketed, mean, median, ratio_of_medians, slope, steps
from pyuibench.analysis.ranks import places

TRUTH = 20.0
TRIALS = 2000
NOMINAL, TOLERANCE = 0.95, 0.02

# Samples within a boot, around a median of 1.
WITHIN: dict[str, Callable] = {
    "normal": lambda random, count: 1 + 0.1 * random.normal(size=count),
    "skewed": lambda random, count: np.exp(0.3 * random.normal(size=count)),
    "heavy-tailed": lambda random, count: np.maximum(1 + 0.05 * random.standard_t(2, size=count), 0.01),
}


def boots_of(random, within, between, boots, samples):
    """Return boots whose own medians differ by factors whose logarithms have the standard deviation `between`."""
    levels = TRUTH * np.exp(random.normal(0, between, boots))
    return [level * WITHIN[within](random, samples) for level in levels]


def coverage(estimates, truth):
    held = [estimate.low <= truth <= estimate.high for estimate in estimates]
    return sum(held) / len(held)


@pytest.mark.parametrize("boots", [3, 5, 10, 20])
@pytest.mark.parametrize("between", [0.0, 0.05, 0.3], ids=lambda spread: f"between {spread:g}")
@pytest.mark.parametrize("within", WITHIN)
def test_a_median_is_held_as_often_as_is_said(within, between, boots):
    random = np.random.default_rng(boots)
    held = coverage((median(boots_of(random, within, between, boots, 9)) for _ in range(TRIALS)), TRUTH)
    assert abs(held - NOMINAL) <= TOLERANCE


@pytest.mark.parametrize("boots", [3, 10])
@pytest.mark.parametrize("within", WITHIN)
def test_a_ratio_is_held_as_often_as_is_said_though_the_machine_drifts(within, boots):
    random = np.random.default_rng(boots)

    def one():
        drifting = np.exp(random.normal(0, 0.5, boots))
        ours, theirs = (boots_of(random, within, 0.1, boots, 9) for _ in range(2))
        return ratio_of_medians(
            {block: 4 * drifting[block] * samples for block, samples in enumerate(ours)},
            {block: drifting[block] * samples for block, samples in enumerate(theirs)},
        )

    assert abs(coverage((one() for _ in range(TRIALS)), 4.0) - NOMINAL) <= TOLERANCE


@pytest.mark.parametrize("blocks", [3, 10])
def test_a_slope_is_held_as_often_as_is_said(blocks):
    random = np.random.default_rng(blocks)

    def one():
        slopes = random.normal(0.7, 0.2, blocks)
        return slope(
            Point(block, size, 30 + slopes[block] * size + 3 * random.standard_t(3))
            for block in range(blocks)
            for size in (1, 10, 40, 200)
        )

    assert abs(coverage((one() for _ in range(1000)), 0.7) - NOMINAL) <= TOLERANCE


@pytest.mark.parametrize("blocks", [3, 10])
@pytest.mark.parametrize("spread", [0.01, 0.05, 0.3])
def test_what_lies_between_two_levels_is_held_as_often_as_is_said(blocks, spread):
    """Levels are those of the load: 0.14 apart on logarithms. Where in its bracket the truth lies is a matter of chance."""
    random = np.random.default_rng(blocks)
    levels = np.exp(np.arange(-40, 40) * 0.14)

    def one():
        truth = random.uniform(-0.07, 0.07)
        figures = np.exp(random.normal(truth, spread, blocks))
        at = np.searchsorted(levels, figures)
        found = bracketed([(levels[it - 1], levels[it]) for it in at])
        return found.low <= np.exp(truth) <= found.high

    assert sum(one() for _ in range(TRIALS)) / TRIALS >= NOMINAL - TOLERANCE


def test_a_walk_of_an_allocator_is_taken_for_a_leak_no_more_often_than_is_said():
    """What a process keeps after a cycle it still has after the next: ten cycles of that, in which nothing leaks."""
    random = np.random.default_rng(4)

    def one():
        growth = steps([np.cumsum(random.normal(0, 1, 8))])
        return mean(growth, len(growth))

    assert abs(coverage((one() for _ in range(TRIALS)), 0.0) - NOMINAL) <= TOLERANCE


def test_a_quantile_in_the_tail_is_held_less_often_the_fewer_samples_there_are():
    """Where it falls short is stated: the 95th percentile from 5 boots of 20 samples each."""
    random = np.random.default_rng(1)
    truth = TRUTH * np.exp(0.3 * 1.6449)
    many, few = (
        coverage((quantile(boots_of(random, "skewed", 0.0, boots, samples), 0.95) for _ in range(200)), truth)
        for boots, samples in ((10, 60), (5, 20))
    )
    assert many >= 0.93
    assert few >= 0.88


def _may_hold(place, levels):
    level = levels[place.name]
    first = 1 + sum(other < level for other in levels.values())
    last = sum(other <= level for other in levels.values())
    return place.best <= first and last <= place.worst


def test_places_are_all_right_at_once_as_often_as_is_said():
    random = np.random.default_rng(2)
    levels = {"a": 1.0, "b": 1.0, "c": 1.02, "d": 1.3, "e": 1.3}
    right = 0
    for _ in range(400):
        machine = random.normal(0, 0.3, 6)
        samples = {
            name: {block: [level * np.exp(machine[block] + random.normal(0, 0.05))] for block in range(6)}
            for name, level in levels.items()
        }
        right += all(_may_hold(place, levels) for place in places(samples))
    assert right / 400 >= NOMINAL - TOLERANCE
