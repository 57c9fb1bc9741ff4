"""Where an entry is faster than the baseline beyond doubt: that is what the page takes by hand, and no lower limit."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pyuibench.analysis.estimates import FEWEST_BOOTS, Floats
from pyuibench.analysis.ranks import beyond_noise, paired_difference
from pyuibench.figures import latency
from pyuibench.figures.base import Figure
from pyuibench.figures.ends import End, headline_end
from pyuibench.figures.format import interval, quantity
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.view import RunView


@dataclass(frozen=True)
class Faster:
    """A variant whose latency in a case is below the baseline's, and its ratio to it."""

    variant: VariantInfo
    case: Case
    ratio: Figure


@dataclass(frozen=True)
class Below:
    """How many latencies were `compared` with the baseline's, and which are below it beyond doubt, the lowest ratio first."""

    compared: int
    faster: tuple[Faster, ...]


def below_baseline(view: RunView) -> Below:
    """Return where a variant is faster than the fastest of the baseline's transports, beyond doubt, by the headline's first end.

    Paired t-tests on the logarithms of the block medians, over blocks; Holm's method decides for all variants and cases together.
    Where fewer than FEWEST_BOOTS blocks have both, nothing is compared.
    """
    return view.once(_below)


def told(view: RunView) -> str:
    """Return the same in words; empty where nothing was compared."""
    found = below_baseline(view)
    if not found.compared:
        return ""
    decided = f"of {found.compared} latencies, decided together (Holm, {100 * view.level:.0f} %)"
    if not found.faster:
        return f"No entry is below the baseline beyond doubt ({decided})."
    named = "; ".join(
        f"{it.variant.title} {it.variant.name} in {it.case.label}, "
        f"{quantity(it.ratio.estimate.value, 'ratio')} {interval(it.ratio.estimate, 'ratio')}"
        for it in found.faster
    )
    return f"Below the baseline beyond doubt, which is no lower limit ({decided}): {named}."


def _below(view: RunView) -> Below:
    end = headline_end(view)
    differences: dict[tuple[VariantInfo, Case], float] = {}
    p_values: dict[tuple[VariantInfo, Case], float] = {}
    for case in view.samples.cases:
        reference = latency.reference(view, case, end)
        theirs = _logs(view, reference, case, end) if reference else {}
        for variant in view.variants:
            ours = {} if variant.is_baseline else _logs(view, variant, case, end)
            if len(ours.keys() & theirs.keys()) >= FEWEST_BOOTS:
                difference, p_values[variant, case] = paired_difference(ours, theirs, view.level)
                differences[variant, case] = difference.value
    faster = [
        Faster(variant, case, ratio)
        for variant, case in beyond_noise(p_values, view.level)
        if differences[variant, case] < 0
        and isinstance(ratio := latency.latency_ratio(view, variant, case, end), Figure)
    ]
    return Below(len(p_values), tuple(sorted(faster, key=lambda it: it.ratio.estimate.value)))


def _logs(view: RunView, variant: VariantInfo, case: Case, end: End) -> Mapping[int, float]:
    """Return block -> the logarithm of a variant's median latency in the browser."""
    blocks: dict[int, Floats] = view.blocks(variant, case, end.instrument, end.column)
    return {block: float(np.log(np.median(values))) for block, values in blocks.items()}
