"""What an entry says of where its wire client parts from the page."""

import pytest

from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.entries.departures import Departures, departures_of
from pyuibench.errors import UserError
from pyuibench.project import APPS


def entry_with(tmp_path, text):
    (tmp_path / "pyproject.toml").write_text((APPS / "baseline" / "pyproject.toml").read_text())
    (tmp_path / "messages.toml").write_text(text)
    return load_entry(tmp_path)


def test_without_a_file_everything_is_compared():
    assert departures_of(load_entry(APPS / "baseline")) == Departures()


def test_what_is_stated(tmp_path):
    text = 'random_bytes = 4\n[left_out]\nalive = "no use"\n[inexact]\nclientX = "no mouse"\n'
    stated = departures_of(entry_with(tmp_path, text))
    assert (stated.left_out, stated.inexact, stated.random_bytes) == ({"alive": "no use"}, {"clientX": "no mouse"}, 4)


def test_it_is_no_part_of_what_is_measured(tmp_path):
    entry = entry_with(tmp_path, "random_bytes = 1\n")
    before = entry.source_hash()
    (tmp_path / "messages.toml").write_text("random_bytes = 2\n")
    assert entry.source_hash() == before


@pytest.mark.parametrize(
    ("text", "message"), [("random_bytes = -1\n", "random_bytes: "), ("unsent = 1\n", "unsent: Extra")]
)
def test_what_is_not_valid_is_refused(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        departures_of(entry_with(tmp_path, text))


def test_the_entries_state_it_with_reasons():
    for entry in find_entries([APPS]).values():
        stated = departures_of(entry)
        assert all(reason.endswith(".") for reason in (*stated.left_out.values(), *stated.inexact.values()))
