import numpy as np
import pytest
from scipy import stats as scipy_stats

from pyuibench.stats import FEWEST_BOOTS, Estimate, Point, median, quantile, ratio_of_medians, slope


def log_normal_boots(seed, boots=6, samples=20, between=0.3, within=0.3):
    random = np.random.default_rng(seed)
    levels = random.normal(np.log(20), between, boots)
    return [np.exp(random.normal(level, within, samples)) for level in levels]


def test_median_is_the_middle_of_all_samples_together():
    estimate = median([[1, 2], [3, 10], [100]])
    assert (estimate.value, estimate.n, estimate.boots) == (3, 5, 3)


@pytest.mark.parametrize("probability", [0, 0.05, 0.5, 0.95, 0.99, 1])
def test_quantile_is_type_7(probability):
    samples = log_normal_boots(1, boots=1, samples=37)
    expected = scipy_stats.mstats.mquantiles(samples[0], [probability], alphap=1, betap=1)[0]
    assert quantile(samples, probability).value == pytest.approx(expected)


def test_quantile_by_hand():
    assert quantile([[10, 20, 30, 40]], 0.95).value == pytest.approx(38.5)


@pytest.mark.parametrize("boots", range(1, FEWEST_BOOTS))
def test_too_few_boots_have_no_interval(boots):
    estimate = median([[1, 2, 3]] * boots)
    assert estimate == Estimate(2, None, None, 3 * boots, boots)


def test_empty_boots_do_not_count():
    assert median([[1, 2, 3], [], [4], []]).boots == 2


def test_no_sample_is_an_error():
    with pytest.raises(ValueError, match="no sample"):
        median([[], []])


def test_probability_is_checked():
    with pytest.raises(ValueError, match="not a probability"):
        quantile([[1]], 95)


def test_same_samples_and_seed_give_the_same_interval():
    boots = log_normal_boots(2)
    assert median(boots) == median(boots)
    assert median(boots).low != median(boots, seed=1).low


def test_interval_of_one_value_a_boot_is_the_exact_bootstrap_of_the_median():
    # With three values the median is the lowest when two or three of three draws are: 7/27, more than a tail.
    estimate = median([[1], [2], [3]])
    assert (estimate.low, estimate.high) == (1, 3)


def test_interval_agrees_with_scipy_where_every_boot_has_one_sample():
    values = np.exp(np.random.default_rng(3).normal(3, 0.5, 40))
    theirs = scipy_stats.bootstrap(
        (values,), np.median, method="percentile", n_resamples=5000, rng=np.random.default_rng(4)
    ).confidence_interval
    ours = median([[value] for value in values])
    assert ours.low == pytest.approx(theirs.low, rel=0.05)
    assert ours.high == pytest.approx(theirs.high, rel=0.05)


def test_boots_of_differing_size_are_resampled_without_their_padding():
    estimate = median([[5], [5] * 7, [5] * 3, [5] * 30])
    assert (estimate.low, estimate.high) == (5, 5)


def test_interval_sees_the_spread_between_boots_not_only_within():
    alike = median([np.linspace(9, 11, 100)] * 5)
    apart = median([np.linspace(9, 11, 100) + shift for shift in (-5, -2, 0, 2, 5)])
    assert apart.high - apart.low > 5 * (alike.high - alike.low)


def test_interval_covers_the_truth_on_clustered_skewed_data():
    held = 0
    for seed in range(120):
        estimate = median(log_normal_boots(seed, boots=10, samples=10))
        held += estimate.low <= 20 <= estimate.high
    assert 0.88 <= held / 120 <= 0.99


def test_ratio_by_hand():
    estimate = ratio_of_medians({1: [10, 20], 2: [30]}, {1: [4], 2: [5, 6]})
    assert (estimate.value, estimate.low, estimate.n, estimate.boots) == (4, None, 3, 2)


def test_ratio_uses_shared_blocks_only():
    estimate = ratio_of_medians({1: [10], 2: [20], 3: [99]}, {1: [5], 2: [5], 4: [1]})
    assert (estimate.value, estimate.n, estimate.boots) == (3, 2, 2)


def test_ratio_is_paired_so_drift_of_the_machine_cancels():
    drift = {block: 2.0**block for block in range(8)}
    paired = ratio_of_medians({b: [3 * d] for b, d in drift.items()}, {b: [d] for b, d in drift.items()})
    assert (paired.value, paired.low, paired.high) == (3, 3, 3)


def test_ratio_covers_the_truth_under_drift():
    held = 0
    for seed in range(80):
        random = np.random.default_rng(seed)
        drift = np.exp(random.normal(0, 0.5, 10))
        ours = {b: 40 * drift[b] * np.exp(random.normal(0, 0.2, 8)) for b in range(10)}
        theirs = {b: 10 * drift[b] * np.exp(random.normal(0, 0.2, 8)) for b in range(10)}
        estimate = ratio_of_medians(ours, theirs)
        held += estimate.low <= 4 <= estimate.high
    assert held / 80 >= 0.88


@pytest.mark.parametrize(
    ("reference", "reason"), [({2: [1]}, "no block"), ({1: []}, "no block"), ({1: [0, 0]}, "zero")]
)
def test_ratio_refuses_what_it_cannot_tell(reference, reason):
    with pytest.raises(ValueError, match=reason):
        ratio_of_medians({1: [1, 2]}, reference)


def points_of(values):
    return [Point(block, size, value) for block, size, value in values]


def test_slope_agrees_with_scipy():
    random = np.random.default_rng(5)
    points = [Point(b, n, 12 + 0.7 * n + random.normal(0, 3)) for b in range(6) for n in (1, 10, 50, 200)]
    expected = scipy_stats.linregress([p.size for p in points], [p.value for p in points]).slope
    estimate = slope(points)
    assert estimate.value == pytest.approx(expected)
    assert estimate.low < 0.7 < estimate.high
    assert (estimate.n, estimate.boots) == (24, 6)


def test_slope_of_exact_lines_that_differ_by_block():
    estimate = slope(points_of([(b, n, 100 * b + 2 * n) for b in range(4) for n in (1, 5, 25)]))
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((2, 2, 2))


def test_slope_with_two_blocks_has_no_interval():
    assert slope(points_of([(b, n, n) for b in (1, 2) for n in (1, 2)])) == Estimate(1, None, None, 4, 2)


def test_slope_with_too_many_undefined_resamples_has_no_interval():
    # Three blocks of one size each: of 27 resamples 3 have one size, which is over 5 %.
    estimate = slope(points_of([(0, 1, 1), (1, 2, 2), (2, 3, 3)]))
    assert (estimate.value, estimate.low) == (pytest.approx(1), None)


def test_slope_needs_two_sizes():
    with pytest.raises(ValueError, match="two sizes"):
        slope(points_of([(0, 7, 1), (1, 7, 2), (2, 7, 3)]))
