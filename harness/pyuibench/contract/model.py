"""The contract of the page that asks two language models: a sentence to classify, a batch of them, and an order to write."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action

NAME = "model"
TITLE = "Ask a model"
SENTENCE, BATCH, ORDER, INCREMENT = "sentence", "batch", "order", "increment"
CONTROLS = (SENTENCE, BATCH, ORDER, INCREMENT)
"""Two text fields, in which Enter sends what was typed; a button for the next batch; and one that counts its clicks."""
BUSY = "busy"
"""The reference app's scenario of clicks beside a job of one's own: who can't do that can't click in one's own batch either."""
OUTPUTS = ("title", "label", "summary", "answer", "count")
CLASSIFY, CLASSIFY_BATCH, GENERATE, GENERATE_TOGETHER = "classify", "classify-batch", "generate", "generate-together"
CLICK, CLICK_IN_OWN, CLICK_IN_OTHERS, CLICK_BESIDE = "click", "click-in-own", "click-in-others", "click-beside"
"""What is done on it, the scenarios of its samples. Answers: for one visitor, or several at once. Clicks: alone, while one's own
batch or another visitor's is computed, and while others are answered."""
MADE_BY: Mapping[str, str] = {SENTENCE: "classify", BATCH: "classify_batch", ORDER: "answer_piece"}
"""Control -> the function whose call makes the answer."""
LOADED_BY = ("load_classifier", "load_chat")
"""What loads a model, which one process does once, whoever comes."""
ASKED_APART = 2
"""Visitors ask for different things, so many numbers apart."""


@dataclass(frozen=True)
class Answers:
    """What the models answer on this machine: sentence -> label, summaries by a batch's number less one, order -> text."""

    labels: Mapping[str, str]
    summaries: tuple[str, ...]
    replies: Mapping[str, str]

    def of_another(self, text: str | None) -> str | None:
        """Return the sentence or order that a text answers, None if it answers none."""
        known = {answer: asked for answers in (self.labels, self.replies) for asked, answer in answers.items()}
        return known.get(text or "")


@dataclass(frozen=True)
class ModelPage:
    """The page as one visitor sees it, and what it shows next."""

    answers: Answers
    batches: int = 0
    clicks: int = 0
    shown: Texts = field(default_factory=dict)

    @property
    def expected(self) -> Texts:
        """Return output -> text, of those that show anything."""
        return {"title": TITLE, **self.shown, "count": f"{self.clicks} clicks"}

    def classify(self, sentence: str) -> tuple["ModelPage", Action]:
        """Return the page after a sentence was classified, and the action."""
        return self._after(CLASSIFY, SENTENCE, sentence, "label", self.answers.labels[sentence])

    def classify_batch(self) -> tuple["ModelPage", Action]:
        """Return the page after the next batch was classified, and the action."""
        number = self.batches + 1
        counted = replace(self, batches=number)
        return counted._after(CLASSIFY_BATCH, BATCH, number, "summary", self.answers.summaries[self.batches])

    def generate(self, order: str, scenario: str = GENERATE) -> tuple["ModelPage", Action]:
        """Return the page after an order was carried out word by word, and the action."""
        after, action = self._after(scenario, ORDER, order, "answer", self.answers.replies[order])
        return after, replace(action, watched="answer", grows=True)

    def click(self, scenario: str = CLICK) -> tuple["ModelPage", Action]:
        """Return the page after a click that asks no model, and the action."""
        after = replace(self, clicks=self.clicks + 1)
        # When one's own batch is computed is no matter of the click's.
        is_open = {"summary"} if scenario == CLICK_IN_OWN else set()
        expected = {name: text for name, text in after.expected.items() if name not in is_open}
        return after, Action(scenario, INCREMENT, after.clicks, expected, ("count",))

    def _after(
        self, scenario: str, control: str, value: str | int, output: str, text: str
    ) -> tuple["ModelPage", Action]:
        after = replace(self, shown={**self.shown, output: text})
        return after, Action(scenario, control, value, after.expected, (output,))


def sentences(labels: Mapping[str, str], visitor: int = 0) -> Iterator[str]:
    """Yield a visitor's sentences without end: of two in a row the labels differ. `labels`: sentence -> label."""
    known = list(labels)
    last = None
    for number in itertools.count(visitor * ASKED_APART):
        sentence = known[number % len(known)]
        if labels[sentence] != last:
            last = labels[sentence]
            yield sentence


def classified(answers: Answers, visitor: int = 0) -> Iterator[Action]:
    """Yield the classifying of a visitor's sentences, without end."""
    page = ModelPage(answers)
    for sentence in sentences(answers.labels, visitor):
        page, action = page.classify(sentence)
        yield action


def orders(answers: Answers, visitor: int = 0) -> Iterator[str]:
    """Yield a visitor's orders without end."""
    known = list(answers.replies)
    return (known[number % len(known)] for number in itertools.count(visitor * ASKED_APART))


def actions(answers: Answers, visitor: int = 0) -> Iterator[Action]:
    """Yield one of each of a visitor's actions, in turn, until there is no further batch."""
    page = ModelPage(answers)
    asked, ordered = sentences(answers.labels, visitor), orders(answers, visitor)
    while page.batches < len(answers.summaries):
        page, action = page.click()
        yield action
        page, action = page.classify(next(asked))
        yield action
        page, action = page.generate(next(ordered))
        yield action
        page, action = page.classify_batch()
        yield action
