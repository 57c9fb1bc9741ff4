"""The rerun tax: what a change costs for all that it leaves untouched, told apart from what the framework costs by itself.

    latency = overhead + per_cell * cells + rerun * untouched work + the changed cell's own work

Untouched work is (cells - 1) times the cost of a cell. `rerun` is the share of it that is done again at each change: 1 where the
whole script runs again, 0 where only what depends on the change does. That is the execution *model*. `overhead` and
`per_cell`, milliseconds with no work at all, are the *framework*: messages, diffs, the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pyuibench.analysis.estimates import LEVEL, Estimate, Floats, mean

FITS_SHARE = 0.15
FITS_MS = 10.0
"""A line fits where no median is farther from it than this share of itself, or this many milliseconds, whichever is more."""


@dataclass(frozen=True)
class Sample:
    """One boot's median latency on a page of so many cells of a cost each, on the CPU or asleep."""

    block: int
    cells: int
    cost_ms: float
    kind: str
    latency_ms: float


@dataclass(frozen=True)
class Residual:
    """How far the mean over blocks at one size and cost is from the line."""

    cells: int
    cost_ms: float
    kind: str
    latency_ms: float
    residual_ms: float

    @property
    def fits(self) -> bool:
        """Return whether it is near enough."""
        return abs(self.residual_ms) <= max(FITS_MS, FITS_SHARE * self.latency_ms)


@dataclass(frozen=True)
class Tax:
    """The fitted model: `overhead_ms`, `per_cell_ms`, and `rerun`, the share of untouched work that is done again."""

    overhead_ms: Estimate
    per_cell_ms: Estimate
    rerun: Estimate
    residuals: tuple[Residual, ...]

    @property
    def fits(self) -> bool:
        """Return whether the line describes every size and cost."""
        return all(residual.fits for residual in self.residuals)


@dataclass(frozen=True)
class Pool:
    """A figure of an execution model: its mean over variants (the estimate's `boots`), and the lowest and highest of them."""

    mean: Estimate
    lowest: float
    highest: float


def fit(samples: Iterable[Sample], level: float = LEVEL) -> Tax:
    """Return the model's parameters: the means of those of the blocks, each fitted by least squares, with Student's t intervals.

    Raises ValueError where no block has three combinations of two sizes and two costs at least: one size or one cost alone can't
    tell the model from the framework.
    """
    by_block: dict[int, list[Sample]] = {}
    for sample in samples:
        by_block.setdefault(sample.block, []).append(sample)
    usable = [block for block in by_block.values() if np.linalg.matrix_rank(_design(block)) == 3]
    if not usable:
        raise ValueError("telling the model from the framework needs two sizes and two costs of a cell")
    parameters = np.array([np.linalg.lstsq(_design(block), _latencies(block))[0] for block in usable])
    n = sum(map(len, usable))
    overhead, per_cell, rerun = (mean(column, n, level) for column in parameters.T)
    return Tax(overhead, per_cell, rerun, _residuals([it for block in usable for it in block], parameters.mean(axis=0)))


def pool(values: Sequence[float], level: float = LEVEL) -> Pool:
    """Return the mean of a figure over the variants of an execution model, with Student's t interval over them, and its range."""
    return Pool(mean(np.array(values), len(values), level), min(values), max(values))


def _design(samples: Sequence[Sample]) -> Floats:
    return np.array([[1.0, it.cells, (it.cells - 1) * it.cost_ms] for it in samples])


def _latencies(samples: Sequence[Sample]) -> Floats:
    """Return latencies without the changed cell's own cost, which every framework has to pay."""
    return np.array([it.latency_ms - it.cost_ms for it in samples])


def _residuals(samples: Sequence[Sample], parameters: Floats) -> tuple[Residual, ...]:
    off = _latencies(samples) - _design(samples) @ parameters
    places = sorted({(it.cells, it.cost_ms, it.kind) for it in samples})
    found = []
    for place in places:
        at = [index for index, it in enumerate(samples) if (it.cells, it.cost_ms, it.kind) == place]
        latency_ms = float(np.mean([samples[index].latency_ms for index in at]))
        found.append(Residual(*place, latency_ms, float(off[at].mean())))
    return tuple(found)
