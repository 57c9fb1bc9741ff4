import numpy as np
import pytest
from scipy import stats as scipy_stats

from pyuibench.analysis import ranks
from pyuibench.analysis.bootstrap import quantile
from pyuibench.analysis.estimates import (
    FEWEST_BOOTS,
    Estimate,
    Point,
    bracketed,
    median,
    ratio_of_medians,
    required_boots,
    slope,
    steps,
)
from pyuibench.analysis.ranks import Place, paired_difference, places


def log_normal_boots(seed, boots=6, samples=20, between=0.3, within=0.3):
    random = np.random.default_rng(seed)
    levels = random.normal(np.log(20), between, boots)
    return [np.exp(random.normal(level, within, samples)) for level in levels]


def test_median_is_that_of_the_typical_boot():
    estimate = median([[1, 2, 9], [8, 8], [32]])
    assert (estimate.value, estimate.n, estimate.boots) == (pytest.approx(8), 6, 3)


def test_interval_of_a_median_by_hand():
    # Medians 1, e and e squared: logarithms 0, 1, 2, standard error 1/sqrt(3), t with two degrees of freedom 4.303.
    estimate = median([[1], [np.e], [np.e**2]])
    half = 4.302653 / np.sqrt(3)
    assert (estimate.low, estimate.high) == pytest.approx((np.exp(1 - half), np.exp(1 + half)))


def test_figures_that_may_be_zero_are_averaged_as_they_are():
    estimate = median([[0], [1], [2]])
    assert estimate.value == 1
    assert (estimate.low, estimate.high) == pytest.approx((1 - 4.302653 / np.sqrt(3), 1 + 4.302653 / np.sqrt(3)))


def test_interval_agrees_with_scipy():
    values = np.exp(np.random.default_rng(3).normal(3, 0.5, 12))
    theirs = scipy_stats.ttest_1samp(np.log(values), 0).confidence_interval()
    ours = median([[value] for value in values])
    assert (ours.low, ours.high) == pytest.approx((np.exp(theirs.low), np.exp(theirs.high)))


@pytest.mark.parametrize("boots", range(1, FEWEST_BOOTS))
@pytest.mark.parametrize("figure", [median, lambda boots: quantile(boots, 0.5)])
def test_too_few_boots_have_no_interval(boots, figure):
    estimate = figure([[1, 2, 3]] * boots)
    assert (estimate.value, estimate.low, estimate.high) == (pytest.approx(2), None, None)
    assert (estimate.n, estimate.boots) == (3 * boots, boots)


def test_empty_boots_do_not_count():
    assert median([[1, 2, 3], [], [4], []]).boots == 2


def test_no_sample_is_an_error():
    with pytest.raises(ValueError, match="no sample"):
        median([[], []])


def test_a_higher_level_is_a_wider_interval():
    boots = log_normal_boots(2)
    assert median(boots, level=0.99).high > median(boots).high


def test_interval_sees_the_spread_between_boots_not_only_within():
    alike = median([np.linspace(9, 11, 100) + shift for shift in (-0.01, 0, 0.01)])
    apart = median([np.linspace(9, 11, 100) + shift for shift in (-5, 0, 5)])
    assert apart.high - apart.low > 5 * (alike.high - alike.low)


@pytest.mark.parametrize("probability", [0, 0.05, 0.5, 0.95, 0.99, 1])
def test_quantile_is_type_7(probability):
    samples = log_normal_boots(1, boots=1, samples=37)
    expected = scipy_stats.mstats.mquantiles(samples[0], [probability], alphap=1, betap=1)[0]
    assert quantile(samples, probability).value == pytest.approx(expected)


def test_quantile_by_hand():
    assert quantile([[10, 20, 30, 40]], 0.95).value == pytest.approx(38.5)


def test_probability_is_checked():
    with pytest.raises(ValueError, match="not a probability"):
        quantile([[1]], 95)


def test_same_samples_and_seed_give_the_same_bootstrap():
    boots = log_normal_boots(2)
    assert quantile(boots, 0.9) == quantile(boots, 0.9)
    assert quantile(boots, 0.9).low != quantile(boots, 0.9, seed=1).low


