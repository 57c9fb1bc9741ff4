"""What it costs to have a language model in the browser instead of on a server."""

from collections.abc import Iterator, Sequence

from pyuibench.figures import classify
from pyuibench.figures.answers.base import Question, in_order
from pyuibench.figures.base import FigureSpec
from pyuibench.figures.format import value
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView


def _span(view: RunView, spec: FigureSpec, variants: Sequence[VariantInfo]) -> str:
    """Return from which to which time it is in several pages; empty where none has the figure."""
    found = [value(figure) for _, figure in in_order(view, spec, variants)]
    return " to ".join(dict.fromkeys((found[0], found[-1]))) if found else ""


def _sentences(view: RunView) -> Iterator[str]:
    pairs = classify.pairs(view) if view.has(classify.EXPERIMENT) else ()
    here, there = [it.here for it in pairs], [it.server for it in pairs]
    told = (
        (
            classify.FURTHER,
            "A sentence is classified in {} by a page in the browser, and in {} by the same framework's server.",
        ),
        (classify.LOAD, "Such a page loads for {} with its model; the server's, whose model is there, for {}."),
        (classify.FIRST, "The first sentence takes {} in the browser, and {} on a server."),
    )
    for spec, sentence in told:
        ends = _span(view, spec, here), _span(view, spec, there)
        if all(ends):
            yield sentence.format(*ends)


MODEL_PLACE = Question(
    "model-place", "What does it cost to have the model in the browser?", classify.SECTION.id, _sentences
)
