"""The page that asks models: what it shows after each action, and what visitors ask."""

from itertools import islice, pairwise

import pytest

from pyuibench.contract import model
from pyuibench.contract.model import Answers, ModelPage
from pyuibench.contract.other_pages import CONTRACTS, Behind

ANSWERS = Answers(
    labels={
        f"sentence {number}": f"{kind} 0.9{number}" for number, kind in enumerate(("Books", "Books", "Toys", "Games"))
    },
    summaries=("Batch 1: 3", "Batch 2: 4"),
    replies={f"order {number}": f"Reply {number}" for number in range(20)},
)


def test_what_was_shown_stays_when_something_else_is_asked():
    page, _ = ModelPage(ANSWERS).classify("sentence 2")
    page, batch = page.classify_batch()
    page, order = page.generate("order 1")
    _, click = page.click()
    assert batch.expected == {
        "title": "Ask a model",
        "label": "Toys 0.92",
        "summary": "Batch 1: 3",
        "count": "0 clicks",
    }
    assert order.expected["answer"] == "Reply 1"
    assert order.watched == "answer" and order.grows
    assert click.expected == {**order.expected, "count": "1 clicks"}
    assert click.changes == ("count",)


def test_a_click_in_ones_own_batch_says_nothing_of_the_batch():
    page, _ = ModelPage(ANSWERS).classify_batch()
    assert "summary" not in page.click(model.CLICK_IN_OWN)[1].expected
    assert page.click(model.CLICK_IN_OWN)[0].expected["summary"] == "Batch 1: 3"


def test_of_two_sentences_in_a_row_the_labels_differ():
    asked = list(islice(model.sentences(ANSWERS.labels), 12))
    labels = [ANSWERS.labels[it] for it in asked]
    assert all(first != second for first, second in pairwise(labels))


def test_nine_visitors_order_different_things():
    assert len({next(model.orders(ANSWERS, visitor)) for visitor in range(9)}) == 9


def test_actions_end_where_batches_do():
    asked = [it.control for it in model.actions(ANSWERS)]
    assert asked == ["increment", "sentence", "order", "batch"] * 2


@pytest.mark.parametrize(
    ("text", "asked"), [("Reply 3", "order 3"), ("Toys 0.92", "sentence 2"), ("", None), (None, None)]
)
def test_whose_answer_a_text_is(text, asked):
    assert ANSWERS.of_another(text) == asked


def test_the_contract_needs_the_machines_answers():
    contract = CONTRACTS["model"]
    assert contract.asks_models
    assert contract.initial(Behind(answers=ANSWERS)) == {"title": "Ask a model", "count": "0 clicks"}
    assert contract.hash == contract.hash != CONTRACTS["conversation"].hash
