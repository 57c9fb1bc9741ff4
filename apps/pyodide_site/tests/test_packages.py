"""A site's packages: what is compiled comes from a named folder, with the hash that the lock says, and nothing else is taken."""

import hashlib
import json
import os
import sys
import zipfile
from itertools import pairwise

import pytest
from pyodide_site import packages
from pyodide_site.packages import WHEELS_VARIABLE, PackagesError, installer, read_lock, unpack

NAME = "counted-2.0-cp313-cp313-pyemscripten_2025_0_wasm32.whl"
INFO = {"abi_version": "2025_0", "python": "3.13.2"}
NOWHERE = "https://127.0.0.1:9/v${U}/full/"


@pytest.fixture
def wheel(tmp_path):
    """Return a wheel of an invented package, in a folder of its own."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / NAME, "w") as archive:
        archive.writestr("counted/__init__.py", "two = 2\n")
    return folder / NAME


@pytest.fixture
def pyodide(tmp_path):
    """Return the folder of an invented Pyodide, which has the package at an address where nobody is."""
    folder = tmp_path / "pyodide"
    folder.mkdir()
    known = {"counted": {"name": "counted", "version": "2.0", "file_name": NAME, "sha256": "0" * 64}}
    (folder / "pyodide-lock.json").write_text(json.dumps({"info": INFO, "packages": known}))
    (folder / "package.json").write_text('{"version": "9.1"}')
    (folder / "pyodide.mjs").write_text(f"const base = `{NOWHERE}`;")
    return folder


def lock_of(tmp_path, *digests):
    lock = tmp_path / "pyodide.lock"
    hashes = " \\\n".join(f"    --hash=sha256:{digest}" for digest in digests)
    lock.write_text(f"counted==2.0 \\\n{hashes}\n")
    return lock


def test_a_lock_is_read_with_all_hashes(tmp_path):
    lock = tmp_path / "pyodide.lock"
    lock.write_text(
        "# made by uv\nA_b.c==1.0 \\\n    --hash=sha256:" + "a" * 64 + " \\\n    --hash=sha256:" + "b" * 64 + "\n"
    )
    (package,) = read_lock(lock)
    assert (package.name, package.version, package.hashes) == ("a-b-c", "1.0", {"a" * 64, "b" * 64})
    assert package.lines.count("--hash") == 2


def test_a_lock_without_hashes_is_refused(tmp_path):
    lock = tmp_path / "pyodide.lock"
    lock.write_text("counted==2.0\n")
    with pytest.raises(PackagesError, match="is no pinned package with hashes"):
        read_lock(lock)


def test_a_compiled_wheel_comes_from_a_named_folder(tmp_path, wheel, pyodide, monkeypatch):
    monkeypatch.setenv(WHEELS_VARIABLE, str(wheel.parent))
    unpack(lock_of(tmp_path, hashlib.sha256(wheel.read_bytes()).hexdigest()), pyodide, tmp_path / "target")
    assert (tmp_path / "target" / "counted" / "__init__.py").read_text() == "two = 2\n"


def test_a_named_folder_may_have_another_version_than_pyodide(tmp_path, wheel, pyodide, monkeypatch):
    lock = pyodide / "pyodide-lock.json"
    lock.write_text(lock.read_text().replace('"2.0"', '"1.0"'))
    monkeypatch.setenv(WHEELS_VARIABLE, os.pathsep.join([str(tmp_path), str(wheel.parent)]))
    unpack(lock_of(tmp_path, hashlib.sha256(wheel.read_bytes()).hexdigest()), pyodide, tmp_path / "target")
    assert (tmp_path / "target" / "counted" / "__init__.py").is_file()


def test_what_the_index_has_is_installed_for_the_platform_of_the_pinned_pyodide(monkeypatch):
    monkeypatch.setattr(packages, "_uv", lambda: "uv")
    known = installer("2025_0", "3.13.2")
    assert known[:3] == ["uv", "pip", "install"]
    assert known[known.index("--python-platform") + 1] == "wasm32-pyodide2025"
    assert known[known.index("--python-version") + 1] == "3.13"
    newer = installer("2026_0", "3.14.2")
    assert newer[:4] == [sys.executable, "-m", "pip", "install"]
    assert newer[newer.index("--platform") + 1] == "pyemscripten_2026_0_wasm32"
    assert [after for tag, after in pairwise(newer) if tag == "--abi"] == ["cp314", "abi3", "none"]


@pytest.mark.parametrize("folders", ["", "wheels"])
def test_one_that_is_not_there_or_has_another_hash_is_fetched_and_what_hinders_that_is_told(
    tmp_path, wheel, pyodide, monkeypatch, folders
):
    monkeypatch.setenv(WHEELS_VARIABLE, str(tmp_path / folders) if folders else "")
    with pytest.raises(PackagesError) as caught:
        unpack(lock_of(tmp_path, "1" * 64), pyodide, tmp_path / "target")
    said = str(caught.value)
    assert said.startswith(f"{NAME} can't be fetched from https://127.0.0.1:9/v9.1/full/ (")
    assert said.endswith(f"; allow that, or name a folder with {NAME} in {WHEELS_VARIABLE}.")


def test_a_fetched_wheel_must_be_the_one_that_pyodide_names(tmp_path, wheel, pyodide, monkeypatch):
    monkeypatch.setattr(packages.urllib.request, "urlopen", lambda address, timeout: wheel.open("rb"))
    lock = lock_of(tmp_path, "1" * 64)
    with pytest.raises(PackagesError, match="isn't the file that Pyodide's lock names"):
        unpack(lock, pyodide, tmp_path / "target")
    known = json.loads((pyodide / "pyodide-lock.json").read_text())
    known["packages"]["counted"]["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (pyodide / "pyodide-lock.json").write_text(json.dumps(known))
    unpack(lock, pyodide, tmp_path / "target")
    assert (tmp_path / "target" / "counted" / "__init__.py").is_file()
