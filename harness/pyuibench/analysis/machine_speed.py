"""How figures follow the machine's speed, and what they would have been at its usual one.

The speed of a machine that others share changes for minutes at a time, so that a block's boots are measured at different speeds
and their ratios are off. The speed is known of each boot: how long a fixed piece of work took. Between figures and that time a
power law is taken: a figure of which a part p is computing, and the rest waiting for a timer or a frame, takes about p % longer
when the work takes 1 % longer. The exponent is estimated from the run itself, from what variants and blocks leave unexplained:
analysis of covariance (Fisher, *Statistical Methods for Research Workers*, 4th edition, 1932), in experiments on web services
known as CUPED (Deng and others, "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data",
WSDM 2013). One exponent serves all variants of a figure: where one follows the speed more than others do, or less, that stays in
its scatter, and so in its interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pyuibench.analysis.distributions import Floats

FEWEST_FREEDOMS = 12
"""Of what variants and blocks leave unexplained: with fewer, the exponent would add more noise than it takes away."""
SWEEPS = 50
"""Of taking variants' and blocks' means away in turn, where figures are missing."""
MOST_EXPONENT = 1.5
"""No figure follows the speed further: computing alone has 1, and memory that others use may slow some of it more."""


@dataclass(frozen=True)
class Dependence:
    """How a figure follows the machine's speed: it takes `exponent` % longer when the fixed work takes 1 % longer.

    `error`: the exponent's standard error, with `freedom` degrees of freedom.
    """

    exponent: float
    error: float
    freedom: int

    def factor(self, log_time: float) -> float:
        """Return what to multiply a figure with for what it is at the usual speed.

        `log_time`: logarithm of the time of the fixed work over its usual time, when the figure was measured.
        """
        return float(np.exp(-self.exponent * log_time))


def dependence(
    figures: Mapping[str, Mapping[int, float]], log_times: Mapping[str, Mapping[int, float]]
) -> Dependence | None:
    """Return how figures follow the speed: logarithms of figures and of the fixed work's times, variant -> block -> logarithm.

    Least squares on what is left of both when the means of variants and of blocks are taken away. The exponent is held between 0
    and MOST_EXPONENT. None where fewer than FEWEST_FREEDOMS are left, or where the speed never changed.
    """
    variants = [name for name in figures if figures[name].keys() & log_times.get(name, {}).keys()]
    blocks = sorted({block for name in variants for block in figures[name]})
    known, times = (
        np.array([[of[name].get(block, np.nan) for block in blocks] for name in variants])
        for of in (figures, log_times)
    )
    is_known = ~np.isnan(known) & ~np.isnan(times) if variants else np.zeros((0, 0), dtype=np.bool_)
    freedom = int(is_known.sum()) - len(variants) - len(blocks)
    if freedom < FEWEST_FREEDOMS:
        return None
    left, of_times = (_left(np.where(is_known, each, np.nan)) for each in (known, times))
    squares = float(np.sum(of_times**2))
    if squares <= 0:
        return None
    exponent = float(np.sum(left * of_times)) / squares
    error = float(np.sqrt(np.sum((left - exponent * of_times) ** 2) / freedom / squares))
    return Dependence(min(max(exponent, 0.0), MOST_EXPONENT), error, freedom)


def _left(values: Floats) -> Floats:
    """Return what the means of rows and columns leave of the values that are known, 0 for the others."""
    for _ in range(SWEEPS if np.isnan(values).any() else 1):
        values = values - np.nanmean(values, axis=1, keepdims=True)
        values = values - np.nanmean(values, axis=0, keepdims=True)
    left: Floats = np.nan_to_num(values)
    return left
