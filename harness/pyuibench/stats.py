"""Estimates with their uncertainty: small pure functions, each with its source.

The boot of a server is what is replicated: samples of one boot resemble each other (they are clustered), so every interval
is about boots or blocks of boots, never about samples alone (Kalibera and Jones, "Rigorous benchmarking in reasonable
time", ISMM 2013). Intervals are 95 %.

A median's interval is Student's t on the logarithms of the boots' medians, a ratio's the same on the logarithms of the
ratios within blocks (a paired t): times and sizes are positive, and differ between boots by factors. It was chosen by
simulation over the hierarchical bootstrap, whose percentile interval held the true median in 78 to 99 % of runs of 3 to 20
boots, where this one held it in 92 to 97 % (300 runs each of normal, log-normal and heavy-tailed samples, clustered or not);
`tests/test_stats_coverage.py` repeats that with thousands. The bootstrap is used where samples within a boot are too few for
a figure of each boot: for quantiles in the tail.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]
Key = TypeVar("Key", bound=Hashable)

LEVEL = 0.95
RESAMPLES = 2000
FEWEST_BOOTS = 3
MOST_BOOTS = 10_000
_DRAWN_AT_ONCE = 2_000_000
"""Samples held in memory at a time: some 50 MB."""


@dataclass(frozen=True)
class Estimate:
    """A figure, its 95 % interval, and what it rests on: `n` samples of `boots` boots (or blocks, where blocks are paired).

    `low` and `high` are None where there are fewer than FEWEST_BOOTS boots: too few to say how far boots differ.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    boots: int


@dataclass(frozen=True)
class Point:
    """One boot's figure at one size, such as its median latency on a page of so many cells."""

    block: int
    size: float
    value: float


@dataclass(frozen=True)
class Place:
    """Which places a competitor may hold among all, 1 being the lowest figure: every place that the data don't rule out."""

    name: str
    best: int
    worst: int


def median(boots: Sequence[Sequence[float] | Floats], level: float = LEVEL) -> Estimate:
    """Return the typical boot's median, in the samples' unit: the geometric mean over boots of each boot's median.

    Its interval is Student's t on the medians' logarithms; where a median isn't positive, mean and interval are those of the
    medians themselves. Boots without samples are left out. Raises ValueError if no sample is left.
    """
    clusters = _clusters(boots)
    return _over_boots([float(np.median(cluster)) for cluster in clusters], sum(map(len, clusters)), level)


def ratio_of_medians(
    blocks: Mapping[int, Sequence[float] | Floats],
    reference: Mapping[int, Sequence[float] | Floats],
    level: float = LEVEL,
) -> Estimate:
    """Return the typical block's median(samples) / median(reference samples), over the blocks that have both.

    Each mapping is block -> samples. A block's samples and its reference were taken near each other in time, so their ratio
    is free of slow drift of the machine. The figure is the geometric mean of the blocks' ratios, the interval Student's t on
    their logarithms. `n` and `boots` count the samples, reference left out, and the shared blocks. Raises ValueError if no
    block has both, or if a median isn't positive.
    """
    shared = sorted(block for block in blocks if len(blocks[block]) and len(reference.get(block, ())))
    if not shared:
        raise ValueError("no block has both the samples and their reference")
    pairs = [(float(np.median(blocks[block])), float(np.median(reference[block]))) for block in shared]
    if any(ours <= 0 or theirs <= 0 for ours, theirs in pairs):
        raise ValueError("a median is zero or less, so there is no ratio")
    return _over_boots([ours / theirs for ours, theirs in pairs], sum(len(blocks[block]) for block in shared), level)


def block_slopes(points: Iterable[Point]) -> dict[int, float]:
    """Return each block's slope of value against size: least squares with an intercept. Blocks with one size only have none."""
    by_block: dict[int, list[Point]] = {}
    for point in points:
        by_block.setdefault(point.block, []).append(point)
    return {
        number: float(stats.linregress([point.size for point in block], [point.value for point in block]).slope)
        for number, block in by_block.items()
        if len({point.size for point in block}) > 1
    }


def slope(points: Iterable[Point], level: float = LEVEL) -> Estimate:
    """Return the slope of value against size, in the value's unit per unit of size: the mean of the blocks' slopes.

    The interval is Student's t on the blocks' slopes, which asks nothing of how points scatter within a block. `n` counts the
    points of blocks that have a slope, `boots` these blocks. Raises ValueError if no block has two sizes.
    """
    known = tuple(points)
    slopes = block_slopes(known)
    if not slopes:
        raise ValueError("a slope needs two sizes")
    return mean(np.array(list(slopes.values())), sum(point.block in slopes for point in known), level)


