"""Variances that variants lend each other: the formulae by a second way, and how often the intervals hold the truth.

Coverage is simulated as in test_coverage.py, for thousands of runs at once. A case is a run of several variants that differ in
how far they scatter; what is asserted of it is the coverage over all variants, and that of the worst single one.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import special, stats

from pyuibench.analysis import moderation
from pyuibench.analysis.estimates import Point, median, ratio_of_medians, slope, slope_spreads
from pyuibench.analysis.moderation import (
    FEWEST_VARIANTS,
    NOTHING,
    Spread,
    block_variance,
    moderated,
    parted,
    scatter,
    trigamma_inverse,
)
from pyuibench.analysis.ranks import places

TRIALS = 2000
LEVEL = 0.95
VARIANTS = 13
"""As a run of all frameworks has, with the baseline first and last, under its two names."""
LEAST, MOST = 0.93, 0.97
CHANCE = 3 * (LEAST * (1 - LEAST) / TRIALS) ** 0.5
"""By how much the coverage of a single variant may be off by chance, in one of a thousand cases."""
SPREAD_OF_THREE = np.exp(np.log(3) * np.array([8, 1, 5, 10, 0, 3, 6, 9, 2, 4, 7]) / 10 - np.log(3) / 2)


def scattered(others=1.0, reference=1.0):
    """Return how far each variant scatters, in standard deviations."""
    return np.concatenate([[reference], np.broadcast_to(others, VARIANTS - 2), [reference]])


SCATTERS = {
    "equal": scattered(),
    "by a factor of three": scattered(SPREAD_OF_THREE),
    "one ten times as far": scattered(np.where(np.arange(VARIANTS - 2) == 4, 10.0, 1.0)),
    "one three times as far": scattered(np.where(np.arange(VARIANTS - 2) == 4, 3.0, 1.0)),
    "the baseline three times as far": scattered(reference=3.0),
}
SHAPES = {
    "normal": lambda random, size: random.normal(size=size),
    # Medians of nine log-normal samples, and of nine heavy-tailed ones, on boots that differ.
    "skewed": lambda random, size: (
        0.1 * random.normal(size=size) + np.median(np.exp(0.6 * _nine(random, size)) - 1, axis=-1)
    ),
    "heavy-tailed": lambda random, size: (
        0.1 * random.normal(size=size) + np.median(random.standard_t(2, (*size, 9)), axis=-1)
    ),
}


def _nine(random, size):
    return random.normal(size=(*size, 9))


@dataclass(frozen=True)
class Held:
    """How often intervals held the truth, by variant; and how wide they and the widest were, as a share of Student's t alone."""

    medians: np.ndarray
    ratios: np.ndarray
    width: float
    widest: float


@dataclass(frozen=True)
class Runs:
    """Variances and degrees of freedom (runs, variants) of invented runs, as `scatter` makes them of one run."""

    logs: np.ndarray
    variances: np.ndarray
    freedoms: np.ndarray
    shared: np.ndarray


def invented(sds, blocks, effect, shape, trials, seed=1):
    random = np.random.default_rng(seed + blocks)
    own = shape(random, (trials, len(sds), blocks))
    logs = own * sds[:, None] + effect * random.normal(size=(trials, 1, blocks))
    parts = parted(logs)
    variances, freedoms = moderated(parts.own, parts.freedoms)
    shared = block_variance(parts, variances)[:, None]
    for at in (0, -1):
        variances[:, at] = (parts.own[:, 0] + parts.own[:, -1]) / 2
        freedoms[:, at] = parts.freedoms[:, 0] + parts.freedoms[:, -1]
    return Runs(logs, variances, freedoms, shared)


def simulated(sds, blocks, effect=0.0, shape=SHAPES["normal"], trials=TRIALS):
    runs = invented(sds, blocks, effect, shape, trials)
    means = runs.logs.mean(axis=-1)
    halves = half_widths(runs.variances, runs.freedoms, runs.shared, blocks - 1.0, blocks)
    of_ratios = half_widths(runs.variances, runs.freedoms, runs.variances[:, :1], runs.freedoms[:, :1], blocks)
    logs = runs.logs
    plain = stats.t.ppf(0.975, blocks - 1) * np.std(logs - logs[:, :1], axis=-1, ddof=1) / blocks**0.5
    inner = slice(1, -1)
    return Held(
        (np.abs(means) <= halves).mean(axis=0)[inner],
        (np.abs(means - means[:, :1]) <= of_ratios).mean(axis=0)[inner],
        float(np.median(of_ratios[:, inner]) / np.median(plain[:, inner])),
        float(np.median(of_ratios[:, inner].max(axis=1)) / np.median(plain[:, inner].max(axis=1))),
    )


def half_widths(one, its_freedoms, other, others_freedoms, blocks, tail=0.025):
    total = one + other
    freedoms = total**2 / (one**2 / its_freedoms + other**2 / others_freedoms)
    return special.stdtrit(freedoms, 1 - tail) * np.sqrt(total / blocks)


