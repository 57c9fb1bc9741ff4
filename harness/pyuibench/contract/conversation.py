"""The contract of the page with a conversation: questions, and answers that come token by token, below all earlier ones."""

import itertools
from collections.abc import Iterator

from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action
from workload.conversation import TITLE, expected_reply, question

NAME = "conversation"
SAY = "say"
CONTROLS = (SAY,)
"""A text field, in which Enter sends what was typed."""
OUTPUTS = ("title", "question", "reply")
"""The page's heading; the newest question, and the newest answer."""
TURNS_APART = 1000
"""Visitors ask questions of their own, so many numbers apart."""


def initial(turns: int) -> Texts:
    """Return what the page shows when it opens with so many turns behind it."""
    if not turns:
        return {"title": TITLE}
    newest = question(turns)
    return {"title": TITLE, "question": newest, "reply": expected_reply(newest)}


def actions(turns: int, visitor: int = 0) -> Iterator[Action]:
    """Yield what a visitor asks without end, on a page with so many turns behind it."""
    for number in itertools.count(1 + turns + TURNS_APART * visitor):
        text = question(number)
        expected = {"title": TITLE, "question": text, "reply": expected_reply(text)}
        yield Action(NAME, SAY, text, expected, ("question", "reply"), watched="reply", grows=True)
