"""What was verified is on record until its sources or the contract change."""

import json
import shutil

import pytest

from pyuibench.entries import verified as proof
from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.entries.choose import choose_variants
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


def test_a_damaged_record_is_told(baseline):
    (baseline.directory.parent / "verified.json").write_text("[")
    with pytest.raises(UserError, match="is damaged"):
        proof.is_proven(baseline.variants[0])


def test_the_project_s_own_record_is_complete_and_of_today():
    variants = choose_variants(find_entries([APPS]), ())
    assert [variant.id for variant in variants if not proof.is_proven(variant)] == []
    assert set(json.loads((APPS / "verified.json").read_text())) == {variant.id for variant in variants}
