"""How a figure of samples is compared between two runs: block by block, as a multiple of the baseline's."""

import numpy as np

from pyuibench.analysis.moderation import Spread
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.view import RunView


def in_blocks(view: RunView, variant: VariantInfo, case: Case, instrument: str, column: str) -> list[float]:
    """Return a figure a block: the median as a multiple of the baseline's, for the baseline and without one the median itself.

    It is always that of the baseline's first variant: which transport is the best may differ from run to run.
    """
    medians = _medians(view, variant, case, instrument, column)
    if view.baseline is None or view.baseline == variant:
        return list(medians.values())
    baseline = _medians(view, view.baseline, case, instrument, column)
    return [value / baseline[block] for block, value in medians.items() if baseline.get(block)]


def spread_in_blocks(view: RunView, variant: VariantInfo, case: Case, instrument: str, column: str) -> Spread | None:
    """Return how far the logarithms of the same scatter."""
    scatter = view.scatter(case, instrument, column)
    if view.baseline is None or view.baseline == variant:
        return scatter.of(variant.id)
    return scatter.between(variant.id, view.baseline.id)


def _medians(view: RunView, variant: VariantInfo, case: Case, instrument: str, column: str) -> dict[int, float]:
    return {block: float(np.median(it)) for block, it in view.blocks(variant, case, instrument, column).items()}
