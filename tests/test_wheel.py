"""The wheel: installed by itself, it works from any directory."""

import json
import os
import subprocess
import sys

import pytest
from uv import find_uv_bin

from pyuibench.entries.catalog import find_entries
from pyuibench.project import APPS, CACHE, ROOT
from pyuibench.results.store import load

pytestmark = pytest.mark.servers

AMOUNT = (
    "--levels",
    "2",
    "--hold",
    "1",
    "--warmup",
    "0.5",
    "--answers",
    "10",
    "--interval",
    "50",
    "--slo",
    "unrelated=10000",
)


def run(*command, **more):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=True, **more)


@pytest.fixture(scope="module")
def bin_directory(tmp_path_factory):
    """Return where the commands of an environment are that has the wheel, and nothing of the checkout."""
    place = tmp_path_factory.mktemp("a wheel, installed")
    uv = find_uv_bin()
    run(uv, "build", "--quiet", "--wheel", "--out-dir", place, ROOT)
    (wheel,) = place.glob("*.whl")
    run(uv, "venv", "--quiet", "--python", sys.executable, place / "venv")
    install = (uv, "pip", "install", "--quiet", "--python", place / "venv" / "bin" / "python")
    run(*install, "--require-hashes", "--requirement", ROOT / "requirements.lock")
    run(*install, "--no-deps", wheel)
    return place / "venv" / "bin"


@pytest.fixture
def pyuibench(bin_directory, tmp_path):
    """Return a function that runs the installed program in an empty directory; its caches have the checkout's environments."""
    (CACHE / "envs").mkdir(parents=True, exist_ok=True)
    (tmp_path / "caches" / "pyuibench").mkdir(parents=True)
    (tmp_path / "caches" / "pyuibench" / "envs").symlink_to(CACHE / "envs")
    own = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "caches")}
    inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    (tmp_path / "work").mkdir()
    return lambda *arguments: run(
        bin_directory / "pyuibench", *arguments, cwd=tmp_path / "work", env={**inherited, **own}
    )


def test_it_has_all_entries(pyuibench):
    listed = json.loads(pyuibench("list", "--json").stdout)
    assert {it["entry"] for it in listed} == set(find_entries([APPS]))


def test_a_load_is_written_to_the_working_directory_and_its_environment_is_looked_for_in_the_caches(
    pyuibench, tmp_path
):
    pyuibench("load", "baseline/http", *AMOUNT)
    (directory,) = (tmp_path / "work" / "results").iterdir()
    measured = load(directory)
    assert measured.failures.empty
    assert measured.interactions["ok"].all()
    assert len(measured.interactions) > 5
    assert not (tmp_path / "home" / ".cache").exists()
    (entry,) = json.loads((directory / "run.json").read_text())["entries"].values()
    assert {variant["verified"] for variant in entry["variants"].values()} == {True}
