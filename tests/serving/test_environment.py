"""Environments are built once a lock, are whole or not at all, and say in a sentence why they can't be built."""

import hashlib
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from pyuibench.entries.catalog import Entry, load_entry
from pyuibench.errors import UserError
from pyuibench.project import APPS
from pyuibench.serving import environment
from pyuibench.serving.environment import RECORD, lock_hash, prepare

GOOD = "thing @ file://{wheel} --hash=sha256:{hash}\n"
BAD_HASH = GOOD.replace("{hash}", "0" * 64)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Return a directory for environments that contain next to nothing, so that no network is needed."""
    monkeypatch.setattr(environment, "WORKLOAD", wheel(tmp_path, "workload"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    return tmp_path / "envs"


@pytest.fixture
def entry(tmp_path):
    """Return a function that makes an entry's first variant with a lock."""

    def make(lock, name="tiny"):
        directory = tmp_path / name
        directory.mkdir(exist_ok=True)
        file = wheel(tmp_path, "thing")
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        (directory / "requirements.lock").write_text(lock.format(wheel=file, hash=digest))
        return Entry(name, directory, load_entry(APPS / "baseline").table).variants[0]

    return make


def wheel(directory, name):
    file = directory / f"{name}-1.0-py3-none-any.whl"
    if not file.exists():
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(f"{name}.py", "")
            info = f"{name}-1.0.dist-info"
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return file


@pytest.fixture
def builds(monkeypatch):
    """Return the directories that are built from now on."""
    built = []
    build = environment._build

    def build_noting(variant, directory):
        built.append(directory)
        build(variant, directory)

    monkeypatch.setattr(environment, "_build", build_noting)
    return built


def records(cache):
    return list(cache.glob(f"*/{RECORD}"))


def test_environment_has_what_the_lock_names(entry, cache):
    built = prepare(entry(GOOD), cache)
    assert built.versions == {"thing": "1.0", "workload": "1.0"}
    assert (built.site_packages / "thing.py").is_file()
    assert (built.bin / "python").exists()
    assert built.install_s > 0
    files = [file for file in built.directory.rglob("*") if file.name != RECORD and file.is_file()]
    assert built.size_bytes == sum(file.lstat().st_size for file in files)


def test_environment_is_used_again(entry, cache, builds):
    assert prepare(entry(GOOD), cache) == prepare(entry(GOOD), cache)
    assert len(builds) == 1


def test_changed_lock_gives_another_environment(entry, cache):
    first = prepare(entry(GOOD), cache)
    second = prepare(entry("# changed\n" + GOOD), cache)
    assert first.directory != second.directory
    assert len(records(cache)) == 2


def test_entries_with_one_lock_share_an_environment(entry, cache, builds):
    assert prepare(entry(GOOD, "one"), cache) == prepare(entry(GOOD, "two"), cache)
    assert len(builds) == 1


def test_two_at_once_build_one_environment(entry, cache, builds, monkeypatch):
    both = Barrier(2)
    make = environment._key

    def key_together(it):
        key = make(it)
        both.wait(timeout=30)
        return key

    monkeypatch.setattr(environment, "_key", key_together)
    tiny = entry(GOOD)
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda _: prepare(tiny, cache), range(2))
    assert one == two
    assert len(builds) == 1


def test_unfinished_environment_is_built_anew(entry, cache, builds):
    built = prepare(entry(GOOD), cache)
    (built.directory / RECORD).unlink()
    (built.site_packages / "thing.py").unlink()
    (built.directory / "junk").touch()
    again = prepare(entry(GOOD), cache)
    assert again.directory == built.directory
    assert len(builds) == 2
    assert (again.site_packages / "thing.py").is_file()
    assert not (again.directory / "junk").exists()


@pytest.mark.parametrize(
    ("lock", "reason"),
    [
        (BAD_HASH, "Hash mismatch"),
        ("thing @ file://{wheel}\n", "none were provided for: thing @"),
        ("thing ==== 1.0\n", "thing ==== 1.0"),
        ("no-such-thing==1.0 --hash=sha256:{hash}\n", "no-such-thing"),
    ],
    ids=["wrong-hash", "no-hash", "syntax", "unknown-package"],
)
def test_lock_that_cannot_be_installed(entry, cache, builds, lock, reason):
    bad = entry(lock)
    for attempt in (1, 2):
        with pytest.raises(UserError) as caught:
            prepare(bad, cache)
        sentence = str(caught.value)
        assert sentence.startswith(f"The environment of tiny can't be built from {bad.lock}: ")
        assert reason in sentence
        assert "\n" not in sentence
        assert records(cache) == []
        assert len(builds) == attempt
    assert prepare(entry(GOOD), cache).versions["thing"] == "1.0"


def test_missing_lock(entry, cache):
    tiny = entry(GOOD)
    tiny.lock.unlink()
    with pytest.raises(UserError, match=r"^tiny has no requirements\.lock; lock it as CONTRIBUTING\.md says\.$"):
        prepare(tiny, cache)
    assert not cache.exists()


DIES = """
import os, sys
from pathlib import Path

from pyuibench.entries.catalog import Entry, load_entry
from pyuibench.project import APPS
from pyuibench.serving import environment

workload, directory, cache = map(Path, sys.argv[1:])
environment.WORKLOAD = workload
environment.json.loads = lambda text: os._exit(9)
environment.prepare(Entry("tiny", directory, load_entry(APPS / "baseline").table).variants[0], cache)
"""


def test_build_that_was_cut_off_is_not_taken_for_ready(entry, cache):
    """A process that dies while it builds leaves no record, and its lock is free again."""
    tiny = entry(GOOD)
    paths = (environment.WORKLOAD, tiny.entry.directory, cache)
    assert subprocess.run([sys.executable, "-c", DIES, *map(str, paths)], check=False).returncode == 9
    assert len(list(cache.glob("*/bin"))) == 1
    assert records(cache) == []
    assert prepare(tiny, cache).versions["thing"] == "1.0"


def test_a_variant_with_a_lock_of_its_own_has_an_environment_of_its_own(entry, cache):
    tiny = entry(GOOD)
    own = replace(tiny, table=tiny.table.model_copy(update={"lock": "fast.lock"}))
    with pytest.raises(UserError, match=r"^tiny has no fast\.lock; lock it as CONTRIBUTING\.md says\.$"):
        prepare(own, cache)
    own.lock.write_text(f"# with an extra\n{tiny.lock.read_text()}")
    assert prepare(own, cache).directory != prepare(tiny, cache).directory
    assert lock_hash(own) != lock_hash(tiny)


def test_a_change_of_the_npm_lock_makes_another_environment(entry, cache, monkeypatch):
    monkeypatch.setattr(environment, "_npm", lambda entry, directory: None)
    tiny = entry(GOOD)
    plain = prepare(tiny, cache).directory
    tiny.entry.npm_lock.write_text('{"packages": {}}')
    first = prepare(tiny, cache).directory
    tiny.entry.npm_lock.write_text('{"packages": {}, "a": 1}')
    assert len({plain, first, prepare(tiny, cache).directory}) == 3


def test_npm_packages_that_cannot_be_installed_are_one_sentence(entry, cache):
    tiny = entry(GOOD)
    (tiny.entry.directory / "package.json").write_text('{"name": "tiny", "dependencies": {"nothing": "1.0.0"}}')
    tiny.entry.npm_lock.write_text("{}")
    with pytest.raises(UserError, match="The npm packages of tiny can't be installed from ") as caught:
        prepare(tiny, cache)
    assert "\n" not in str(caught.value)
    assert records(cache) == []
