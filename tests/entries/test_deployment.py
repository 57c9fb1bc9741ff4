"""What entries say of their deployment."""

from dataclasses import replace

import pytest

from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.entries.deployment import APART, COPIES, ONE, TWO, deployments_of, way_of
from pyuibench.errors import UserError
from pyuibench.project import APPS

ENTRIES = find_entries([APPS])
SHARED = 'about = "own"\nsource = "https://example.org"\ncommand = ["serve", "--workers", "{workers}"]\n'


def variant_with(tmp_path, text):
    (tmp_path / "pyproject.toml").write_text((APPS / "baseline" / "pyproject.toml").read_text())
    if text is not None:
        (tmp_path / "deployment.toml").write_text(text)
    return load_entry(tmp_path).variants[0]


def test_without_a_word_there_are_copies_of_the_server(tmp_path):
    variant = variant_with(tmp_path, None)
    assert way_of(variant) == COPIES
    assert deployments_of(variant) == (ONE, TWO, APART)


def test_workers_that_share_a_port_cannot_be_told_apart(tmp_path):
    variant = variant_with(tmp_path, SHARED)
    assert way_of(variant).shares_port
    assert deployments_of(variant) == (ONE, TWO)


def test_the_way_of_an_entry_is_none_of_a_variant_with_a_command_of_its_own(tmp_path):
    variant = variant_with(tmp_path, SHARED)
    table = variant.table.model_copy(update={"command": ("other",)})
    assert way_of(replace(variant, table=table)) == COPIES


def test_what_is_impossible_has_no_deployments(tmp_path):
    text = 'about = "none"\nsource = "https://example.org"\nimpossible = "one process a user"\n'
    assert deployments_of(variant_with(tmp_path, text)) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('about = "x"\n', "source: Field required"),
        (SHARED + "more = 1\n", "more: Extra inputs"),
        ("=", "not valid TOML"),
    ],
)
def test_a_file_that_is_not_valid(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        way_of(variant_with(tmp_path, text))


def test_what_runs_in_the_browser_has_no_workers():
    assert deployments_of(ENTRIES["wasm-baseline"].variants[0]) == ()


def test_it_is_no_part_of_what_else_is_measured(tmp_path):
    variant = variant_with(tmp_path, SHARED)
    before = variant.entry.source_hash()
    (tmp_path / "deployment.toml").write_text(SHARED + 'env = { A = "b" }\n')
    assert variant.entry.source_hash() == before


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_an_entry_says_how_it_is_deployed(name):
    way = way_of(ENTRIES[name].variants[0])
    assert way != COPIES
    assert way.source.startswith("https://")
    assert not way.command or "{workers}" in way.command
