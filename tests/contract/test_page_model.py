"""The page that asks a model in the browser: what it shows, and what is asked of it."""

from itertools import islice

from pyuibench.contract.model import Answers
from pyuibench.contract.other_pages import CONTRACTS, Behind
from pyuibench.contract.page_model import CONTROLS, PageModel, actions, kinds_of

KINDS = ("Books", "Games", "Toys", "Music", "Travel")
LABELS = {f"sentence {number}": f"{KINDS[number % len(KINDS)]} 0.9{number % 10}" for number in range(40)}
ANSWERS = Answers({**LABELS, "of a table that is a desk": "Kitchen 0.41"}, (), {})


def test_what_is_in_doubt_is_not_asked():
    kinds = kinds_of(ANSWERS)
    assert kinds["sentence 1"] == "Games"
    assert set(kinds) == set(LABELS)


def test_each_way_has_its_own_answer():
    page, _ = PageModel(kinds_of(ANSWERS)).classify("sentence", "sentence 3")
    _, action = page.classify("sentence_sync", "sentence 4")
    assert action.expected == {
        "title": "Ask a model here",
        "ready": "The model is ready.",
        "kind": "Music",
        "kind_sync": "Travel",
    }
    assert action.changes == ("kind_sync",)


def test_the_two_ways_take_turns_and_no_sentence_comes_twice():
    asked = list(islice(actions(ANSWERS), 20))
    assert [it.control for it in asked] == list(CONTROLS) * 10
    assert len({it.value for it in asked}) == 20


def test_an_answer_is_never_there_before():
    before = {}
    for action in islice(actions(ANSWERS), 30):
        (output,) = action.changes
        assert before.get(output) != action.expected[output]
        before = action.expected


def test_the_page_opens_when_its_model_is_there():
    contract = CONTRACTS["page-model"]
    assert contract.initial(Behind()) == {"title": "Ask a model here", "ready": "The model is ready."}
    assert contract.together is None
    assert contract.hash != CONTRACTS["model"].hash
