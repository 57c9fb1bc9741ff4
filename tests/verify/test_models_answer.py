"""Two frameworks' pages that ask models answer right, word by word: a sentence, and an order with 8 tokens.

The baseline's page is verified in full, by `test_other_pages.py`.
"""

import pytest
from turns import turn_of

from pyuibench.contract.other_pages import CONTRACTS
from pyuibench.entries.catalog import find_entries
from pyuibench.entries.other_page import other_page
from pyuibench.project import APPS
from pyuibench.serving.models import why_not
from pyuibench.verify import other_pages
from pyuibench.verify.other_pages import verify_page

pytestmark = [pytest.mark.servers, pytest.mark.browser]

ENTRIES = find_entries([APPS])
CHECKED = ("streamlit", "gradio")
CLICK_SENTENCE_ORDER = 3


@pytest.mark.parametrize("name", CHECKED)
def test_a_sentence_and_an_order_are_answered(browser, monkeypatch, name):
    if reason := why_not():
        pytest.skip(reason)
    assert other_pages.TOKENS == 8
    monkeypatch.setattr(other_pages, "ASKED", CLICK_SENTENCE_ORDER)
    monkeypatch.setattr(other_pages, "TOGETHER_TIMES", 1)
    page = other_page(ENTRIES[name], "model")
    with turn_of(ENTRIES[name]):
        found = list(verify_page(browser, page, CONTRACTS["model"]))
    assert not [it.message for it in found if it.level == "error"]
