"""Estimates with their uncertainty: small pure functions, each with its source.

The boot of a server is what is replicated: samples of one boot resemble each other (they are clustered), so every interval
is about boots or blocks of boots, never about samples alone (Kalibera and Jones, "Rigorous benchmarking in reasonable
time", ISMM 2013). Intervals are 95 %.

A median's interval is Student's t on the logarithms of the boots' medians, a ratio's the same on the logarithms of the
ratios within blocks (a paired t): times and sizes are positive, and differ between boots by factors. It was chosen by
simulation over the hierarchical bootstrap, whose percentile interval held the true median in 78 to 99 % of runs of 3 to 20
boots, where this one held it in 92 to 97 % (300 runs each of normal, log-normal and heavy-tailed samples, clustered or not);
`tests/analysis/test_coverage.py` repeats that with thousands. The bootstrap is used where samples within a boot are too few for
a figure of each boot: for quantiles in the tail.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from pyuibench.analysis.distributions import Floats as Floats
from pyuibench.analysis.distributions import line_slope, middle, standard_error, t_quantile, t_quantiles
from pyuibench.analysis.moderation import Spread, scatter
from pyuibench.results.records import LEVEL as LEVEL

Key = TypeVar("Key", bound=Hashable)
FEWEST_BOOTS = 3
MOST_BOOTS = 10_000


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


def median(boots: Sequence[Sequence[float] | Floats], level: float = LEVEL, spread: Spread | None = None) -> Estimate:
    """Return the typical boot's median, in the samples' unit: the geometric mean over boots of each boot's median.

    Its interval is Student's t on the medians' logarithms, with `spread` as their variance where one is given; where a median
    isn't positive, mean and interval are those of the medians themselves. Boots without samples are left out. Raises ValueError
    if no sample is left.
    """
    clusters = _clusters(boots)
    return _over_boots([middle(cluster) for cluster in clusters], sum(map(len, clusters)), level, spread)


def ratio_of_medians(
    blocks: Mapping[int, Sequence[float] | Floats],
    reference: Mapping[int, Sequence[float] | Floats],
    level: float = LEVEL,
    spread: Spread | None = None,
) -> Estimate:
    """Return the typical block's median(samples) / median(reference samples), over the blocks that have both.

    Each mapping is block -> samples. A block's samples and its reference were taken near each other in time, so their ratio
    is free of slow drift of the machine. The figure is the geometric mean of the blocks' ratios, the interval Student's t on
    their logarithms, with `spread` as their variance where one is given. `n` and `boots` count the samples, reference left out,
    and the shared blocks. Raises ValueError if no block has both, or if a median isn't positive.
    """
    shared = sorted(block for block in blocks if len(blocks[block]) and len(reference.get(block, ())))
    if not shared:
        raise ValueError("no block has both the samples and their reference")
    pairs = [(middle(blocks[block]), middle(reference[block])) for block in shared]
    if any(ours <= 0 or theirs <= 0 for ours, theirs in pairs):
        raise ValueError("a median is zero or less, so there is no ratio")
    n = sum(len(blocks[block]) for block in shared)
    return _over_boots([ours / theirs for ours, theirs in pairs], n, level, spread)


def block_slopes(points: Iterable[Point]) -> dict[int, float]:
    """Return each block's slope of value against size: least squares with an intercept. Blocks with one size only have none."""
    by_block: dict[int, list[Point]] = {}
    for point in points:
        by_block.setdefault(point.block, []).append(point)
    return {
        number: line_slope([point.size for point in block], [point.value for point in block])
        for number, block in by_block.items()
        if len({point.size for point in block}) > 1
    }


def slope(points: Iterable[Point], level: float = LEVEL, spread: Spread | None = None) -> Estimate:
    """Return the slope of value against size, in the value's unit per unit of size: the mean of the blocks' slopes.

    The interval is Student's t on the blocks' slopes, with `spread` as their variance where one is given. It asks nothing of
    how points scatter within a block. `n` counts the points of blocks that have a slope, `boots` these blocks. Raises
    ValueError if no block has two sizes.
    """
    known = tuple(points)
    slopes = block_slopes(known)
    if not slopes:
        raise ValueError("a slope needs two sizes")
    return mean(np.array(list(slopes.values())), sum(point.block in slopes for point in known), level, spread)


def slope_spreads(points: Mapping[str, Sequence[Point]]) -> dict[str, Spread]:
    """Return how far slopes scatter from block to block, of the variants of which that is told together: variant -> spread.

    Slopes may be near zero, so they have no logarithms. A variant's are divided by its typical value at its largest size, as it
    is that value's scatter which a slope mostly has; variants for which that isn't positive are left out.
    """
    scales = {name: _scale(own) for name, own in points.items()}
    relative = {
        name: {block: each / scale for block, each in block_slopes(points[name]).items()}
        for name, scale in scales.items()
        if scale
    }
    known = scatter(relative)
    found = ((name, scale, known.of(name)) for name, scale in scales.items() if scale)
    return {name: Spread(it.variance * scale**2, it.freedom) for name, scale, it in found if it}


