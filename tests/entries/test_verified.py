"""What was verified is on record until its sources or the contract change."""

import json
import shutil

import pytest

from pyuibench.contract import feature
from pyuibench.contract.other_pages import CONTRACTS
from pyuibench.entries import verified as proof
from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.entries.choose import choose_variants
from pyuibench.entries.other_page import other_page
from pyuibench.errors import UserError
from pyuibench.project import APPS

CHECKS = "0123456789ab"


@pytest.fixture
def baseline(tmp_path):
    shutil.copytree(APPS / "baseline", tmp_path / "baseline", ignore=shutil.ignore_patterns("__pycache__"))
    return load_entry(tmp_path / "baseline")


def test_what_was_never_verified_is_not_proven(baseline):
    assert not proof.is_proven(baseline.variants[0])


def test_a_record_is_of_one_variant_and_its_twin(baseline):
    first, second = baseline.variants[:2]
    proof.remember(first, CHECKS)
    assert proof.is_proven(first)
    assert proof.is_proven(baseline.again)
    assert not proof.is_proven(second)
    proof.remember(second, CHECKS)
    assert proof.is_proven(first)


def test_a_change_ends_it(baseline, monkeypatch):
    proof.remember(baseline.variants[0], CHECKS)
    monkeypatch.setattr(proof, "contract_hash", lambda: "another")
    assert not proof.is_proven(baseline.variants[0])
    monkeypatch.undo()
    (baseline.directory / "app.py").write_text("changed = True\n")
    assert not proof.is_proven(baseline.variants[0])


def test_a_proof_is_by_what_checked_then(baseline):
    first = baseline.variants[0]
    proof.remember(first, CHECKS)
    assert proof.is_proven(first, CHECKS)
    assert not proof.is_proven(first, "ba9876543210")
    assert proof.is_proven(first)


def test_a_change_is_proven_apart_from_its_entry(baseline):
    proof.remember(baseline.variants[0], CHECKS)
    assert not proof.is_change_proven(baseline, CHECKS)
    proof.remember_change(baseline, CHECKS)
    assert proof.is_change_proven(baseline, CHECKS)
    assert proof.is_proven(baseline.variants[0], CHECKS)
    assert not proof.is_change_proven(baseline, "ba9876543210")


@pytest.mark.parametrize(
    ("file", "old", "new", "ends"),
    [
        ("app.py", "over_websocket(", "over_events(", True),
        ("changes/fourth-filter.patch", "self.row_count)", "50)", True),
        ("changes/fourth-filter.toml", "#row_count", "#rows", True),
        ("changes/fourth-filter.toml", "becomes two", "becomes three", False),
    ],
)
def test_what_the_patched_app_is_made_of_ends_its_proof(baseline, file, old, new, ends):
    proof.remember_change(baseline, CHECKS)
    path = baseline.directory / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert proof.is_change_proven(load_entry(baseline.directory), CHECKS) is not ends


def test_another_feature_ends_the_proof_of_a_change(baseline, monkeypatch):
    proof.remember_change(baseline, CHECKS)
    monkeypatch.setattr(feature, "CHOICES", (10, 20, 50, 100))
    assert not proof.is_change_proven(baseline, CHECKS)


def test_a_damaged_record_is_told(baseline):
    (baseline.directory.parent / "verified.json").write_text("[")
    with pytest.raises(UserError, match="is damaged"):
        proof.is_proven(baseline.variants[0])


def test_the_project_s_own_record_is_complete_and_of_today():
    entries = find_entries([APPS])
    variants = choose_variants(entries, ())
    assert [variant.id for variant in variants if not proof.is_proven(variant)] == []
    changes = {proof.change_id(entry) for entry in entries.values()}
    pages = {
        proof.page_id(page, contract)
        for entry in find_entries([APPS]).values()
        for contract in CONTRACTS
        if (page := other_page(entry, contract))
    }
    assert (
        set(json.loads((APPS / "verified.json").read_text())) == {variant.id for variant in variants} | changes | pages
    )
