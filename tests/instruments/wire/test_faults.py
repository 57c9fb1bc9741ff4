"""What kind of wrong a wrong answer is, told by a client that says what a faulty server would."""

import pytest

from pyuibench.contract.faults import FAULTS, fault_of
from pyuibench.contract.states import initial_app
from pyuibench.instruments.wire.client import Client
from pyuibench.instruments.wire.session import WireSession


@pytest.mark.parametrize(
    ("shown", "fault"),
    [("five", "lost"), ("seven", "duplicated"), ("three", "stale"), ("another", "foreign"), ("", "foreign")],
)
def test_kinds(shown, fault):
    assert fault_of(shown, before="five", earlier={"three", "four"}, repeated="seven") == fault
    assert fault in FAULTS


def test_what_can_be_repeated_without_a_difference_is_never_duplicated():
    assert fault_of("", before="five", earlier={"three"}, repeated="") == "foreign"


class Scripted(Client):
    """Shows what it is told, one dict of texts a message."""

    def __init__(self, messages):
        super().__init__("", "app", 0)
        self.texts = dict(initial_app().expected)
        self.messages = messages

    def open(self):
        pass

    def act(self, control, value):
        pass

    def receive(self, timeout_s):
        if not self.messages:
            raise TimeoutError
        self.texts.update(self.messages.pop(0))

    def close(self):
        pass


def click(state):
    return state.act("unrelated", "increment", state.inputs.clicks + 1, ("count",))


def told(*messages):
    """Return the faults of two clicks, told these messages in all."""
    session = WireSession(Scripted(list(messages)), 0.01)
    assert session.open(initial_app().expected).reason is None
    state, first = click(initial_app())
    _, second = click(state)
    return [session.perform(action).fault for action in (first, second)]


def test_right_answers_have_no_fault():
    assert told({"count": "1 clicks"}, {"count": "2 clicks"}) == [None, None]


def test_an_answer_that_never_comes_is_lost():
    assert told({"count": "1 clicks"}) == [None, "lost"]


def test_an_older_state_is_stale():
    # The one that the page opened with, and one on the way.
    assert told({"count": "1 clicks"}, {"count": "0 clicks"}) == [None, "stale"]
    session = WireSession(Scripted([{"count": "1 clicks"}, {"count": "2 clicks"}, {"count": "1 clicks"}]), 0.01)
    state, first = click(initial_app())
    state, second = click(state)
    _, third = click(state)
    assert [session.perform(action).fault for action in (first, second, third)] == [None, None, "stale"]


def test_a_click_that_counts_twice_is_duplicated():
    assert told({"count": "1 clicks"}, {"count": "3 clicks"}) == [None, "duplicated"]


def test_what_another_session_should_show_is_foreign():
    assert told({"count": "1 clicks"}, {"count": "17 clicks"}) == [None, "foreign"]


def test_an_output_that_must_not_change_is_looked_at_too():
    answer = {"count": "1 clicks", "greeting": "Hello, EVE (3 characters)"}
    session = WireSession(Scripted([answer]), 0.01)
    found = session.perform(click(initial_app())[1])
    assert (found.fault, found.reason.partition(":")[0]) == ("foreign", "changed though it must not")
