"""How far figures scatter from boot to boot, variants of one figure lending each other what they know.

A few boots hardly tell how far boots differ: with three, Student's t interval is 4.3 standard errors wide to each side, and the
standard error itself is off by a factor of two as often as not. But a figure has a dozen variants, whose variances resemble
each other. Empirical Bayes moderation (Smyth, "Linear models and empirical Bayes methods for assessing differential expression
in microarray experiments", Statistical Applications in Genetics and Molecular Biology 3, 2004) draws each variance towards
their typical one, as far as they do resemble each other: that is estimated from how far the logarithms of the variances lie
apart, beyond what chance alone explains.

Variants are not independent, though. All boots of a block see the same state of the machine, and all ratios share the
baseline's boots, so variances of medians or of ratios can't be pooled: they are all too small or all too large together. What
is pooled is each variant's variance *within blocks*, after the block's effect, which all variants share, has been taken away.
Of these parts every interval is made, the degrees of freedom added up as Satterthwaite does. How often such intervals hold the
truth, `tests/analysis/test_moderation.py` says by simulation.

Figures are logarithms here: times and sizes differ between boots by factors.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from pyuibench.analysis.distributions import Floats

FEWEST_VARIANTS = 8
"""With fewer, what they lend each other is known too badly, and nothing is pooled."""
FEWEST_FIGURES = 3
"""Of a variant, to say how far they scatter."""
CAUTION = 1.0
"""By how many standard errors variances are taken to be less alike than they look."""
DOUBT = 3
"""A variance lends as much as others do times this power of the probability of one as high, were all variances the same."""
SURPRISE = 0.1
"""Where it is estimated how alike variances are, none counts as higher than all but this share of equal ones would be."""
SWEEPS = 10
"""Of taking block effects and variants' means away in turn, where figures are missing."""
LEAST_SHARE = 1e-5
"""Variances below this share of the median one count as so much, as in limma: what is the median in each block has none left."""
NEWTON_STEPS = 12
"""Enough for 12 digits from 1e-6 to 1e6, which a test holds."""


@dataclass(frozen=True)
class Spread:
    """The variance of a figure from boot to boot, and the degrees of freedom with which it is known."""

    variance: float
    freedom: float

    def __add__(self, other: "Spread") -> "Spread":
        """Return the variance of a sum or difference of independent figures (Satterthwaite, Biometrics Bulletin 2, 1946)."""
        variance = self.variance + other.variance
        unsure = self.variance**2 / self.freedom + other.variance**2 / other.freedom
        return Spread(variance, variance**2 / unsure if unsure else min(self.freedom, other.freedom))


@dataclass(frozen=True)
class Parts:
    """What figures of blocks scatter by: `own`, each variant's variance within blocks, and `effects`, those of the blocks.

    Arrays (..., variants) and (..., blocks), the effects' mean being 0. `freedoms` are those of `own`.
    """

    own: Floats
    freedoms: Floats
    effects: Floats


def parted(logs: Floats) -> Parts:
    """Return what the figures `logs` (..., variants, blocks), NaN where there is none, scatter by.

    A block's effect is the median over variants of how far their figures are from their own means, so that a few noisy variants
    don't move it. What is left of a variant's figures has a variance that is smaller, as its own figure is among those of the
    median, and larger by the median's error: of equal variances and m variants, 1 - 2/m + pi/(2m + pi - 2) times what it was
    (the last term, the variance of a median of m normal figures, is within 2 % for any m from 3). It is divided by that.
    """
    effects = np.zeros((*logs.shape[:-2], 1, logs.shape[-1]))
    for _ in range(SWEEPS if np.isnan(logs).any() else 1):
        centred = logs - np.nanmean(logs - effects, axis=-1, keepdims=True)
        effects = _middles(centred)
        effects -= effects.mean(axis=-1, keepdims=True)
    left = logs - effects
    left = left - np.nanmean(left, axis=-1, keepdims=True)
    freedoms = np.sum(~np.isnan(logs), axis=-1) - 1.0
    own = np.nansum(left**2, axis=-1) / freedoms / _share_left(logs.shape[-2])
    return Parts(own, freedoms, effects[..., 0, :])


def block_variance(parts: Parts, variances: Floats) -> Floats:
    """Return the variance of the blocks' effects (...), without what they scatter by chance: the error of a median of variants.

    `variances`: those of the variants, moderated.
    """
    count = parts.effects.shape[-1]
    typical = np.exp(np.mean(np.log(variances), axis=-1))
    seen = np.sum(parts.effects**2, axis=-1) / (count - 1)
    found: Floats = np.maximum(seen - variance_of_median(variances.shape[-1]) * typical, 0.0)
    return found


def moderated(variances: Floats, freedoms: Floats) -> tuple[Floats, Floats]:
    """Return variances (..., variants) drawn towards their typical one, and their degrees of freedom (Smyth 2004, section 3).

    A variant that is noisier than the others must not borrow their calm: with three boots it may look as calm as they do by
    chance. So what is lent shrinks with the probability of a variance as high, in the manner of Phipson and others, "Robust
    hyperparameter estimation protects against hypervariable genes", Annals of Applied Statistics 10 (2016). Nothing is known
    better than all variants together could tell (as limma's `df.pooled`).
    """
    variances = np.maximum(variances, LEAST_SHARE * np.median(variances, axis=-1, keepdims=True))
    centre = _robust_centre(variances, freedoms)
    typical, lent = _prior(variances, freedoms, centre)
    others = np.sum(freedoms, axis=-1, keepdims=True) - freedoms
    as_high = special.chdtrc(freedoms, freedoms * variances / centre)
    lent = np.minimum(lent, others) * as_high**DOUBT
    total = freedoms + lent
    return (lent * typical + freedoms * variances) / total, total


