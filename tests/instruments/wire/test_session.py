"""What a wire session notes of an action, told by a client that says what a server would."""

import pytest

from pyuibench.contract.states import initial_app
from pyuibench.instruments.wire.client import Client
from pyuibench.instruments.wire.session import WireSession


class Scripted(Client):
    """Shows what it is told of one output, one text a message."""

    def __init__(self, output, texts):
        super().__init__("", "app", 0)
        self.texts = dict(initial_app().expected)
        self.output, self.coming = output, list(texts)

    def open(self):
        pass

    def act(self, control, value):
        pass

    def receive(self, timeout_s):
        if not self.coming:
            raise TimeoutError
        self.texts[self.output] = self.coming.pop(0)

    def close(self):
        pass


@pytest.mark.parametrize(
    ("grows", "states"),
    [
        (("{0}",), 1),
        (("{1}", "{0}"), 2),
        # There, but empty, as a page shows it before the first token.
        (("", "{1}", "{0}"), 2),
        (("  ", "{1}", "{0}"), 2),
        # Shown again as it was, or with other white space only.
        (("{1}", "{1}", " {1} ", "{0}"), 2),
    ],
)
def test_what_an_answer_shows_step_by_step_counts_but_not_that_it_is_empty_or_as_before(grows, states):
    action = initial_app().use("stream")
    answer = action.expected["answer"]
    session = WireSession(Scripted("answer", [each.format(answer, answer[:5]) for each in grows]), 0.01)
    done = session.perform(action)
    assert done.reason is None
    assert len(done.update_ms) == states