def trend(points: Iterable[Point], level: float = LEVEL) -> Estimate:
    """Return the slope that a few boots have in common, in the value's unit per unit of size, with the interval of least squares.

    Each boot has an intercept of its own. Student's t on points - boots - 1 degrees of freedom (Draper and Smith, *Applied
    Regression Analysis*, 1998, chapter 14): how points scatter about their lines, not how boots differ, for boots too few
    to tell that. Raises ValueError without a degree of freedom, or for one size only.
    """
    by_block: dict[int, list[Point]] = {}
    for point in points:
        by_block.setdefault(point.block, []).append(point)
    blocks = by_block.values()
    sizes = np.concatenate([np.zeros(0), *(_centred([point.size for point in block]) for block in blocks)])
    values = np.concatenate([np.zeros(0), *(_centred([point.value for point in block]) for block in blocks)])
    freedom = len(sizes) - len(by_block) - 1
    if freedom < 1 or not sizes.any():
        raise ValueError("a trend needs three points and two sizes")
    value = float(sizes @ values / (sizes @ sizes))
    error = float(np.sqrt(np.sum((values - value * sizes) ** 2) / freedom / (sizes @ sizes)))
    half = error * float(stats.t.ppf((1 + level) / 2, freedom))
    return Estimate(value, value - half, value + half, len(sizes), len(by_block))


def mean(figures: Floats, n: int, level: float = LEVEL) -> Estimate:
    """Return the arithmetic mean of figures of boots or blocks, which rest on `n` samples, with Student's t interval."""
    value, half = _t_interval(figures, level)
    low, high = (None, None) if half is None else (value - half, value + half)
    return Estimate(value, low, high, n, len(figures))


def places(samples: Mapping[str, Mapping[int, Sequence[float] | Floats]], level: float = LEVEL) -> tuple[Place, ...]:
    """Return the places that each competitor may hold, `samples` being name -> block -> samples; best places first.

    Every pair is compared by a paired t-test on the logarithms of the block medians; which differ is decided for all pairs
    together by Holm's step-down method (Scandinavian Journal of Statistics 6, 1979), so that all places are right at once
    with the probability `level` (Mogstad, Romano, Shaikh and Wilhelm, "Inference for Ranks", Review of Economic Studies 91,
    2024). Pairs with fewer than FEWEST_BOOTS shared blocks are never told apart.
    """
    logs = {
        name: {block: float(np.log(np.median(values))) for block, values in blocks.items() if len(values)}
        for name, blocks in samples.items()
    }
    tests = {(one, other): _paired(logs[one], logs[other]) for one, other in combinations(logs, 2)}
    apart = _holm({pair: p for pair, (p, _) in tests.items()}, 1 - level)
    lower = {pair if tests[pair][1] < 0 else pair[::-1] for pair in apart}
    found = [
        Place(
            name,
            1 + sum(below[1] == name for below in lower),
            len(logs) - sum(below[0] == name for below in lower),
        )
        for name in logs
    ]
    return tuple(sorted(found, key=lambda place: (place.best, place.worst)))


@dataclass(frozen=True)
class Difference:
    """The ratio of one run's figure to another's with its interval, and the p-value of there being no difference.

    `p` is None where a run has fewer than FEWEST_BOOTS figures.
    """

    ratio: Estimate
    p: float | None


def difference(figures: Sequence[float], reference: Sequence[float], level: float = LEVEL) -> Difference:
    """Return the ratio of the typical figure to the typical reference: of figures of boots that weren't run together.

    Welch's t-test on the logarithms (Biometrika 34, 1947), since two runs may be noisy to a different degree. Raises ValueError
    where a figure isn't positive or there is none.
    """
    if not len(figures) or not len(reference) or min(*figures, *reference) <= 0:
        raise ValueError("a ratio needs positive figures on both sides")
    ours, theirs = np.log(figures), np.log(reference)
    value, n = float(np.exp(np.mean(ours) - np.mean(theirs))), len(ours) + len(theirs)
    if min(len(ours), len(theirs)) < FEWEST_BOOTS:
        return Difference(Estimate(value, None, None, n, min(len(ours), len(theirs))), None)
    if np.ptp(ours) == 0 and np.ptp(theirs) == 0:
        return Difference(Estimate(value, value, value, n, min(len(ours), len(theirs))), 1.0 if value == 1 else 0.0)
    test = stats.ttest_ind(ours, theirs, equal_var=False)
    interval = test.confidence_interval(level)
    estimate = Estimate(
        value, float(np.exp(interval.low)), float(np.exp(interval.high)), n, min(len(ours), len(theirs))
    )
    return Difference(estimate, float(test.pvalue))