def test_bootstrap_agrees_with_scipy_where_every_boot_has_one_sample():
    """With forty boots the expansion is slight: the tails are 2.2 % instead of 2.5 %."""
    values = np.exp(np.random.default_rng(3).normal(3, 0.5, 40))
    theirs = scipy_stats.bootstrap(
        (values,), np.median, method="percentile", n_resamples=5000, rng=np.random.default_rng(4)
    ).confidence_interval
    ours = quantile([[value] for value in values], 0.5)
    assert ours.low == pytest.approx(theirs.low, rel=0.06)
    assert ours.high == pytest.approx(theirs.high, rel=0.06)


def test_boots_of_differing_size_are_resampled_without_their_padding():
    estimate = quantile([[5], [5] * 7, [5] * 3, [5] * 30], 0.5)
    assert (estimate.low, estimate.high) == (5, 5)


def test_ratio_by_hand():
    estimate = ratio_of_medians({1: [10, 20], 2: [30]}, {1: [5], 2: [5, 7]})
    assert (estimate.value, estimate.low, estimate.n, estimate.boots) == (pytest.approx(np.sqrt(15)), None, 3, 2)


def test_ratio_uses_shared_blocks_only():
    estimate = ratio_of_medians({1: [10], 2: [40], 3: [99]}, {1: [5], 2: [5], 4: [1]})
    assert (estimate.value, estimate.n, estimate.boots) == (pytest.approx(4), 2, 2)


def test_ratio_is_paired_so_drift_of_the_machine_cancels():
    drift = {block: 2.0**block for block in range(8)}
    paired = ratio_of_medians({b: [3 * d] for b, d in drift.items()}, {b: [d] for b, d in drift.items()})
    assert (paired.value, paired.low, paired.high) == pytest.approx((3, 3, 3))


@pytest.mark.parametrize(
    ("reference", "reason"), [({2: [1]}, "no block"), ({1: []}, "no block"), ({1: [0, 0]}, "zero")]
)
def test_ratio_refuses_what_it_cannot_tell(reference, reason):
    with pytest.raises(ValueError, match=reason):
        ratio_of_medians({1: [1, 2]}, reference)


def points_of(values):
    return [Point(block, size, value) for block, size, value in values]


def test_steps_are_those_within_each_series():
    assert list(steps([[1.0, 3.0, 2.0], [10.0], [5.0, 5.5]])) == [2.0, -1.0, 0.5]
    assert len(steps([])) == 0


def test_what_each_boot_has_between_two_levels_is_a_number_with_an_interval():
    same = bracketed([(40.0, 45.0)] * 3)
    assert (same.value, same.low, same.high) == pytest.approx(((40 * 45) ** 0.5, 40.0, 45.0))
    assert (same.n, same.boots) == (3, 3)
    differ = bracketed([(20.0, 25.0), (40.0, 50.0), (30.0, 37.5)])
    middles = [np.log(low * high) / 2 for low, high in ((20, 25), (40, 50), (30, 37.5))]
    half = scipy_stats.t.ppf(0.975, 2) * scipy_stats.sem(middles)
    assert differ.value == pytest.approx(np.exp(np.mean(middles)))
    assert differ.low == pytest.approx((20 * 40 * 30) ** (1 / 3) * np.exp(-half))
    assert differ.high == pytest.approx((25 * 50 * 37.5) ** (1 / 3) * np.exp(half))


def test_what_was_never_missed_has_no_upper_end():
    found = bracketed([(200.0, np.inf), (200.0, np.inf), (100.0, 120.0)])
    assert found.value == pytest.approx((200 * 200 * 100) ** (1 / 3))
    assert found.low < found.value and found.high == np.inf


def test_where_a_boot_holds_nothing_means_are_arithmetic():
    found = bracketed([(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)])
    assert found.value == pytest.approx(1.5)
    assert found.low == 0.0 < found.high


def test_two_boots_are_too_few_for_an_interval():
    assert bracketed([(1.0, 2.0), (1.0, 2.0)]).low is None
    with pytest.raises(ValueError, match="no bracket"):
        bracketed([])


