"""The contract of a page whose own Python asks a language model in the browser: a sentence to classify, in either of two ways."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pyuibench.contract.model import ASKED_APART, CLASSIFY, Answers, sentences
from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action

NAME = "page-model"
TITLE = "Ask a model here"
READY = "The model is ready."
SENTENCE, SENTENCE_SYNC = "sentence", "sentence_sync"
CONTROLS = (SENTENCE, SENTENCE_SYNC)
"""Two text fields, in which Enter sends what was typed: one whose answer is awaited, and one whose answer Python stops for."""
SHOWN_BY: Mapping[str, str] = {SENTENCE: "kind", SENTENCE_SYNC: "kind_sync"}
"""Control -> the output that shows its answer: a kind of product."""
OUTPUTS = ("title", "ready", *SHOWN_BY.values())
MADE_BY: Mapping[str, str] = dict.fromkeys(CONTROLS, "kind_of")
"""Control -> the function whose call makes the answer."""
SURE = 0.6
"""The least certainty of a kind on a server. The page's model has rounded weights: less sure, it may tell another."""


@dataclass(frozen=True)
class PageModel:
    """The page as one visitor sees it, and what it shows next. `kinds`: sentence -> the kind of product that it is about."""

    kinds: Mapping[str, str]
    shown: Texts = field(default_factory=dict)

    @property
    def expected(self) -> Texts:
        """Return output -> text, of those that show anything."""
        return {"title": TITLE, "ready": READY, **self.shown}

    def classify(self, control: str, sentence: str) -> tuple["PageModel", Action]:
        """Return the page after a sentence was classified in one of the two ways, and the action."""
        output = SHOWN_BY[control]
        after = replace(self, shown={**self.shown, output: self.kinds[sentence]})
        return after, Action(CLASSIFY, control, sentence, after.expected, (output,))


def kinds_of(answers: Answers) -> dict[str, str]:
    """Return sentence -> kind of product, of the sentences whose kind a server is sure of."""
    told = {sentence: label.rpartition(" ") for sentence, label in answers.labels.items()}
    return {sentence: kind for sentence, (kind, _, certainty) in told.items() if float(certainty) >= SURE}


def actions(answers: Answers, visitor: int = 0) -> Iterator[Action]:
    """Yield a visitor's sentences without end, in the two ways by turns."""
    kinds = kinds_of(answers)
    page = PageModel(kinds)
    # Each way begins at another place of the same list.
    apart = len(kinds) // (len(CONTROLS) * ASKED_APART)
    asked = {control: sentences(kinds, visitor + number * apart) for number, control in enumerate(CONTROLS)}
    while True:
        for control in CONTROLS:
            page, action = page.classify(control, next(asked[control]))
            yield action
