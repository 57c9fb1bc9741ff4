"""What questions are made of, and how variants are named in sentences."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pyuibench.figures.base import Figure, FigureSpec, Words, spoken
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView

IDIOMATIC = "idiomatic"
TUNED = ("tuned", "tuned-shared")


@dataclass(frozen=True)
class Answer:
    """A question, the sentences that answer it, the run that they are from, and the id of the section that has the figures."""

    id: str
    question: str
    sentences: tuple[str, ...]
    run: str
    section: str


@dataclass(frozen=True)
class Question:
    """A question with its id, and what answers it from a run: nothing where the run can't."""

    id: str
    words: Words
    section: str
    sentences: Callable[[RunView], Iterable[str]]

    def answered(self, view: RunView) -> Answer | None:
        """Return the answer of a run, None where it has none."""
        told = tuple(self.sentences(view))
        return Answer(self.id, spoken(self.words, view), told, view.name, self.section) if told else None


def apps(view: RunView) -> tuple[VariantInfo, ...]:
    """Return each framework's idiomatic app; of one that was measured without it, those that hold places."""
    idiomatic = {variant.entry for variant in view.variants if variant.role == IDIOMATIC}
    return tuple(it for it in view.variants if it.is_ranked and (it.role == IDIOMATIC or it.entry not in idiomatic))


def in_order(
    view: RunView, spec: FigureSpec, variants: Iterable[VariantInfo], reverse: bool = False
) -> list[tuple[VariantInfo, Figure]]:
    """Return the variants that have a figure, with it, from the lowest on or from the highest."""
    found = [(it, figure) for it in variants if isinstance(figure := view.result(spec, it), Figure)]
    return sorted(found, key=lambda pair: pair[1].estimate.value, reverse=reverse)


def in_full(variant: VariantInfo) -> str:
    """Return a variant's name with what a reader has to know of its framework, where the run says that."""
    if not (variant.released or variant.widgets):
        return named(variant)
    return variant.framework if variant.role == IDIOMATIC else f"{variant.framework} {variant.name}"


def named(variant: VariantInfo) -> str:
    """Return a variant's name: its framework's, where it is the idiomatic app."""
    return variant.title if variant.role == IDIOMATIC else f"{variant.title} {variant.name}"


def listed(names: Sequence[str]) -> str:
    """Return names as they are read: `A`, `A and B`, `A, B and C`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