def steps(series: Iterable[Sequence[float] | Floats]) -> Floats:
    """Return by how much each value of a series differs from the one before, of all series together."""
    return np.concatenate([np.zeros(0), *(np.diff(np.asarray(values, dtype=np.float64)) for values in series)])


def bracketed(brackets: Sequence[tuple[float, float]], level: float = LEVEL) -> Estimate:
    """Return a figure of which each boot tells only between which two it lies: one that is interval-censored.

    The value is the geometric mean over boots of each bracket's geometric middle. The interval reaches from the mean of the lower
    ends to that of the upper ends, widened on both sides by Student's t times the standard error of the middles, all on
    logarithms: wherever in their brackets the boots' figures lie, their mean lies between these two means (Manski, *Partial
    Identification of Probability Distributions*, 2003), and t is for how boots differ. Where an upper end is infinite the value
    is the mean of the lower ends, which the figure is at least, and the interval has no upper end. Where a lower end is 0 all
    means are arithmetic. Raises ValueError without a bracket.
    """
    if not brackets:
        raise ValueError("there is no bracket")
    ends = np.array(brackets, dtype=np.float64)
    is_open, is_positive = bool(np.isinf(ends).any()), bool(ends.min() > 0)
    known = np.column_stack([ends[:, 0], ends[:, 0]]) if is_open else ends
    known = np.log(known) if is_positive else known
    middles = known.mean(axis=1)
    _, half = _t_interval(middles, level)
    value, low, high = middles.mean(), known[:, 0].mean() - (half or 0.0), known[:, 1].mean() + (half or 0.0)
    value, low, high = (float(np.exp(it)) if is_positive else float(it) for it in (value, low, high))
    if half is None:
        return Estimate(value, None, None, len(ends), len(ends))
    return Estimate(value, max(low, 0.0), np.inf if is_open else high, len(ends), len(ends))


def mean(figures: Floats, n: int, level: float = LEVEL, spread: Spread | None = None) -> Estimate:
    """Return the arithmetic mean of figures of boots or blocks, which rest on `n` samples, with Student's t interval.

    `spread`: the figures' variance, where more is known of it than they tell by themselves.
    """
    value, half = _t_interval(figures, level, spread)
    low, high = (None, None) if half is None else (value - half, value + half)
    return Estimate(value, low, high, n, len(figures))


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
    halves = t_quantiles(level, MOST_BOOTS - 1) * spread / np.sqrt(counts)
    enough = counts[halves <= np.log1p(precision)]
    return int(enough[0]) if len(enough) else None


def _scale(points: Sequence[Point]) -> float | None:
    """Return the geometric mean of values at the largest size, None where one isn't positive or there is none."""
    largest = max((point.size for point in points), default=0.0)
    values = [point.value for point in points if point.size == largest]
    return float(np.exp(np.mean(np.log(values)))) if values and min(values) > 0 else None


def _over_boots(figures: Sequence[float], n: int, level: float, spread: Spread | None = None) -> Estimate:
    """Return the mean of the boots' figures with its interval: geometric where all of them are positive."""
    if min(figures) == max(figures):
        # What is the same in every boot, as a count may be, is stated exactly.
        end = figures[0] if len(figures) >= FEWEST_BOOTS else None
        return Estimate(figures[0], end, end, n, len(figures))
    if min(figures) <= 0:
        return mean(np.asarray(figures, dtype=np.float64), n, level)
    logs = mean(np.log(figures), n, level, spread)
    low, high = (None if end is None else float(np.exp(end)) for end in (logs.low, logs.high))
    return Estimate(float(np.exp(logs.value)), low, high, n, len(figures))


def _t_interval(values: Floats, level: float, spread: Spread | None = None) -> tuple[float, float | None]:
    """Return the mean and the half-width of Student's t interval, None with fewer than FEWEST_BOOTS values."""
    if len(values) < FEWEST_BOOTS:
        return float(np.mean(values)), None
    if spread is None:
        return float(np.mean(values)), t_quantile(level, len(values) - 1) * standard_error(values)
    return float(np.mean(values)), t_quantile(level, spread.freedom) * float(np.sqrt(spread.variance / len(values)))


def _clusters(boots: Sequence[Sequence[float] | Floats]) -> list[Floats]:
    clusters = [np.asarray(boot, dtype=np.float64) for boot in boots if len(boot)]
    if not clusters:
        raise ValueError("there is no sample")
    return clusters
