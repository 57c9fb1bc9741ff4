"""Locks are made of what an entry and the workload need, with hashes and without addresses."""

import shutil

import pytest

from pyuibench.entries.catalog import load_entry
from pyuibench.errors import UserError
from pyuibench.project import APPS
from pyuibench.serving.locks import lock
from pyuibench.serving.models import why_not

# uv asks a package index, as building an environment does.
pytestmark = pytest.mark.servers


def copied(name, directory):
    shutil.copytree(APPS / name, directory / name, ignore=shutil.ignore_patterns("__pycache__", "*.lock"))
    return load_entry(directory / name)


def test_an_entry_and_its_variants_are_locked(tmp_path):
    if reason := why_not():
        pytest.skip(reason)
    entry = copied("dash", tmp_path)
    assert {file.name for file in lock(entry)} == {
        "requirements.lock",
        "performance.lock",
        "websocket.lock",
        "model.lock",
    }
    own, performance = ((entry.directory / name).read_text() for name in ("requirements.lock", "performance.lock"))
    assert "dash[ag-grid,celery]==4.4.1" in own or "dash==4.4.1" in own
    assert "orjson==" in performance and "orjson==" not in own
    for text in (own, performance):
        assert "numpy==" in text
        assert "--hash=sha256:" in text
        assert "://" not in text


def test_what_does_not_fit_together_is_told_in_uv_s_words(tmp_path):
    entry = copied("baseline", tmp_path)
    file = entry.directory / "pyproject.toml"
    file.write_text(file.read_text().replace('"plotly"]', '"plotly", "starlette==0.1"]'))
    with pytest.raises(UserError, match=r"^baseline/requirements\.lock can't be locked: .*starlette"):
        list(lock(entry))


def test_an_entry_in_the_browser_is_not_locked_so():
    with pytest.raises(UserError, match=r"runs in the browser; lock it as CONTRIBUTING\.md says"):
        list(lock(load_entry(APPS / "stlite")))