@pytest.mark.parametrize("blocks", [3, 4, 6, 10])
@pytest.mark.parametrize("effect", [0.0, 1.0], ids=["no effect of blocks", "blocks that differ"])
@pytest.mark.parametrize("sds", SCATTERS.values(), ids=SCATTERS)
def test_the_truth_is_held_as_often_as_is_said(sds, effect, blocks):
    held = simulated(sds, blocks, effect)
    for of_kind in (held.medians, held.ratios):
        assert LEAST <= of_kind.mean() <= MOST
        assert of_kind.min() >= LEAST - CHANCE


@pytest.mark.parametrize("blocks", [3, 10])
@pytest.mark.parametrize("shape", [SHAPES["skewed"], SHAPES["heavy-tailed"]], ids=["skewed", "heavy-tailed"])
@pytest.mark.parametrize("sds", SCATTERS.values(), ids=SCATTERS)
def test_it_is_held_whatever_samples_are_like(sds, shape, blocks):
    """Ratios, of which the truth is 1: what is skewed has no mean of 0."""
    held = simulated(sds, blocks, 0.5, shape, trials=1000)
    assert LEAST <= held.ratios.mean() <= MOST
    assert held.ratios.min() >= LEAST - 2**0.5 * CHANCE


def test_what_it_costs_and_gains():
    """Of three boots, ratios of equal variants are known in two thirds of the width; a noisy one gains nothing."""
    equal, ten = (simulated(SCATTERS[name], 3) for name in ("equal", "one ten times as far"))
    assert equal.width == pytest.approx(0.68, abs=0.03)
    assert equal.widest == pytest.approx(0.66, abs=0.04)
    assert ten.widest == pytest.approx(1.0, abs=0.05)


def test_what_is_lent_without_doubt_is_too_much(monkeypatch):
    """Smyth's rule alone: right for most, and wrong for the variant that is noisier than the others."""
    monkeypatch.setattr(moderation, "DOUBT", 0)
    monkeypatch.setattr(moderation, "CAUTION", 0.001)
    held = simulated(SCATTERS["one ten times as far"], 3).medians
    assert np.median(held) >= LEAST
    assert held.min() < 0.7


def test_pooling_the_variances_of_ratios_would_not_hold_it(monkeypatch):
    """What the parts are for: ratios share the baseline, so their variances are too small all at once."""
    monkeypatch.setattr(moderation, "DOUBT", 0)
    monkeypatch.setattr(moderation, "CAUTION", 0.001)
    random = np.random.default_rng(1)
    logs = random.normal(size=(TRIALS, VARIANTS, 3)) * SCATTERS["the baseline three times as far"][:, None]
    ratios = (logs - logs[:, :1])[:, 1:-1]
    variances, freedoms = moderated(np.var(ratios, axis=-1, ddof=1), np.full(ratios.shape[:2], 2.0))
    halves = special.stdtrit(freedoms, 0.975) * np.sqrt(variances / 3)
    assert (np.abs(ratios.mean(axis=-1)) <= halves).mean() < LEAST - CHANCE


def runs(random, sds, blocks, effect=0.3):
    """Yield name -> block -> logarithm of a figure, all of whose truth is 0."""
    while True:
        shared = effect * random.normal(size=blocks)
        yield {f"v{at}": dict(enumerate(sd * random.normal(size=blocks) + shared)) for at, sd in enumerate(sds)}


@pytest.mark.parametrize("blocks", [3, 5])
@pytest.mark.parametrize("sds", SCATTERS.values(), ids=SCATTERS)
def test_no_pair_of_equals_is_told_apart_as_often_as_is_said(sds, blocks):
    """Of all pairs of a table at once: what places rest on. Holm's first step is at the level divided by the number of pairs."""
    runs = invented(sds, blocks, 0.5, SHAPES["normal"], TRIALS)
    one, other = np.triu_indices(VARIANTS, 1)
    means = runs.logs.mean(axis=-1)
    halves = half_widths(
        runs.variances[:, one],
        runs.freedoms[:, one],
        runs.variances[:, other],
        runs.freedoms[:, other],
        blocks,
        (1 - LEVEL) / 2 / len(one),
    )
    right = (np.abs(means[:, one] - means[:, other]) <= halves).all(axis=1).mean()
    assert right >= LEAST


def test_places_take_the_scatter():
    """Three boots, far enough apart for variances that are known with more than two degrees of freedom, not for those alone."""
    logs = next(runs(np.random.default_rng(2), np.full(12, 0.02), 3))
    for name in ("v10", "v11"):
        logs[name] = {block: value + 0.4 for block, value in logs[name].items()}
    samples = {it: {block: [np.exp(value)] for block, value in own.items()} for it, own in logs.items()}
    alone, together = (
        sum(it.worst - it.best for it in places(samples, scatter=known)) for known in (None, scatter(logs))
    )
    assert together < 0.95 * alone
    assert max(place.best for place in places(samples, scatter=scatter(logs))) >= 10


