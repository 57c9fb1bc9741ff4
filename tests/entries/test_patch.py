"""How large a patch is, and that it applies: in full or not at all."""

import shutil

import pytest

from pyuibench.contract.feature import CONTROL, FEATURE
from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.entries.patch import apply, changed, patch_of, size_of, size_of_change
from pyuibench.entries.sources import CHANGES
from pyuibench.errors import UserError
from pyuibench.project import APPS

ENTRIES = find_entries([APPS])
BEFORE = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
AFTER = "one\nTWO\nthree\nfour\nfive\nsix\n\nand a half\nseven\n"
PATCH = """\
diff --git a/app.py b/app.py
--- a/app.py
+++ b/app.py
@@ -1,7 +1,9 @@
 one
-two
+TWO
 three
 four
 five
 six
+
+and a half
 seven
diff --git a/client.py b/client.py
--- a/client.py
+++ b/client.py
@@ -1 +1,2 @@
 one
+two
"""


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "app.py").write_text(BEFORE)
    (tmp_path / "client.py").write_text("one\n")
    return tmp_path


@pytest.fixture
def baseline(tmp_path):
    shutil.copytree(APPS / "baseline", tmp_path / "baseline", ignore=shutil.ignore_patterns("__pycache__"))
    return load_entry(tmp_path / "baseline")


def test_lines_places_and_files_are_those_of_the_files_that_count():
    size = size_of(PATCH, ["app.py"])
    assert (size.added, size.removed, size.places, size.files) == (2, 1, 2, 1)
    assert size_of(PATCH, ["app.py", "client.py"]).files == 2
    assert size_of(PATCH, ["other.py"]).places == 0


def test_it_changes_every_file(directory):
    apply(PATCH, directory)
    assert (directory / "app.py").read_text() == AFTER
    assert (directory / "client.py").read_text() == "one\ntwo\n"


def test_a_file_that_has_changed_since_is_told(directory):
    (directory / "app.py").write_text(BEFORE.replace("two", "2"))
    with pytest.raises(UserError, match=r"The patch doesn't apply to app\.py: .*; write it anew\."):
        apply(PATCH, directory)


def test_a_file_that_is_gone_is_told(directory):
    (directory / "client.py").unlink()
    with pytest.raises(UserError, match=r"The patch doesn't apply to client\.py"):
        apply(PATCH, directory)


def test_an_entry_without_a_patch(baseline):
    shutil.rmtree(baseline.directory / CHANGES)
    assert patch_of(baseline) is None
    assert size_of_change(baseline) is None
    with pytest.raises(UserError, match=r"baseline has no changes/fourth-filter\.patch"), changed(baseline):
        pass


def test_a_patch_is_no_part_of_what_is_measured(baseline):
    before = baseline.source_hash()
    shutil.rmtree(baseline.directory / CHANGES)
    assert baseline.source_hash() == before


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=list(ENTRIES))
def test_every_entry_has_a_patch_that_applies_to_its_first_variant(entry):
    before = entry.variants[0]
    with changed(entry) as variant:
        assert variant.name == before.name
        assert any(text for text in variant.gesture(CONTROL).model_dump().values())
        for now, then in zip(variant.code_files("app"), before.code_files("app"), strict=True):
            if now.suffix == ".py":
                compile(now.read_text(), now.name, "exec")
            assert now.read_text() == then.read_text() or now.read_text().count(CONTROL) > then.read_text().count(
                CONTROL
            )
    size = size_of_change(entry)
    assert size.added > 0
    assert 0 < size.places <= size.added + size.removed


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=list(ENTRIES))
def test_a_patch_leaves_metadata_and_lock_alone(entry):
    patch = (entry.directory / CHANGES / f"{FEATURE}.patch").read_text()
    assert "b/pyproject.toml" not in patch
    assert "b/requirements.lock" not in patch
