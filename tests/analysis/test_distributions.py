"""What stands for scipy.stats returns the same, to the last bit unless a test says otherwise."""

import numpy as np
import pytest
from scipy import stats

from pyuibench.analysis.distributions import (
    binomial_up_to,
    line_slope,
    middle,
    normal_up_to,
    standard_error,
    t_beyond,
    t_ends,
    t_quantile,
    t_quantiles,
)
from pyuibench.analysis.known_delays import _difference
from pyuibench.analysis.ranks import difference
from pyuibench.contract.known_delays import SEED

LEVELS = (0.5, 0.9, 0.95, 0.99, 0.999)


def random_samples(count=300, most=60):
    random = np.random.default_rng(7)
    for _ in range(count):
        size = int(random.integers(2, most))
        yield np.exp(random.normal(random.normal(2, 2), random.uniform(0.001, 2), size))


@pytest.mark.parametrize("level", LEVELS)
def test_students_t_is_scipys(level):
    freedoms = np.arange(1, 10_000)
    assert np.array_equal(t_quantiles(level, 9_999), stats.t.ppf((1 + level) / 2, freedoms))
    assert [t_quantile(level, int(it)) for it in freedoms[:500]] == list(stats.t.ppf((1 + level) / 2, freedoms[:500]))


def test_tails_are_scipys():
    random = np.random.default_rng(1)
    for value, freedom in zip(random.normal(0, 4, 2000), random.uniform(0.5, 80, 2000), strict=True):
        assert t_beyond(value, freedom) == stats.t.sf(value, freedom)
        assert normal_up_to(value) == stats.norm.cdf(value)


def test_the_kept_quantiles_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        t_quantiles(0.95, 10)[0] = 0


def test_binomial_tail_is_near_scipys():
    for tries in range(1, 60):
        ours = [binomial_up_to(count, tries, 0.95) for count in range(tries + 1)]
        assert ours == pytest.approx(stats.binom.cdf(np.arange(tries + 1), tries, 0.95), rel=1e-10)


def test_standard_error_is_scipys():
    assert all(standard_error(it) == stats.sem(it) for it in random_samples())


def test_median_is_numpys():
    assert all(middle(it) == np.median(it) for it in random_samples())
    assert all(middle(list(it)) == np.median(it) for it in random_samples(20))
    assert middle([3]) == 3
    assert np.isnan(middle([1, np.nan, 2]))


def test_slope_is_scipys():
    random = np.random.default_rng(5)
    for values in random_samples():
        sizes = random.choice([1.0, 10, 50, 100], len(values))
        sizes[0], sizes[-1] = 1, 100
        assert line_slope(sizes, values) == stats.linregress(sizes, values).slope
        assert line_slope(list(sizes), list(values)) == stats.linregress(list(sizes), list(values)).slope


@pytest.mark.parametrize("level", LEVELS)
def test_welchs_test_is_scipys(level):
    samples = [it for it in random_samples(100) if len(it) > 2]
    for ours, theirs in zip(samples[::2], samples[1::2], strict=False):
        found = difference(ours, theirs, level)
        test = stats.ttest_ind(np.log(ours), np.log(theirs), equal_var=False)
        interval = test.confidence_interval(level)
        assert (found.ratio.low, found.ratio.high) == (np.exp(interval.low), np.exp(interval.high))
        assert found.p == test.pvalue
    assert t_ends(level, 7.5) == tuple(stats.t.interval(level, 7.5))


@pytest.mark.parametrize("pairs", [1, 2, 3])
def test_bootstrap_of_known_delays_is_scipys(pairs):
    samples = [it for it in random_samples(2 * pairs + 2) if len(it) > 1][: 2 * pairs]
    found = _difference(list(zip(samples[::2], samples[1::2], strict=True)))

    def statistic(*sides, axis=-1):
        medians = [np.median(side, axis=axis) for side in sides]
        return np.mean([medians[at] - medians[at + 1] for at in range(0, len(medians), 2)], axis=0)

    theirs = stats.bootstrap(
        samples, statistic, confidence_level=0.95, method="percentile", rng=np.random.default_rng(SEED)
    ).confidence_interval
    assert (found.low, found.high) == (theirs.low, theirs.high)
