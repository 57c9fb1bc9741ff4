"""A conversation: what its page shows at first, and what visitors ask."""

from itertools import islice

from pyuibench.contract import conversation
from pyuibench.contract.other_pages import CONTRACTS
from workload.conversation import TURNS_VARIABLE, history, reply_tokens


def test_a_page_opens_with_its_newest_turn_at_the_end(monkeypatch):
    monkeypatch.setenv(TURNS_VARIABLE, "3")
    turns = history()
    assert len(turns) == 3
    shown = conversation.initial(3)
    assert (shown["question"], shown["reply"]) == turns[-1]
    assert conversation.initial(0) == {"title": "Conversation"}


def test_what_is_asked_next_is_no_earlier_question():
    for turns in (0, 2):
        asked = [it.value for it in islice(conversation.actions(turns), 3)]
        assert not {conversation.initial(turns).get("question"), None} & set(asked)
        assert len(set(asked)) == 3


def test_visitors_ask_questions_of_their_own():
    first, second = ({it.value for it in islice(conversation.actions(2, visitor), 50)} for visitor in (0, 1))
    assert not first & second


def test_an_answer_is_that_to_its_question_and_no_other(monkeypatch):
    monkeypatch.setenv("PYUIBENCH_TOKENS_PER_S", "100000")
    replies = [it.expected["reply"] for it in islice(conversation.actions(0), 20)]
    assert len(set(replies)) == 20
    first = next(conversation.actions(0))
    assert "".join(reply_tokens(str(first.value))) == first.expected["reply"]


def test_every_contract_has_a_hash_of_its_own_that_stays():
    assert CONTRACTS["conversation"].hash == CONTRACTS["conversation"].hash
    assert len(CONTRACTS["conversation"].hash) == 12
