"""Quantiles of clustered samples, with intervals by a hierarchical bootstrap."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pyuibench.analysis.distributions import normal_up_to, t_quantile
from pyuibench.analysis.estimates import FEWEST_BOOTS, LEVEL, Estimate, Floats, _clusters

Indices: TypeAlias = NDArray[np.int64]
RESAMPLES = 2000
_DRAWN_AT_ONCE = 2_000_000
"""Samples held in memory at a time: some 50 MB."""


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


def _expanded_tails(boots: int, level: float) -> tuple[float, float]:
    tail = normal_up_to(-np.sqrt(boots / (boots - 1)) * t_quantile(level, boots - 1))
    return tail, 1 - tail


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
    share = random.random((*picks.shape, width))
    share *= size[:, :, None]
    within = share.astype(np.int64)
    within += (picks * width)[:, :, None]
    drawn = padded.ravel().take(within)
    if sizes.min() < width:
        drawn[np.arange(width) >= size[:, :, None]] = np.inf
    pooled = drawn.reshape(len(picks), -1)
    pooled.sort(axis=1)
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
