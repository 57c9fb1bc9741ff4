"""Where PyTorch comes from, and what is said where it can't be had."""

import json

import pytest

from pyuibench.entries.catalog import find_entries
from pyuibench.entries.other_page import other_page
from pyuibench.errors import UserError
from pyuibench.project import APPS
from pyuibench.serving import models
from pyuibench.serving.environment import Environment
from pyuibench.serving.models import ANSWERS, FROM_PYPI, Models, prepare

ENTRIES = find_entries([APPS])
PAGE = other_page(ENTRIES["baseline"], "model")


@pytest.fixture
def environment(tmp_path):
    return Environment(tmp_path, 0.0, 0, {})


@pytest.fixture
def asked(monkeypatch):
    """Return the commands that uv is given, none of which it carries out."""
    commands = []
    monkeypatch.setattr(models, "_uv", lambda *arguments: commands.append(arguments) or "")
    monkeypatch.setattr(models, "_make", lambda page, environment, directory: None)
    return commands


def test_what_was_added_is_not_added_again(environment, asked, tmp_path):
    prepare(PAGE, environment, tmp_path / "models")
    assert [arguments[-1].rpartition("/")[2] for arguments in asked] == ["torch.txt", "inference"]
    assert all("--no-deps" in arguments for arguments in asked)
    prepare(PAGE, environment, tmp_path / "models")
    assert len(asked) == 2


def test_a_page_in_the_browser_has_its_models_made_by_the_same_frameworks_server(
    environment, asked, tmp_path, monkeypatch
):
    monkeypatch.setattr(models, "prepare_environment", lambda page: Environment(tmp_path / page.id, 0.0, 0, {}))
    made = []
    monkeypatch.setattr(models, "_make", lambda page, environment, directory: made.append(page.id))
    (tmp_path / "baseline").mkdir()
    (tmp_path / "baseline" / "websocket").mkdir()
    here = other_page(ENTRIES["wasm-baseline"], "page-model")
    found = prepare(here, environment, tmp_path / "models")
    assert made == ["baseline/websocket"]
    assert found == prepare(PAGE, environment, tmp_path / "models")
    # What is made once is not asked for again.
    asked.clear()
    found.directory.mkdir(parents=True, exist_ok=True)
    (found.directory / ANSWERS).write_text("{}")
    assert prepare(here, environment, tmp_path / "models") == found
    assert not asked


def test_a_build_of_gigabytes_is_only_fetched_where_it_is_wanted(environment, asked, tmp_path, monkeypatch):
    monkeypatch.setenv(FROM_PYPI, "1")
    prepare(PAGE, environment, tmp_path / "models")
    assert asked[0][-1] == "torch==2.13.0"
    assert "--no-deps" not in asked[0]


def test_where_there_is_none_it_is_said_what_to_do(environment, tmp_path, monkeypatch):
    monkeypatch.setattr(models, "_uv", lambda *arguments: "no such version")
    with pytest.raises(
        UserError, match=r"needs PyTorch for the CPU, which uv found nowhere: .* uv says: no such version"
    ):
        prepare(PAGE, environment, tmp_path / "models")
    models.why_not.cache_clear()
    assert models.why_not() == "PyTorch for the CPU is nowhere that uv looks: no such version"
    models.why_not.cache_clear()


def test_answers_are_those_with_as_many_tokens(tmp_path):
    known = {"labels": {"a": "A 1.00"}, "summaries": ["Batch 1"], "replies": {"8": {"c": "short"}, "40": {"c": "long"}}}
    (tmp_path / ANSWERS).write_text(json.dumps(known))
    assert Models(tmp_path).answers(8).replies == {"c": "short"}
    assert Models(tmp_path).answers().replies == {"c": "long"}
    with pytest.raises(UserError, match="Answers can have 8 or 40 tokens, not 9"):
        Models(tmp_path).answers(9)


def test_a_server_is_told_of_one_thread_and_no_network(tmp_path):
    env = Models(tmp_path).env(8)
    assert env["PYUIBENCH_MODELS"] == str(tmp_path)
    assert (env["OMP_NUM_THREADS"], env["PYUIBENCH_NEW_TOKENS"], env["HF_HUB_OFFLINE"]) == ("1", "8", "1")
