"""What a site is made of: the same files make the same bytes, tests of packages are left out, and the ledger is the browser's."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from pyodide_site import build

import workload


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Return a function that begins a site of an invented Pyodide without packages of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    unpacked = []

    def unpack(lock, pyodide, target):
        unpacked.append(lock.read_text())
        for name in (
            "counted/__init__.py",
            "counted/tests/test_it.py",
            "counted/testing/it.py",
            "counted/__pycache__/it.pyc",
            "counted/static/js/it.js",
            "counted/templates/it.js",
        ):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_text(name)

    monkeypatch.setattr(build.packages, "unpack", unpack)
    pyodide = tmp_path / "environment" / "node_modules" / "pyodide"
    pyodide.mkdir(parents=True)
    for name in (*build.CORE, "pyodide.asm.mjs", "package.json"):
        (pyodide / name).write_text(json.dumps({"of": name}) * 100)

    def begin(name, locked="counted==2.0", left_out=()):
        lock = tmp_path / "pyodide.lock"
        lock.write_text(locked)
        build.begin(tmp_path / name, tmp_path / "environment", lock, left_out)
        return tmp_path / name, unpacked

    return begin


def test_packages_are_there_without_their_tests_and_with_the_browsers_ledger(made):
    site, _ = made("site")
    with zipfile.ZipFile(site / build.PACKAGES) as archive:
        names = set(archive.namelist())
        ledger = archive.read("workload/ledger.py").decode()
    assert {"counted/__init__.py", "counted/testing/it.py", "workload/app.py"} <= names
    assert not [name for name in names if "/tests/" in name or "__pycache__" in name]
    assert "BroadcastChannel" in ledger
    assert "def recorded" in ledger


def test_what_is_for_pages_alone_can_be_left_out(made):
    whole, _ = made("whole")
    less, _ = made("less", left_out=["counted/static/*"])
    with zipfile.ZipFile(whole / build.PACKAGES) as before, zipfile.ZipFile(less / build.PACKAGES) as after:
        assert {*before.namelist()} - {*after.namelist()} == {"counted/static/js/it.js"}


def test_pyodide_is_there_compressed_too(made):
    site, _ = made("site")
    names = {file.name for file in (site / "pyodide").iterdir() if file.suffix != ".gz"}
    assert names == {*build.CORE, "pyodide.asm.mjs"}
    packed = site / "pyodide" / "pyodide.asm.wasm.gz"
    assert gzip.decompress(packed.read_bytes()) == (site / "pyodide" / "pyodide.asm.wasm").read_bytes()


def test_what_pages_share_is_made_once_for_each_lock_and_always_the_same(made):
    first, unpacked = made("first")
    second, _ = made("second")
    assert len(unpacked) == 1
    assert (first / build.PACKAGES).samefile(second / build.PACKAGES)
    third, _ = made("third", locked="counted==2.0 # once more")
    assert len(unpacked) == 2
    assert (third / build.PACKAGES).read_bytes() == (first / build.PACKAGES).read_bytes()


def test_the_ledger_has_all_that_the_workload_asks_of_it():
    ours = (build.HERE / "ledger.py").read_text()
    for file in sorted(Path(workload.__file__).parent.glob("*.py")):
        for line in file.read_text().splitlines():
            if line.startswith("from workload.ledger import "):
                for name in line.removeprefix("from workload.ledger import ").split(", "):
                    assert f"def {name}(" in ours or f"{name}: " in ours
