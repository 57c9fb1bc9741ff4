"""A page of another contract: an entry's first variant with a page, and nothing of the reference app."""

import shutil

import pytest

from pyuibench.cli.entries import OTHERS
from pyuibench.contract.other_pages import CONTRACTS
from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.entries.other_page import other_page
from pyuibench.entries.verified import is_page_proven, remember_page
from pyuibench.errors import UserError
from pyuibench.project import APPS

ENTRIES = find_entries([APPS])


@pytest.fixture
def copied(tmp_path):
    """Return a copy of the baseline's directory."""
    shutil.copytree(APPS / "baseline", tmp_path / "baseline", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "baseline"


def page_in(directory):
    return other_page(load_entry(directory), "conversation")


def test_the_command_line_knows_every_contract():
    assert tuple(CONTRACTS) == OTHERS


@pytest.mark.parametrize("name", list(ENTRIES))
def test_every_entry_has_each_page_of_where_it_runs(name):
    entry = ENTRIES[name]
    for contract in CONTRACTS.values():
        page = other_page(entry, contract.name)
        if contract.runs_in != entry.table.runs_in:
            assert page is None
            continue
        assert page.id == entry.variants[0].id
        assert all(file.is_file() for file in page.code_files("app"))
        assert page.lock.is_file()


def test_its_files_come_over_the_entrys_own(copied):
    page = page_in(copied)
    assert page.page_file("app") == copied / "conversation" / "app.py"
    assert copied / "transports.py" in page.code_files("app")


def test_an_entry_without_the_directory_has_no_page(copied):
    shutil.rmtree(copied / "conversation")
    assert page_in(copied) is None


def test_what_is_lacking_is_said(copied):
    file = copied / "conversation" / "page.toml"
    file.write_text(file.read_text().replace("reply = ", "other = "))
    with pytest.raises(UserError, match=r"page\.toml: outputs lacks reply\.$"):
        page_in(copied)


def test_a_change_of_it_leaves_the_entry_as_it_was(copied):
    entry_before, page_before = load_entry(copied).source_hash(), page_in(copied).entry.source_hash()
    file = copied / "conversation" / "app.py"
    file.write_text(file.read_text().replace("token", "word"))
    assert load_entry(copied).source_hash() == entry_before
    assert page_in(copied).entry.source_hash() != page_before


def test_what_was_proven_of_it_is_forgotten_when_it_changes(copied):
    page = page_in(copied)
    assert not is_page_proven(page, "conversation")
    remember_page(page, "conversation", "checks")
    assert is_page_proven(page, "conversation")
    assert is_page_proven(page, "conversation", "checks")
    assert not is_page_proven(page, "conversation", "others")
    file = copied / "conversation" / "app.py"
    file.write_text(file.read_text().replace("token", "word"))
    assert not is_page_proven(page_in(copied), "conversation")