def test_slopes_are_held_as_often_as_is_said():
    """Latencies that scatter by factors, of variants whose slopes and sizes are a hundred times apart."""
    random = np.random.default_rng(3)
    truths = {f"v{at}": (5 * 1.5**at, 0.0 if at % 2 else 0.02 * 1.5**at) for at in range(10)}
    trials, held = 100, 0
    for _ in range(trials):
        points = {
            name: [
                Point(block, size, (base + slope_ms * size) * np.exp(0.1 * random.normal()))
                for block in range(3)
                for size in (1, 40)
            ]
            for name, (base, slope_ms) in truths.items()
        }
        spreads = slope_spreads(points)
        for name, (_, truth) in truths.items():
            found = slope(points[name], spread=spreads[name])
            held += found.low <= truth <= found.high
    assert LEAST <= held / trials / len(truths) <= 0.98


def test_trigamma_is_inverted():
    wanted = np.logspace(-6, 6, 60)
    assert special.polygamma(1, trigamma_inverse(wanted)) == pytest.approx(wanted, rel=1e-8)


def test_a_single_variance_is_moderated_as_by_hand():
    """Eight variants of the same variance. Chance would have spread them, so all that is left is the caution."""
    variances, freedoms = moderated(np.full(8, 0.04), np.full(8, 2.0))
    # Twice the median of chi squared with 2 degrees of freedom is ln 2; the probability of a variance as high as all is 1/2.
    beyond = np.pi**2 / 6 * np.sqrt(2 / 7 + (np.pi**4 / 15) / (np.pi**2 / 6) ** 2 / 8)
    lent = 2 * trigamma_inverse(np.array([beyond]))[0]
    assert freedoms == pytest.approx(2 + lent / 8)
    typical = 0.04 * np.exp(np.euler_gamma + special.digamma(lent / 2) - np.log(lent / 2))
    assert variances == pytest.approx((2 * 0.04 + lent / 8 * typical) / (2 + lent / 8))


def test_the_effect_of_blocks_is_taken_away():
    logs = {f"v{at}": {block: at + effect for block, effect in enumerate((0.0, 1.0, 5.0))} for at in range(9)}
    random = np.random.default_rng(8)
    logs = {name: {block: it + 1e-6 * random.normal() for block, it in own.items()} for name, own in logs.items()}
    logs["v0"][0] += 0.3
    found = scatter(logs)
    # All but the first scatter with the block alone, whose effects have the variance 7.
    assert found.blocks.variance == pytest.approx(7.0, rel=1e-6)
    assert found.between("v1", "v2").variance < 1e-3 < found.between("v0", "v1").variance


def test_a_missing_figure_is_done_without():
    random = np.random.default_rng(4)
    (whole,) = (it for it, _ in zip(runs(random, np.full(12, 0.1), 5), range(1), strict=False))
    partial = {
        name: {block: it for block, it in own.items() if (name, block) != ("v3", 2)} for name, own in whole.items()
    }
    found, of_all = scatter(partial), scatter(whole)
    assert found.own["v3"].freedom < of_all.own["v3"].freedom
    assert found.own["v5"].variance == pytest.approx(of_all.own["v5"].variance, rel=0.2)


def test_the_app_that_others_are_compared_with_borrows_nothing():
    random = np.random.default_rng(5)
    logs = next(runs(random, np.array([3.0, *[1.0] * 10, 3.0]), 4))
    found = scatter(logs, [("v0", "v11"), ("v5",)])
    assert found.own["v0"] == found.own["v11"]
    assert found.own["v0"].freedom == 6
    assert found.own["v5"].freedom == 3
    residual = parted(np.array([list(own.values()) for own in logs.values()])).own
    assert found.own["v0"].variance == pytest.approx((residual[0] + residual[11]) / 2)


def test_too_few_variants_lend_nothing():
    logs = next(runs(np.random.default_rng(6), np.ones(FEWEST_VARIANTS - 1), 5))
    assert scatter(logs) is NOTHING
    assert NOTHING.of("v0") is None
    assert NOTHING.between("v0", "v1") is None


def test_what_is_the_same_in_every_boot_lends_nothing():
    logs = next(runs(np.random.default_rng(6), np.ones(FEWEST_VARIANTS), 5))
    counted = {"counted": dict.fromkeys(range(5), 3.0), "short": {0: 1.0, 1: 2.0}}
    assert scatter(logs | counted) == scatter(logs)


def test_spreads_add_up():
    both = Spread(2.0, 3.0) + Spread(4.0, 5.0)
    assert (both.variance, both.freedom) == (6.0, pytest.approx(36 / (4 / 3 + 16 / 5)))
    assert Spread(0.0, 2.0) + Spread(1.0, 7.0) == Spread(1.0, pytest.approx(7.0))
    assert Spread(0.0, 2.0) + Spread(0.0, 7.0) == Spread(0.0, 2.0)


def test_a_given_spread_makes_the_interval():
    wide, spread = [[1.0], [np.e], [np.e**2]], Spread(0.25, 10.0)
    half = stats.t.ppf(0.975, 10) * 0.5 / 3**0.5
    found = median(wide, spread=spread)
    assert (found.low, found.high) == pytest.approx((np.exp(1 - half), np.exp(1 + half)))
    ratio = ratio_of_medians(dict(enumerate(wide)), {block: [1.0] for block in range(3)}, spread=spread)
    assert (ratio.low, ratio.high) == pytest.approx((found.low, found.high))
