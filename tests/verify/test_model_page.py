"""Faults that are put into the baseline's page that asks models are found, each by its own check."""

import shutil

import pytest

from pyuibench.contract.other_pages import CONTRACTS
from pyuibench.entries.catalog import load_entry
from pyuibench.entries.other_page import other_page
from pyuibench.project import APPS
from pyuibench.serving.models import why_not
from pyuibench.verify import other_pages
from pyuibench.verify.other_pages import verify_page

pytestmark = [pytest.mark.servers, pytest.mark.browser]

CLASSIFIED = '{"label": await asyncio.to_thread(models.classify, CLASSIFIER, value)}'
FAULTS = {
    "loaded-for-each-visitor": (
        "        self.clicks = 0\n",
        "        self.clicks = 0\n        models.load_classifier()\n",
        "loads",
    ),
    "the-latest-sentence-of-all": (CLASSIFIED, '{"label": await _of_the_latest(value)}', "together"),
}
OF_THE_LATEST = """

ASKED = []


async def _of_the_latest(value):
    ASKED.append(value)
    await asyncio.sleep(0.3)
    return await asyncio.to_thread(models.classify, CLASSIFIER, ASKED[-1])
"""


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_fault_is_found_by_its_check(browser, tmp_path, monkeypatch, name):
    if reason := why_not():
        pytest.skip(reason)
    monkeypatch.setattr(other_pages, "ACTION_TIMEOUT_MS", 10_000)
    piece, instead, check = FAULTS[name]
    shutil.copytree(APPS / "baseline", tmp_path / "baseline", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "baseline" / "model" / "app.py"
    text = path.read_text()
    assert text.count(piece) == 1
    path.write_text(text.replace(piece, instead) + OF_THE_LATEST)
    page = other_page(load_entry(tmp_path / "baseline"), "model")
    errors = [it for it in verify_page(browser, page, CONTRACTS["model"]) if it.level == "error"]
    assert {it.check for it in errors} == {check}