def paired_difference(
    one: Mapping[int, float], other: Mapping[int, float], level: float = LEVEL
) -> tuple[Estimate, float]:
    """Return the mean difference of two figures within the blocks that have both, and the p-value of there being none.

    Student's t on the differences; 1 with fewer than FEWEST_BOOTS such blocks. Raises ValueError where no block has both.
    """
    differences = np.array([one[block] - other[block] for block in one if block in other])
    if not len(differences):
        raise ValueError("no block has both figures")
    return mean(differences, len(differences), level), _paired(one, other)[0]


def beyond_noise(p_values: Mapping[Key, float], level: float = LEVEL) -> set[Key]:
    """Return which of many differences are real, all of them at once with the probability `level` (Holm)."""
    return _holm(p_values, 1 - level)


def drift(samples: Mapping[str, Mapping[int, Sequence[float] | Floats]], level: float = LEVEL) -> Estimate:
    """Return by which factor figures change from a run's first block to its last, `samples` being name -> block -> samples.

    For each name, the least-squares slope of the logarithm of the block medians against the block's place; the figure is the
    mean over names times the blocks' number less one, the interval Student's t over names, which all see the same machine.
    `boots` counts the names. Raises ValueError if no name has two blocks.
    """
    blocks = sorted({block for own in samples.values() for block, values in own.items() if len(values)})
    slopes = []
    for own in samples.values():
        at = [blocks.index(block) for block, values in own.items() if len(values)]
        logs = [float(np.log(np.median(values))) for values in own.values() if len(values)]
        if len(at) > 1:
            slopes.append(float(stats.linregress(at, logs).slope) * (len(blocks) - 1))
    if not slopes:
        raise ValueError("drift needs two blocks")
    return _over_boots(list(np.exp(slopes)), sum(len(own) for own in samples.values()), level)


def required_boots(boot_figures: Sequence[float], precision: float, level: float = LEVEL) -> int | None:
    """Return how many boots a half-width of `precision` (0.05 for 5 %) needs, given figures of the boots so far.

    The smallest n for which Student's t times s / sqrt(n) is no more than log(1 + precision), s being the standard deviation
    of the figures' logarithms (Kalibera and Jones 2013, sec. 6). None when more than MOST_BOOTS are needed, or fewer than two
    are given.
    """
    if len(boot_figures) < 2:
        return None
    spread = float(np.std(np.log(boot_figures), ddof=1))
    counts = np.arange(2, MOST_BOOTS + 1)
    halves = stats.t.ppf((1 + level) / 2, counts - 1) * spread / np.sqrt(counts)
    enough = counts[halves <= np.log1p(precision)]
    return int(enough[0]) if len(enough) else None


def quantiles(
    boots: Sequence[Sequence[float] | Floats], probabilities: Sequence[float], level: float = LEVEL, seed: int = 0
) -> tuple[Estimate, ...]:
    """Return quantiles of all samples together, in their unit, with their intervals.

    The quantile is type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50
    (1996): linear between order statistics. The interval is a hierarchical bootstrap: boots are drawn with replacement,
    then samples within each drawn boot (Davison and Hinkley, "Bootstrap Methods and their Application", 1997, sec. 3.8), its
    percentiles expanded for few boots (Hesterberg, "What Teachers Should Know About the Bootstrap", The American
    Statistician 69, 2015). With few samples in the tail it is too narrow whatever is done: the largest of 20 is all there is.
    Boots without samples are left out. Raises ValueError if no sample is left, or for a probability outside 0..1.
    """
    if not all(0 <= probability <= 1 for probability in probabilities):
        raise ValueError(f"one of {probabilities} is not a probability")
    clusters = _clusters(boots)
    values = np.quantile(np.concatenate(clusters), probabilities)
    n = sum(map(len, clusters))
    if len(clusters) < FEWEST_BOOTS:
        return tuple(Estimate(float(value), None, None, n, len(clusters)) for value in values)
    random = np.random.default_rng(seed)
    replicates = _resampled_quantiles(clusters, _draw(len(clusters), random), probabilities, random)
    low, high = np.quantile(replicates, _expanded_tails(len(clusters), level), axis=0)
    return tuple(
        Estimate(float(value), float(below), float(above), n, len(clusters))
        for value, below, above in zip(values, low, high, strict=True)
    )


def quantile(
    boots: Sequence[Sequence[float] | Floats], probability: float, level: float = LEVEL, seed: int = 0
) -> Estimate:
    """Return one quantile, as `quantiles` does."""
    return quantiles(boots, (probability,), level, seed)[0]


