"""By which factor a machine changed while a run went on, and how sure that is."""

from collections.abc import Mapping, Sequence

import numpy as np

from pyuibench.analysis.distributions import Floats, line_slope, middle, t_quantile
from pyuibench.analysis.estimates import FEWEST_BOOTS, LEVEL, Estimate

BLOCK_SPREAD = 0.045
BLOCK_FREEDOM = 4.0
"""How far blocks of the committed runs scatter about their trend in the browser, as a logarithm, and how much that counts for."""


def drift(boots: Mapping[str, Mapping[str, Mapping[int, Sequence[float] | Floats]]], level: float = LEVEL) -> Estimate:
    """Return by which factor figures change from a run's first block to its last; `boots` is boot -> name -> block -> samples.

    A boot is what is started once a block, such as a variant's page. Its level in a block is the mean over its names of the
    logarithm of the block's median less the name's mean over blocks; that of the block is the mean over its boots. The figure is
    the least-squares slope of the blocks' levels times their number less one.

    All samples of a block see the same machine, so what scatters are blocks, and three of them can't say how far they do. Their
    variance about the line is pooled with a prior (moderated t: Smyth, Statistical Applications in Genetics and Molecular
    Biology 3, 2004): that of blocks of other runs, BLOCK_SPREAD, and what a block's boots scatter, by their number. `n` counts
    the levels, `boots` the blocks; fewer than FEWEST_BOOTS have no interval. Raises ValueError if there are fewer than two.
    """
    levels: dict[int, list[float]] = {}
    for names in boots.values():
        for block, level_of_boot in _levels(names).items():
            levels.setdefault(block, []).append(level_of_boot)
    if len(levels) < 2:
        raise ValueError("drift needs two blocks")
    blocks = np.arange(len(levels), dtype=np.float64)
    means = np.array([float(np.mean(levels[block])) for block in sorted(levels)])
    slope = line_slope(blocks, means)
    n = sum(map(len, levels.values()))
    value = float(np.exp(slope * (len(levels) - 1)))
    if len(levels) < FEWEST_BOOTS:
        return Estimate(value, None, None, n, len(levels))
    centred = blocks - blocks.mean()
    freedom = len(levels) - 2
    squares = float(np.sum((means - means.mean() - slope * centred) ** 2))
    prior = BLOCK_SPREAD**2 + _boot_variance(list(levels.values())) * len(levels) / n
    spread = ((BLOCK_FREEDOM * prior + squares) / (BLOCK_FREEDOM + freedom)) ** 0.5
    half = (len(levels) - 1) * t_quantile(level, BLOCK_FREEDOM + freedom) * spread / float(np.sqrt(centred @ centred))
    return Estimate(value, value * float(np.exp(-half)), value * float(np.exp(half)), n, len(levels))


def _boot_variance(blocks: Sequence[Sequence[float]]) -> float:
    """Return the variance of boots within their blocks, 0 where each block has one. Levels were centred over the blocks."""
    freedom = sum(len(own) - 1 for own in blocks) * (1 - 1 / len(blocks))
    squares = sum(float(np.sum((np.asarray(own) - np.mean(own)) ** 2)) for own in blocks)
    return squares / freedom if freedom else 0.0


def _levels(names: Mapping[str, Mapping[int, Sequence[float] | Floats]]) -> dict[int, float]:
    """Return the level of one boot in each block, of what has samples in more than one."""
    found: dict[int, list[float]] = {}
    for own in names.values():
        logs = {block: float(np.log(middle(values))) for block, values in own.items() if len(values)}
        for block, log in logs.items() if len(logs) > 1 else ():
            found.setdefault(block, []).append(log - float(np.mean(list(logs.values()))))
    return {block: float(np.mean(own)) for block, own in found.items()}
