"""Claims: the files that hold them, and what is wrong with one that isn't valid."""

from dataclasses import replace

import pytest

from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.entries.claims import all_claims, claims_of
from pyuibench.entries.sources import CLAIMS
from pyuibench.errors import UserError
from pyuibench.project import APPS

ENTRIES = find_entries([APPS])
BASELINE = load_entry(APPS / "baseline")
VALID = """
[[claim]]
text = "Clicks are slower over HTTP."
source = "https://baseline.example/claims"
plan = "Both, one after the other."

[claim.test]
figure = { kind = "timed", variant = "http", scenario = "unrelated", control = "increment" }
to = { variant = "websocket", scenario = "unrelated", control = "increment" }
above = 1.0
"""
OPEN = """
[[claim]]
text = "It lasts for years."
source = "https://baseline.example/claims"
plan = "Wait."
undecidable = "It takes too long."
"""


@pytest.fixture
def baseline_with(tmp_path):
    """Return a function that returns the baseline with other claims."""

    def baseline(text):
        (tmp_path / CLAIMS).write_text(text)
        return replace(BASELINE, directory=tmp_path)

    return baseline


def test_a_test_compares_two_figures_or_there_is_a_reason_for_none(baseline_with):
    tested, untested = claims_of(baseline_with(VALID + OPEN))
    assert (tested.test.figure.column, tested.test.to.sessions, tested.test.unit) == ("right_ms", 1, "ratio")
    assert (untested.test, untested.undecidable) == (None, "It takes too long.")


@pytest.mark.parametrize(
    ("figure", "unit"),
    [
        ('{ kind = "opened", variant = "http" }', "ms"),
        ('{ kind = "slope", variant = "http" }', "ms/cell"),
        ('{ kind = "rerun", variant = "http" }', "calls/cell"),
        ('{ kind = "leak", variant = "http" }', "bytes"),
        ('{ kind = "timed", variant = "http", scenario = "local", control = "granularity" }', "ms"),
        (
            '{ kind = "timed", variant = "http", scenario = "local", control = "granularity", column = "bytes_up" }',
            "bytes",
        ),
    ],
)
def test_unit(baseline_with, figure, unit):
    lines = [f"figure = {figure}" if line.startswith("figure") else line for line in VALID.splitlines()]
    (claim,) = claims_of(baseline_with("\n".join(line for line in lines if not line.startswith("to ="))))
    assert claim.test.unit == unit


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("above = 1.0", "", "a test needs one of above and below"),
        ("above = 1.0", "above = 1.0\nbelow = 2.0", "a test needs one of above and below"),
        ("above", "around", "Extra inputs are not permitted"),
        ("increment", "decrement", "there is no control 'decrement' in a scenario 'unrelated'"),
        (
            'kind = "timed", variant = "http", scenario = "unrelated", control = "increment"',
            'kind = "slope", variant = "http"',
            "only what is timed",
        ),
        (
            'kind = "timed", variant = "http", scenario = "unrelated", control = "increment"',
            'kind = "opened", variant = "http"',
            "figures of one kind",
        ),
        ('variant = "http"', 'variant = "carrier-pigeon"', "carrier-pigeon"),
        ("https://", "ftp://", "should match pattern"),
        ("[claim.test]", "undecidable = 'no'\n[claim.test]", "a claim needs a test, or the reason why there is none"),
        ("[[claim]]", "[[claim", "is not valid TOML"),
    ],
)
def test_what_is_not_valid_is_told_with_its_file(baseline_with, old, new, message):
    with pytest.raises(UserError, match=message):
        claims_of(baseline_with(VALID.replace(old, new)))


def test_entries_without_claims_are_left_out():
    claims = all_claims(ENTRIES.values())
    assert "baseline" not in claims
    assert {"streamlit", "gradio", "panel", "dash", "shiny", "solara", "reflex", "reactpy", "nicegui"} <= set(claims)


def test_claims_are_not_part_of_what_is_measured(tmp_path):
    entry = replace(BASELINE, directory=tmp_path)
    (tmp_path / "app.py").write_text("app")
    before = entry.source_hash()
    (tmp_path / CLAIMS).write_text(OPEN)
    assert entry.source_hash() == before
