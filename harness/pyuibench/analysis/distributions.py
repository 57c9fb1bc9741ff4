"""The distributions and statistics that estimates need: what scipy.stats returns, to the last bit, in a tenth of the time.

scipy.stats spends most of a call on checking and broadcasting its arguments, and a report makes thousands of calls; importing it
takes longer than all of a report's estimates. These are its formulae on scipy.special and numpy, which a test holds against it.
"""

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats: TypeAlias = NDArray[np.float64]


@cache
def t_quantile(level: float, freedom: float) -> float:
    """Return by how many standard errors Student's t interval of a level reaches to each side, at these degrees of freedom."""
    return float(special.stdtrit(freedom, (1 + level) / 2))


@cache
def t_quantiles(level: float, most: int) -> Floats:
    """Return the same for each of 1 to `most` degrees of freedom. The array can't be written to: it is kept."""
    found = np.asarray(special.stdtrit(np.arange(1, most + 1), (1 + level) / 2), dtype=np.float64)
    found.setflags(write=False)
    return found


def t_ends(level: float, freedom: float) -> tuple[float, float]:
    """Return between which figures Student's t is with the probability `level`; `freedom` may be a fraction, as Welch's is."""
    tail = (1 - level) / 2
    return float(special.stdtrit(freedom, tail)), float(special.stdtrit(freedom, 1 - tail))


def t_beyond(value: float, freedom: float) -> float:
    """Return the probability that Student's t is more than `value`."""
    return float(special.stdtr(freedom, -value))


def normal_up_to(value: float) -> float:
    """Return the probability that a standard normal figure is `value` at most."""
    return float(special.ndtr(value))


def binomial_up_to(count: int, tries: int, probability: float) -> float:
    """Return the probability of `count` successes at most. It is scipy.stats' to 13 digits, which counts by another formula."""
    return float(special.bdtr(count, tries, probability))


def standard_error(values: Floats) -> float:
    """Return the standard error of the mean, in the values' unit."""
    return float(np.std(values, ddof=1) / len(values) ** 0.5)


def middle(values: Sequence[float] | Floats) -> float:
    """Return the median, NaN if a value is."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    half = len(ordered) // 2
    if np.isnan(ordered[-1]):
        return float("nan")
    return float(ordered[half]) if len(ordered) % 2 else float((ordered[half - 1] + ordered[half]) / 2)


def line_slope(sizes: Sequence[float] | Floats, values: Sequence[float] | Floats) -> float:
    """Return the slope of the least-squares line through two points or more, whose sizes aren't all the same."""
    of_sizes, of_both = np.cov(sizes, values, bias=True)[0]
    return float(of_both / of_sizes)
