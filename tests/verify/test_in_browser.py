"""Entries that run in the browser are found out as those on a server are: three faults, put into the sound one."""

import shutil

import pytest
from turns import turn_of

from pyuibench.entries.catalog import load_entry
from pyuibench.project import APPS
from pyuibench.verify.variant import verify_variant

pytestmark = [pytest.mark.servers, pytest.mark.browser]

ACT = "  return (control, value) => worker.postMessage({ control, value });\n"
BY_SCRIPT = """
  let clicks = 0;
  const texts = (count) => ({ count: `${count} clicks` });
  return (control, value) => (control === "increment" ? show(texts(++clicks)) : worker.postMessage({ control, value }));
"""
START = "  const archives ="
OUTSIDE = '  fetch("http://packages.example/simple").catch(() => {});\n'
CALLED = "  act = ({ control, value }) =>"
DYING = "  let left = 3;\n  act = ({ control, value }) => --left < 0 ? close() :"


@pytest.fixture
def broken(tmp_path):
    """Return a function that makes an entry like the sound one, but for a piece of one of its files."""

    def make(file, piece, instead):
        directory = tmp_path / "wasm-broken"
        shutil.copytree(APPS / "wasm-baseline", directory)
        text = (directory / file).read_text()
        assert text.count(piece) == 1
        (directory / file).write_text(text.replace(piece, instead))
        return load_entry(directory).variants[0]

    return make


def found(browser, variant):
    with turn_of(variant.entry):
        findings = list(verify_variant(browser, variant, pages=("app",)))
    return [(it.where, it.check, it.message) for it in findings if it.level == "error"]


def test_an_answer_that_python_did_not_compute(browser, broken):
    errors = found(browser, broken("static/session.js", ACT, BY_SCRIPT))
    assert errors
    assert {(where, check) for where, check, _ in errors} == {("browser", "computed")}
    assert all("count was right, but the app never called count_text" in message for *_, message in errors)


def test_a_package_that_is_fetched_from_elsewhere(browser, broken):
    errors = found(browser, broken("static/worker.js", START, OUTSIDE + START))
    assert errors == [("browser", "outside", "the page asked another host for http://packages.example/simple")]


def test_a_worker_that_dies_midway(browser, broken):
    ((where, check, message),) = found(browser, broken("static/worker.js", CALLED, DYING))
    assert (where, check) == ("browser", "value")
    assert "still shows" in message
