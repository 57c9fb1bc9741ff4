"""The questions that readers come with, each answered from a run in a few short sentences that say how sure they are.

A module a subject; each question is an object with an id. No sentence has more than three figures: what a run says of every
framework stands in its tables.
"""

from collections.abc import Iterable

from pyuibench.figures.answers.base import Answer, Question
from pyuibench.figures.answers.chats import CHATS
from pyuibench.figures.answers.partial_update import QUICKEST
from pyuibench.figures.answers.places import PLACE
from pyuibench.figures.answers.rerun import REAL, TAX
from pyuibench.figures.answers.users import USERS
from pyuibench.figures.view import RunView

__all__ = ["CHATS", "PLACE", "QUESTIONS", "QUICKEST", "REAL", "TAX", "USERS", "Answer", "Question", "answers"]

QUESTIONS: tuple[Question, ...] = (TAX, REAL, QUICKEST, USERS, PLACE, CHATS)
"""In their order."""


def answers(views: Iterable[RunView]) -> tuple[Answer, ...]:
    """Return every question that one of the runs answers, by the first that does."""
    known = tuple(views)
    found = (next((it for view in known if (it := question.answered(view))), None) for question in QUESTIONS)
    return tuple(it for it in found if it)
