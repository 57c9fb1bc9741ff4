"""How long entries keep a closed session, and that a load's servers are told to keep it shorter."""

import pytest

from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.entries.lifetime import Lifetime, lifetime_of
from pyuibench.errors import UserError
from pyuibench.project import APPS

BASELINE = load_entry(APPS / "baseline")
ENTRIES = find_entries([APPS])


def entry_with(tmp_path, text):
    (tmp_path / "pyproject.toml").write_text((APPS / "baseline" / "pyproject.toml").read_text())
    (tmp_path / "lifetime.toml").write_text(text)
    return load_entry(tmp_path)


def test_what_is_not_stated():
    assert lifetime_of(BASELINE) == Lifetime(default_s=0, kept_s=0, about="not stated")


def test_what_is_stated(tmp_path):
    text = 'default_s = 120\nkept_s = 2\nabout = "short"\narguments = ["--short", "2"]\n[env]\nSHORT = "2"\n'
    stated = lifetime_of(entry_with(tmp_path, text))
    assert (stated.default_s, stated.kept_s, stated.arguments, stated.env) == (120, 2, ("--short", "2"), {"SHORT": "2"})


def test_it_is_no_part_of_what_else_is_measured(tmp_path):
    entry = entry_with(tmp_path, "kept_s = 2\n")
    before = entry.source_hash()
    (tmp_path / "lifetime.toml").write_text("kept_s = 3\n")
    assert entry.source_hash() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kept_s = -1\n", "kept_s: Input should be greater"),
        ("kept = 1\n", "kept: Extra inputs"),
        ("kept_s = \n", "not valid TOML"),
    ],
)
def test_a_file_that_is_not_valid(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        lifetime_of(entry_with(tmp_path, text))


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_what_an_entry_shortens_has_a_source(name):
    stated = lifetime_of(ENTRIES[name])
    assert stated.kept_s <= stated.default_s or not (stated.env or stated.arguments)
    if stated.env or stated.arguments:
        assert stated.source.startswith("https://")
