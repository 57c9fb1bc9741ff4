"""Pages of other contracts conform, and faults that are put into the baseline's are found, each by its own check."""

import shutil

import pytest
from turns import turn_of
from twice import lasting_errors

from pyuibench.contract.other_pages import CONTRACTS
from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.entries.other_page import other_page
from pyuibench.entries.verified import is_page_proven
from pyuibench.instruments.browser import page as page_module
from pyuibench.project import APPS
from pyuibench.serving.models import why_not
from pyuibench.verify import other_pages
from pyuibench.verify.code import checks_hash
from pyuibench.verify.other_pages import verify_page

pytestmark = [pytest.mark.servers, pytest.mark.browser]

CONVERSATION = CONTRACTS["conversation"]
PAGES = {
    f"{name}-{contract}": (entry, contract)
    for name, entry in find_entries([APPS]).items()
    for contract in CONTRACTS
    if other_page(entry, contract)
}
APP, SCRIPT = "app.py", "static/conversation.js"
STREAMED = """        async for token in conversation.reply_tokens_async(value):
            yield {"token": token}
"""
FAULTS = {
    "all-at-once": (
        APP,
        STREAMED,
        '        yield {"token": "".join([token async for token in conversation.reply_tokens_async(value)])}\n',
        "steps",
    ),
    "guessed": (
        APP,
        "conversation.reply_tokens_async(value):",
        "_guessed(value):",
        "computed",
    ),
    "of-another-question": (APP, "reply_tokens_async(value)", "reply_tokens_async(value + '?')", "value"),
    "forgotten-history": (APP, '{"history": conversation.history()}', '{"history": []}', "load"),
    "shared": (
        APP,
        '{"history": conversation.history()}',
        '{"history": conversation.history() + [("a", "b")] * bool(ASKED)}',
        "isolation",
    ),
    "question-not-shown": (SCRIPT, 'add(field.value, "");', 'add("", "");', "value"),
    "thinks-aloud": (SCRIPT, 'add(field.value, "");', 'add(field.value, "To");', "computed"),
}
TOKEN = "log.lastElementChild.append(token)"
TOKEN_INSTEAD = f"log.lastElementChild.textContent === 'To' ? log.lastElementChild.replaceChildren(token) : {TOKEN}"
GUESSED = """

async def _guessed(value):
    for token in conversation._tokens(value):
        await asyncio.sleep(0.001)
        yield token
"""


@pytest.mark.parametrize(("entry", "contract"), PAGES.values(), ids=list(PAGES))
def test_every_page_does_what_its_contract_says(browser, entry, contract):
    """The baseline's is verified in any case, as this machine and its browser are; `pyuibench verify` does all."""
    page = other_page(entry, contract)
    if not entry.table.baseline and is_page_proven(page, contract, checks_hash()):
        pytest.skip("apps/verified.json: what runs of it was proven by the same checks")
    if CONTRACTS[contract].asks_models and (reason := why_not()):
        pytest.skip(reason)
    with turn_of(entry):
        assert lasting_errors(lambda: verify_page(browser, page, CONTRACTS[contract])) == []


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_fault_is_found_by_its_check(browser, tmp_path, monkeypatch, name):
    monkeypatch.setattr(other_pages, "ACTION_TIMEOUT_MS", 6_000)
    monkeypatch.setattr(page_module, "OPEN_TIMEOUT_MS", 6_000)
    file, piece, instead, check = FAULTS[name]
    shutil.copytree(APPS / "baseline", tmp_path / "baseline", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "baseline" / "conversation" / file
    text = path.read_text()
    assert text.count(piece) == 1
    text = text.replace(piece, instead)
    if name == "guessed":
        text = f"import asyncio\n{text}{GUESSED}"
    if name == "shared":
        text = text.replace("class Conv", "ASKED = []\n\n\nclass Conv").replace(
            STREAMED, f"        ASKED.append(1)\n{STREAMED}"
        )
    if name == "thinks-aloud":
        text = text.replace(TOKEN, TOKEN_INSTEAD)
    path.write_text(text)
    page = other_page(load_entry(tmp_path / "baseline"), "conversation")
    errors = [it for it in verify_page(browser, page, CONVERSATION) if it.level == "error"]
    assert {it.check for it in errors} == {check}
