"""Ranks and differences that are decided for many comparisons at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pyuibench.analysis.distributions import middle, standard_error, t_beyond, t_ends
from pyuibench.analysis.estimates import FEWEST_BOOTS, LEVEL, Estimate, Floats, Key, mean
from pyuibench.analysis.moderation import Scatter, Spread


@dataclass(frozen=True)
class Place:
    """Which places a competitor may hold among all, 1 being the lowest figure: every place that the data don't rule out."""

    name: str
    best: int
    worst: int


def places(
    samples: Mapping[str, Mapping[int, Sequence[float] | Floats]], level: float = LEVEL, scatter: Scatter | None = None
) -> tuple[Place, ...]:
    """Return the places that each competitor may hold, `samples` being name -> block -> samples; best places first.

    Every pair is compared by a paired t-test on the logarithms of the block medians, with the variances of `scatter` where
    these are given; which differ is decided for all pairs together by Holm's step-down method (Scandinavian Journal of
    Statistics 6, 1979), so that all places are right at once with the probability `level` (Mogstad, Romano, Shaikh and Wilhelm,
    "Inference for Ranks", Review of Economic Studies 91, 2024). Pairs with fewer than FEWEST_BOOTS shared blocks are never told
    apart.
    """
    logs = {
        name: {block: float(np.log(middle(values))) for block, values in blocks.items() if len(values)}
        for name, blocks in samples.items()
    }
    tests = {
        (one, other): _paired(logs[one], logs[other], scatter.between(one, other) if scatter else None)
        for one, other in combinations(logs, 2)
    }
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


def difference(
    figures: Sequence[float],
    reference: Sequence[float],
    level: float = LEVEL,
    spreads: tuple[Spread | None, Spread | None] = (None, None),
) -> Difference:
    """Return the ratio of the typical figure to the typical reference: of figures of boots that weren't run together.

    Welch's t-test on the logarithms (Biometrika 34, 1947), since two runs may be noisy to a different degree. `spreads`: the
    variances of the logarithms of both, where more is known of them than they tell by themselves. Raises ValueError where a
    figure isn't positive or there is none.
    """
    if not len(figures) or not len(reference) or min(*figures, *reference) <= 0:
        raise ValueError("a ratio needs positive figures on both sides")
    ours, theirs = np.log(figures), np.log(reference)
    value, n = float(np.exp(np.mean(ours) - np.mean(theirs))), len(ours) + len(theirs)
    if min(len(ours), len(theirs)) < FEWEST_BOOTS:
        return Difference(Estimate(value, None, None, n, min(len(ours), len(theirs))), None)
    if np.ptp(ours) == 0 and np.ptp(theirs) == 0:
        return Difference(Estimate(value, value, value, n, min(len(ours), len(theirs))), 1.0 if value == 1 else 0.0)
    low, high, p = _welch(ours, theirs, level, spreads)
    estimate = Estimate(value, float(np.exp(low)), float(np.exp(high)), n, min(len(ours), len(theirs)))
    return Difference(estimate, p)


def excess(figures: Sequence[float] | Floats, reference: Sequence[float] | Floats, level: float = LEVEL) -> Estimate:
    """Return by how much the mean of figures is above that of reference figures, with Welch's interval.

    Raises ValueError for fewer than two figures on a side.
    """
    ours, theirs = (np.asarray(values, dtype=np.float64) for values in (figures, reference))
    if min(len(ours), len(theirs)) < 2:
        raise ValueError("a mean's interval needs two figures")
    n, value = len(ours) + len(theirs), float(ours.mean() - theirs.mean())
    if np.ptp(ours) == 0 and np.ptp(theirs) == 0:
        return Estimate(value, value, value, n, 2)
    low, high, _ = _welch(ours, theirs, level, (None, None))
    return Estimate(value, low, high, n, 2)


def _welch(
    ours: Floats, theirs: Floats, level: float, spreads: tuple[Spread | None, Spread | None]
) -> tuple[float, float, float]:
    """Return the ends of the interval of the difference of two means, and the p-value of there being none."""
    one, other = (
        Spread(_variance(values), len(values) - 1.0) if known is None else known
        for values, known in zip((ours, theirs), spreads, strict=True)
    )
    both = Spread(one.variance / len(ours), one.freedom) + Spread(other.variance / len(theirs), other.freedom)
    error = float(np.sqrt(both.variance))
    difference = float(np.mean(ours) - np.mean(theirs))
    low, high = t_ends(level, both.freedom)
    return low * error + difference, high * error + difference, 2 * t_beyond(abs(difference / error), both.freedom)


def _variance(values: Floats) -> float:
    return float(np.mean((values - np.mean(values)) ** 2) * (len(values) / (len(values) - 1)))


def paired_difference(
    one: Mapping[int, float], other: Mapping[int, float], level: float = LEVEL, spread: Spread | None = None
) -> tuple[Estimate, float]:
    """Return the mean difference of two figures within the blocks that have both, and the p-value of there being none.

    Student's t on the differences, with `spread` as their variance where one is given; 1 with fewer than FEWEST_BOOTS such
    blocks. Raises ValueError where no block has both.
    """
    differences = np.array([one[block] - other[block] for block in one if block in other])
    if not len(differences):
        raise ValueError("no block has both figures")
    return mean(differences, len(differences), level, spread), _paired(one, other, spread)[0]


def beyond_noise(p_values: Mapping[Key, float], level: float = LEVEL) -> set[Key]:
    """Return which of many differences are real, all of them at once with the probability `level` (Holm)."""
    return _holm(p_values, 1 - level)


def _paired(one: Mapping[int, float], other: Mapping[int, float], spread: Spread | None) -> tuple[float, float]:
    """Return the p-value of a paired t-test, and the mean difference; 1 where there are too few pairs."""
    differences = np.array([one[block] - other[block] for block in one if block in other])
    count = len(differences)
    if count < FEWEST_BOOTS:
        return 1.0, 0.0
    mean = float(np.mean(differences))
    error = standard_error(differences) if spread is None else float(np.sqrt(spread.variance / count))
    if error == 0:
        return (1.0 if mean == 0 else 0.0), mean
    return 2 * t_beyond(abs(mean) / error, count - 1 if spread is None else spread.freedom), mean


def _holm(p_values: Mapping[Key, float], alpha: float) -> set[Key]:
    """Return the hypotheses that are rejected: in order of p, until the first that isn't small enough."""
    rejected: set[Key] = set()
    for tried, pair in enumerate(sorted(p_values, key=p_values.__getitem__)):
        if p_values[pair] > alpha / (len(p_values) - tried):
            break
        rejected.add(pair)
    return rejected
