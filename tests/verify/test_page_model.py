"""A fault that is put into the page whose own Python asks a model is found by its check."""

import shutil

import pytest
from turns import turn_of

from pyuibench.contract.other_pages import CONTRACTS
from pyuibench.entries.catalog import load_entry
from pyuibench.entries.other_page import other_page
from pyuibench.project import APPS
from pyuibench.serving.models import why_not
from pyuibench.verify.other_pages import verify_page

pytestmark = [pytest.mark.servers, pytest.mark.browser]

ANSWERED = 'yield {"kind_sync": kind_of(run_sync(classifier(value)))}'
GUESSED = 'yield {"kind_sync": run_sync(classifier(value))[0]["label"]}'


def test_an_answer_that_python_did_not_make_is_found(browser, tmp_path):
    if reason := why_not():
        pytest.skip(reason)
    shutil.copytree(APPS / "wasm-baseline", tmp_path / "wasm-baseline", ignore=shutil.ignore_patterns("__pycache__"))
    app = tmp_path / "wasm-baseline" / "page-model" / "app.py"
    text = app.read_text()
    assert text.count(ANSWERED) == 1
    app.write_text(text.replace(ANSWERED, GUESSED))
    entry = load_entry(tmp_path / "wasm-baseline")
    with turn_of(entry):
        found = list(verify_page(browser, other_page(entry, "page-model"), CONTRACTS["page-model"]))
    errors = [it for it in found if it.level == "error"]
    assert {it.check for it in errors} == {"computed"}
    assert all("sentence_sync" in it.message for it in errors)
