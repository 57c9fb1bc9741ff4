"""What a language model behind a page keeps waiting, and what a framework adds to it."""

from collections.abc import Iterator

from pyuibench.figures import inference
from pyuibench.figures.answers.base import Question, apps, in_order, named
from pyuibench.figures.base import Figure, FigureSpec
from pyuibench.figures.format import value
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView


def _sentences(view: RunView) -> Iterator[str]:
    if not inference.levels_of(view):
        return
    frameworks = [variant for variant in apps(view) if not variant.is_baseline]

    def ends_of(spec: FigureSpec) -> tuple[tuple[VariantInfo, Figure], tuple[VariantInfo, Figure]] | None:
        found = in_order(view, spec, frameworks)
        return (found[0], found[-1]) if len(found) > 1 else None

    if ends := ends_of(inference.IN_OTHERS):
        (soonest, least), (latest, longest) = ends
        yield (
            f"While another visitor's batch of sentences is classified, a click takes {value(least)} in {named(soonest)} and "
            f"{value(longest)} in {named(latest)}."
        )
    if ends := ends_of(inference.AROUND):
        (soonest, least), (latest, longest) = ends
        yield f"To one sentence a framework adds {value(least)} ({named(soonest)}) to {value(longest)} ({named(latest)})."
    most = max(inference.levels_of(view))
    if most > 1 and (ends := ends_of(inference.first_word_spec(view, most))):
        (soonest, least), (latest, longest) = ends
        yield (
            f"When {most} ask a language model at once, the middle one sees its first word after {value(least)} in "
            f"{named(soonest)} and after {value(longest)} in {named(latest)}."
        )


MODELS = Question(
    "models", "What does a language model behind the page keep waiting?", inference.SECTION.id, _sentences
)