def test_slope_agrees_with_scipy_block_by_block():
    random = np.random.default_rng(5)
    points = [Point(b, n, 12 + 0.7 * n + random.normal(0, 3)) for b in range(6) for n in (1, 10, 50, 200)]
    slopes = [
        scipy_stats.linregress(*zip(*[(p.size, p.value) for p in points if p.block == b], strict=True)).slope
        for b in range(6)
    ]
    theirs = scipy_stats.ttest_1samp(slopes, 0).confidence_interval()
    estimate = slope(points)
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((np.mean(slopes), theirs.low, theirs.high))
    assert (estimate.n, estimate.boots) == (24, 6)


def test_slope_of_exact_lines_that_differ_by_block():
    estimate = slope(points_of([(b, n, 100 * b + 2 * n) for b in range(4) for n in (1, 5, 25)]))
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((2, 2, 2))


def test_a_difference_within_blocks_agrees_with_scipy():
    one, other = {0: 5.0, 1: 7.5, 2: 6.0, 4: 9.9}, {0: 4.0, 1: 6.0, 2: 5.5, 3: 0.0}
    estimate, p = paired_difference(one, other)
    test = scipy_stats.ttest_rel([5.0, 7.5, 6.0], [4.0, 6.0, 5.5])
    interval = test.confidence_interval()
    assert p == pytest.approx(test.pvalue)
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((1.0, interval.low, interval.high))
    assert estimate.boots == 3


def test_no_block_with_both_is_no_difference():
    with pytest.raises(ValueError, match="no block has both"):
        paired_difference({0: 1.0}, {1: 1.0})


def test_slope_with_two_blocks_has_no_interval():
    assert slope(points_of([(b, n, n) for b in (1, 2) for n in (1, 2)])) == Estimate(1, None, None, 4, 2)


def test_blocks_with_one_size_have_no_slope():
    assert slope(points_of([(0, 1, 1), (0, 2, 3), (1, 2, 9)])).boots == 1
    with pytest.raises(ValueError, match="two sizes"):
        slope(points_of([(0, 7, 1), (1, 7, 2), (2, 7, 3)]))


def competitors(levels, blocks=10, noise=0.02, seed=0):
    random = np.random.default_rng(seed)
    machine = random.normal(0, 0.3, blocks)
    return {
        name: {b: level * np.exp(machine[b] + random.normal(0, noise, 5)) for b in range(blocks)}
        for name, level in levels.items()
    }


def test_places_of_competitors_that_differ_and_of_those_that_do_not():
    found = places(competitors({"slow": 90, "quick": 10, "also quick": 10, "middling": 40}))
    assert found[2:] == (Place("middling", 3, 3), Place("slow", 4, 4))
    assert {place.name for place in found[:2]} == {"quick", "also quick"}
    assert all((place.best, place.worst) == (1, 2) for place in found[:2])


def test_the_same_figures_share_every_place():
    same = {block: [1.0, 2.0] for block in range(5)}
    assert {(place.best, place.worst) for place in places({"a": same, "b": same, "c": same})} == {(1, 3)}


def test_two_blocks_rank_nobody():
    found = places(competitors({"slow": 90, "quick": 10}, blocks=2))
    assert all((place.best, place.worst) == (1, 2) for place in found)


def test_holm_by_hand():
    """Of 0.01, 0.02, 0.03 and 0.04 at 5 %, only the first is below its limit: 0.0125, then 0.0167."""
    p_values = dict(zip("abcd", (0.01, 0.02, 0.03, 0.04), strict=True))
    assert ranks._holm(p_values, 0.05) == {"a"}
    assert ranks._holm({"a": 0.01, "b": 0.04}, 0.05) == {"a", "b"}


def test_required_boots_give_the_precision_that_was_asked_for():
    figures = np.exp(np.random.default_rng(8).normal(2, 0.1, 2000))
    count = required_boots(figures, 0.05)
    spread = np.log(figures).std(ddof=1)

    def half(boots):
        return scipy_stats.t.ppf(0.975, boots - 1) * spread / np.sqrt(boots)

    assert half(count) <= np.log(1.05) < half(count - 1)


def test_required_boots_that_nobody_can_wait_for_are_not_stated():
    assert required_boots([1, 1e6], 0.001) is None
    assert required_boots([5], 0.05) is None