def _over_boots(figures: Sequence[float], n: int, level: float) -> Estimate:
    """Return the mean of the boots' figures with its interval: geometric where all of them are positive."""
    if min(figures) == max(figures):
        # What is the same in every boot, as a count may be, is stated exactly.
        end = figures[0] if len(figures) >= FEWEST_BOOTS else None
        return Estimate(figures[0], end, end, n, len(figures))
    if min(figures) <= 0:
        return mean(np.asarray(figures, dtype=np.float64), n, level)
    logs = mean(np.log(figures), n, level)
    low, high = (None if end is None else float(np.exp(end)) for end in (logs.low, logs.high))
    return Estimate(float(np.exp(logs.value)), low, high, n, len(figures))


def _t_interval(values: Floats, level: float) -> tuple[float, float | None]:
    """Return the mean and the half-width of Student's t interval, None with fewer than FEWEST_BOOTS values."""
    if len(values) < FEWEST_BOOTS:
        return float(np.mean(values)), None
    half = stats.t.ppf((1 + level) / 2, len(values) - 1) * stats.sem(values)
    return float(np.mean(values)), float(half)


def _paired(one: Mapping[int, float], other: Mapping[int, float]) -> tuple[float, float]:
    """Return the p-value of a paired t-test, and the mean difference; 1 where there are too few pairs."""
    differences = np.array([one[block] - other[block] for block in one if block in other])
    if len(differences) < FEWEST_BOOTS:
        return 1.0, 0.0
    mean, error = float(np.mean(differences)), float(stats.sem(differences))
    if error == 0:
        return (1.0 if mean == 0 else 0.0), mean
    return float(2 * stats.t.sf(abs(mean) / error, len(differences) - 1)), mean


def _holm(p_values: Mapping[Key, float], alpha: float) -> set[Key]:
    """Return the hypotheses that are rejected: in order of p, until the first that isn't small enough."""
    rejected: set[Key] = set()
    for tried, pair in enumerate(sorted(p_values, key=p_values.__getitem__)):
        if p_values[pair] > alpha / (len(p_values) - tried):
            break
        rejected.add(pair)
    return rejected


def _expanded_tails(boots: int, level: float) -> tuple[float, float]:
    tail = float(stats.norm.cdf(-np.sqrt(boots / (boots - 1)) * stats.t.ppf((1 + level) / 2, boots - 1)))
    return tail, 1 - tail


def _clusters(boots: Sequence[Sequence[float] | Floats]) -> list[Floats]:
    clusters = [np.asarray(boot, dtype=np.float64) for boot in boots if len(boot)]
    if not clusters:
        raise ValueError("there is no sample")
    return clusters


def _draw(clusters: int, random: np.random.Generator) -> Indices:
    """Return the clusters of every resample: RESAMPLES rows, each with as many indices as there are clusters."""
    return random.integers(clusters, size=(RESAMPLES, clusters))


def _resampled_quantiles(
    clusters: Sequence[Floats], picks: Indices, probabilities: Sequence[float], random: np.random.Generator
) -> Floats:
    """Return the quantiles of every resample: samples drawn with replacement within each picked cluster, then pooled.

    Clusters may differ in size: all are padded to the largest with infinities, which sort behind every sample.
    """
    sizes = np.array([len(cluster) for cluster in clusters])
    padded = np.full((len(clusters), sizes.max()), np.inf)
    for row, cluster in zip(padded, clusters, strict=True):
        row[: len(cluster)] = cluster
    parts = np.array_split(picks, -(-picks.size * int(sizes.max()) // _DRAWN_AT_ONCE))
    return np.concatenate([_quantiles_of_part(padded, sizes, part, probabilities, random) for part in parts])


def _quantiles_of_part(
    padded: Floats, sizes: Indices, picks: Indices, probabilities: Sequence[float], random: np.random.Generator
) -> Floats:
    size = sizes[picks]
    width = padded.shape[1]
    within = (random.random((*picks.shape, width)) * size[:, :, None]).astype(np.int64)
    drawn = padded[picks[:, :, None], within]
    drawn[np.arange(width) >= size[:, :, None]] = np.inf
    pooled = np.sort(drawn.reshape(len(picks), -1), axis=1)
    counts = size.sum(axis=1)
    return np.column_stack([_quantile_of_sorted(pooled, counts, probability) for probability in probabilities])


def _quantile_of_sorted(rows: Floats, counts: Indices, probability: float) -> Floats:
    """Return the type 7 quantile of the first `counts` values of each sorted row."""
    position = (counts - 1) * probability
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, counts - 1)
    which = np.arange(len(rows))
    low, high = rows[which, below], rows[which, above]
    result: Floats = low + (position - below) * (high - low)
    return result


def _centred(values: Sequence[float]) -> Floats:
    figures = np.asarray(values, float)
    centred: Floats = figures - figures.mean()
    return centred