def _robust_centre(variances: Floats, freedoms: Floats) -> Floats:
    """Return the variance that all have where they are the same: of the median of logarithms, which noisy variants don't move."""
    logs = np.log(variances) - np.log(special.chdtri(freedoms, 0.5) / freedoms)
    centre: Floats = np.exp(np.median(logs, axis=-1, keepdims=True))
    return centre


def _prior(variances: Floats, freedoms: Floats, centre: Floats) -> tuple[Floats, Floats]:
    """Return the typical variance and the degrees of freedom that are lent, both (..., 1): by the moments of the logarithms.

    As limma's `fitFDist`, but for two things: the highest variances count as no higher than SURPRISE, and the variance of the
    logarithms beyond chance is taken to be larger by CAUTION times its standard error under equal variances.
    """
    count = variances.shape[-1]
    ceiling = centre * special.chdtri(freedoms, SURPRISE) / freedoms
    logs = np.log(np.minimum(variances, ceiling)) - special.digamma(freedoms / 2) + np.log(freedoms / 2)
    by_chance = special.polygamma(1, freedoms / 2)
    fourth = special.polygamma(3, freedoms / 2) / by_chance**2
    error = np.mean(by_chance * np.sqrt(2 / (count - 1) + fourth / count), axis=-1, keepdims=True)
    beyond = np.var(logs, axis=-1, ddof=1, keepdims=True) - np.mean(by_chance, axis=-1, keepdims=True)
    lent = 2 * trigamma_inverse(np.maximum(beyond, 0) + CAUTION * error)
    typical = np.exp(np.mean(logs, axis=-1, keepdims=True) + special.digamma(lent / 2) - np.log(lent / 2))
    return typical, lent


def trigamma_inverse(values: Floats) -> Floats:
    """Return of which positive figures the trigamma function is so much (Smyth 2004, appendix: Newton's method, from below)."""
    found = 0.5 + 1 / values
    for _ in range(NEWTON_STEPS):
        trigamma = special.polygamma(1, found)
        found = found + trigamma * (1 - trigamma / values) / special.polygamma(2, found)
    return found


def _middles(figures: Floats) -> Floats:
    """Return the medians over the last axis but one, which stays, NaN left out."""
    ordered = np.sort(figures, axis=-2)
    counts = np.sum(~np.isnan(figures), axis=-2, keepdims=True)
    low, high = (np.take_along_axis(ordered, place, axis=-2) for place in ((counts - 1) // 2, counts // 2))
    middles: Floats = (low + high) / 2
    return middles


def _share_left(variants: int) -> float:
    return 1 - 2 / variants + variance_of_median(variants)


def variance_of_median(count: float) -> float:
    """Return the variance of the median of so many figures of variance 1."""
    return float(np.pi / (2 * count + np.pi - 2))


@dataclass(frozen=True)
class Scatter:
    """How far the figures of variants that were measured together scatter from block to block, on logarithms.

    `own`: each variant's, once the block's effect is taken away. `blocks`: that effect's. A variant about which nothing can be
    said is in neither, and its intervals rest on its own figures alone.
    """

    own: Mapping[str, Spread]
    blocks: Spread

    def of(self, variant: str) -> Spread | None:
        """Return the spread of a variant's figure from block to block."""
        return self.own[variant] + self.blocks if variant in self.own else None

    def between(self, one: str, other: str) -> Spread | None:
        """Return the spread of the difference of two variants' figures within a block, of which the block's effect is no part."""
        return self.own[one] + self.own[other] if {one, other} <= self.own.keys() else None


NOTHING = Scatter({}, Spread(0.0, 1.0))
"""What is known of figures of too few variants."""


def scatter(logs: Mapping[str, Mapping[int, float]], references: Iterable[Collection[str]] = ()) -> Scatter:
    """Return how far figures scatter, `logs` being variant -> block -> logarithm of its figure.

    `references`: apps that others are compared with, each by all of its names. What is wrong with the variance of one is wrong
    with every ratio to it, so it borrows nothing: it is that of its own figures, under all its names. Variants whose figures
    are all the same, or too few, are left out; with fewer than FEWEST_VARIANTS others, or where most scatter with the block
    alone, all are.
    """
    known = {name: own for name, own in logs.items() if len(own) >= FEWEST_FIGURES and len(set(own.values())) > 1}
    if len(known) < FEWEST_VARIANTS:
        return NOTHING
    blocks = sorted({block for own in known.values() for block in own})
    parts = parted(np.array([[own.get(block, np.nan) for block in blocks] for own in known.values()]))
    if not np.median(parts.own):
        return NOTHING
    variances, freedoms = moderated(parts.own, parts.freedoms)
    spreads = dict(zip(known, map(_spread, variances, freedoms), strict=True))
    for names in references:
        if at := [place for place, name in enumerate(known) if name in names]:
            freedom = parts.freedoms[at].sum()
            own = _spread((parts.own[at] * parts.freedoms[at]).sum() / freedom, freedom)
            spreads |= {name: own for name in known if name in names}
    return Scatter(spreads, _spread(block_variance(parts, variances), len(blocks) - 1.0))


def _spread(variance: Any, freedom: Any) -> Spread:
    return Spread(float(variance), float(freedom))
