"""When to take a framework and when not: how far its idiomatic app is from the best one, by each thing that can be asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyuibench.figures.answers.base import IDIOMATIC
from pyuibench.figures.samples import VariantInfo
from pyuibench.publish.site.base import Site
from pyuibench.publish.site.pages.choose import Criterion, criteria

NEAR = 1.5
"""A framework within this factor of the best is near it: less than that, one run of a shared machine hardly tells."""
FAR = 4.0


@dataclass(frozen=True)
class Distance:
    """How a variant's figure compares with the best one: `times` as long, as large or as few, 1 for the best."""

    title: str
    text: str
    times: float
    best: str


@dataclass(frozen=True)
class Fit:
    """What a framework is near the best in, and far from it, the farthest first; `beside` says among how many."""

    near: tuple[Distance, ...]
    far: tuple[Distance, ...]
    beside: int


def fit_of(site: Site, entry: str) -> Fit | None:
    """Return how an entry's idiomatic app compares with those that run in the same place; None where there is none to compare."""
    idiomatic = [it for it in site.variants if it.role == IDIOMATIC and not it.is_baseline]
    own = next((it for it in idiomatic if it.entry == entry), None)
    if own is None:
        return None
    others = [it for it in idiomatic if it.runs_in == own.runs_in]
    found = [it for criterion in criteria(site) if not criterion.is_switch for it in _distance(criterion, own, others)]
    if len(others) < 2 or not found:
        return None
    far = sorted((it for it in found if it.times >= FAR), key=lambda it: -it.times)
    return Fit(tuple(it for it in found if it.times <= NEAR), tuple(far), len(others))


def _distance(criterion: Criterion, own: VariantInfo, others: list[VariantInfo]) -> Iterator[Distance]:
    """Yield how far a variant is from the best in what is asked for, where both are known and above 0."""
    titles = {it.id: it.title for it in others}
    known = {it.variant: it for it in criterion.answers if it.variant in titles and it.value}
    mine = known.get(own.id)
    if mine is None or len(known) < 2:
        return
    best = (max if criterion.at_least else min)(known.values(), key=lambda it: it.value or 0.0)
    assert mine.value and best.value
    times = best.value / mine.value if criterion.at_least else mine.value / best.value
    yield Distance(criterion.title, mine.text, times, f"{titles[best.variant]}: {best.text}")
