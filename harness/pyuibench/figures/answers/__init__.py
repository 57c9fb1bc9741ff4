"""The questions that readers come with, each answered from a run in a few short sentences that say how sure they are.

A module a subject; each question is an object with an id. No sentence has more than three figures: what a run says of every
framework stands in its tables.
"""

from collections.abc import Iterable
from itertools import chain

from pyuibench.figures.answers.base import Answer, Question
from pyuibench.figures.answers.chats import CHATS
from pyuibench.figures.answers.model_places import MODEL_PLACE
from pyuibench.figures.answers.models import MODELS
from pyuibench.figures.answers.partial_update import QUICKEST
from pyuibench.figures.answers.places import PLACE
from pyuibench.figures.answers.rerun import REAL, TAX
from pyuibench.figures.answers.users import USERS
from pyuibench.figures.view import RunView

__all__ = [
    "CHATS",
    "MODELS",
    "MODEL_PLACE",
    "PLACE",
    "QUESTIONS",
    "QUICKEST",
    "REAL",
    "TAX",
    "USERS",
    "Answer",
    "Question",
    "answers",
    "answers_of",
    "first_answers",
]

QUESTIONS: tuple[Question, ...] = (TAX, REAL, QUICKEST, USERS, PLACE, CHATS, MODELS, MODEL_PLACE)
"""In their order."""


def answers(views: Iterable[RunView]) -> tuple[Answer, ...]:
    """Return every question that one of the runs answers, by the first that does."""
    return first_answers(answers_of(view) for view in views)


def answers_of(view: RunView) -> tuple[Answer, ...]:
    """Return every question that a run answers."""
    return view.once(_answers_of)


def _answers_of(view: RunView) -> tuple[Answer, ...]:
    return tuple(answer for question in QUESTIONS if (answer := question.answered(view)))


def first_answers(of_runs: Iterable[Iterable[Answer]]) -> tuple[Answer, ...]:
    """Return each question's first answer, in the order of the questions."""
    found: dict[str, Answer] = {}
    for answer in chain.from_iterable(of_runs):
        found.setdefault(answer.id, answer)
    return tuple(found[question.id] for question in QUESTIONS if question.id in found)
