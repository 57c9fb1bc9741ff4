"""Components of variance: how far samples of a boot scatter, how far boots do, and how many samples a boot are worth their time.

A boot's figure is the median of its samples, so its variance is that between boots and a share of that within a boot, the
smaller the more samples there are. More samples take time that more boots could have.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pyuibench.analysis.distributions import Floats, t_quantile
from pyuibench.analysis.estimates import Key
from pyuibench.analysis.moderation import Spread, variance_of_median

MOST_SAMPLES = 40
"""Of one kind in a boot: a session that goes on for longer is no visitor's."""


@dataclass(frozen=True)
class Components:
    """Variances of logarithms: `within` one boot, of its samples, and `between` boots, of what their samples have in common."""

    within: float
    between: float

    def of_boot(self, samples: float) -> float:
        """Return the variance of a boot's figure, the median of so many samples."""
        return self.between + self.within * variance_of_median(samples)


@dataclass(frozen=True)
class Price:
    """What a sample of a case is worth and costs: its components, and the seconds that it takes."""

    components: Components
    sample_s: float


def components(variants: Iterable[Sequence[Floats]]) -> Components:
    """Return the components that variants have in common: of the logarithms of the samples of each boot of each variant.

    The method of moments for unbalanced nested data (Searle, Casella and McCulloch, *Variance Components*, 1992, section 3.6),
    sums of squares and degrees of freedom added up over variants. A component below 0 is 0. Raises ValueError where no boot has
    two samples, or no variant two boots.
    """
    within, between, weight = np.zeros(2), np.zeros(2), 0.0
    for boots in variants:
        sizes = np.array([len(boot) for boot in boots], dtype=np.float64)
        means = np.array([np.mean(boot) for boot in boots])
        whole = np.average(means, weights=sizes)
        within += [sum(np.sum((boot - np.mean(boot)) ** 2) for boot in boots), sizes.sum() - len(boots)]
        between += [np.sum(sizes * (means - whole) ** 2), len(boots) - 1]
        weight += sizes.sum() - np.sum(sizes**2) / sizes.sum()
    if not within[1] or not between[1]:
        raise ValueError("components need two samples of a boot, and two boots")
    of_samples, of_boots = within[0] / within[1], between[0] / between[1]
    return Components(float(of_samples), max(float((of_boots - of_samples) / (weight / between[1])), 0.0))


def best_samples(prices: Mapping[Key, Price], boot_s: float) -> dict[Key, float]:
    """Return for each case of a boot how many samples make intervals narrowest in a given time, `boot_s` being the boot's own.

    Of one case it is sqrt(boot / sample x within / between), the classic allocation (Searle and others 1992; Kalibera and Jones
    2013, section 6.2), with the variance of a median in the place of a mean's. Cases of a boot share its time: the sum of their
    variances is made smallest. MOST_SAMPLES where boots don't differ.
    """
    between = sum(price.components.between for price in prices.values())
    if not between:
        return dict.fromkeys(prices, float(MOST_SAMPLES))
    found = {
        case: np.sqrt(np.pi / 2 * price.components.within / price.sample_s * boot_s / between)
        for case, price in prices.items()
    }
    return {case: float(np.clip(it, 1, MOST_SAMPLES)) for case, it in found.items()}


def half_width(spread: Spread, level: float, measured_blocks: int, blocks: int, share: float = 1.0) -> float:
    """Return as a factor how wide an interval would be to each side after so many blocks, `spread` being known of others.

    Degrees of freedom are taken to grow with the blocks. `share`: by which the variance changes with the number of samples.
    """
    freedom = spread.freedom * (blocks - 1) / (measured_blocks - 1)
    return float(np.exp(t_quantile(level, freedom) * np.sqrt(share * spread.variance / blocks)))
