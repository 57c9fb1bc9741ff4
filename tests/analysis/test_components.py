"""Components of variance: by hand, and recovered from invented boots; and what follows from them."""

import numpy as np
import pytest
from scipy import stats

from pyuibench.analysis.components import MOST_SAMPLES, Components, Price, best_samples, components, half_width
from pyuibench.analysis.moderation import Spread


def test_components_by_hand():
    """Two boots of two and four samples: 1 and 3; 4, 6, 8 and 6. Means 2 and 6, squares within 2 + 8, whole mean 14/3."""
    found = components([[np.array([1.0, 3.0]), np.array([4.0, 6.0, 8.0, 6.0])]])
    within = (2 + 8) / 4
    between = 2 * (2 - 14 / 3) ** 2 + 4 * (6 - 14 / 3) ** 2
    assert found.within == pytest.approx(within)
    assert found.between == pytest.approx((between - within) / (6 - (4 + 16) / 6))


@pytest.mark.parametrize("between", [0.0, 0.1, 0.4])
def test_components_are_recovered_though_boots_differ_in_size(between):
    random = np.random.default_rng(1)
    variants = [
        [level + between * random.normal() + 0.3 * random.normal(size=int(random.integers(2, 7))) for _ in range(5)]
        for level in range(200)
    ]
    found = components(variants)
    assert found.within == pytest.approx(0.09, rel=0.08)
    assert found.between == pytest.approx(between**2, rel=0.15, abs=0.003)


def test_too_little_for_components():
    one = np.array([1.0])
    for variants in ([], [[np.array([1.0, 2.0])]], [[one, one]]):
        with pytest.raises(ValueError, match="two samples of a boot, and two boots"):
            components(variants)


@pytest.mark.parametrize("samples", [1, 3, 9, 21])
def test_the_variance_of_a_boots_median(samples):
    random = np.random.default_rng(2)
    medians = 0.2 * random.normal(size=20_000) + np.median(0.5 * random.normal(size=(20_000, samples)), axis=1)
    assert Components(0.25, 0.04).of_boot(samples) == pytest.approx(np.var(medians), rel=0.04)


def test_the_best_number_of_samples_is_that_of_a_search():
    """Of two cases that share a boot of 10 s, by the variance that a given time buys."""
    prices = {
        "click": Price(Components(0.09, 0.01), 0.2),
        "filter": Price(Components(0.01, 0.004), 0.5),
    }
    found = best_samples(prices, 10.0)

    def for_a_given_time(click, of_filter):
        variance = 0.01 + np.pi / 2 * 0.09 / click + 0.004 + np.pi / 2 * 0.01 / of_filter
        return variance * (10 + 0.2 * click + 0.5 * of_filter)

    clicks, filters = np.meshgrid(np.arange(1, 40, 0.05), np.arange(1, 40, 0.05), indexing="ij")
    best = np.unravel_index(np.argmin(for_a_given_time(clicks, filters)), clicks.shape)
    assert found["click"] == pytest.approx(clicks[best], abs=0.1)
    assert found["filter"] == pytest.approx(filters[best], abs=0.1)


def test_where_boots_do_not_differ_one_boot_would_do():
    assert best_samples({"click": Price(Components(0.09, 0.0), 0.2)}, 10.0) == {"click": MOST_SAMPLES}


def test_the_width_after_as_many_blocks_is_that_of_the_run():
    spread = Spread(0.04, 9.0)
    half = stats.t.ppf(0.975, 9) * 0.2 / 5**0.5
    assert half_width(spread, 0.95, 5, 5) == pytest.approx(np.exp(half))
    later = stats.t.ppf(0.975, 18) * 0.1 / 9**0.5
    assert half_width(spread, 0.95, 5, 9, share=0.25) == pytest.approx(np.exp(later))
