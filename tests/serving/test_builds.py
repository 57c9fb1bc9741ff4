"""What has to be built is built once for each state of its sources, elsewhere, and says in a sentence why it can't be."""

from pathlib import Path

import pytest

from pyuibench.entries.catalog import Entry, Variant, load_entry
from pyuibench.errors import UserError
from pyuibench.project import APPS
from pyuibench.serving import builds
from pyuibench.serving.builds import prepare, process_env
from pyuibench.serving.environment import Environment
from pyuibench.serving.server import Server, WorkloadSettings
from pyuibench.verify import variant as verifying

BASELINE = load_entry(APPS / "baseline")
WRITE = "import os, pathlib; pathlib.Path('made').write_text('{file} {port} ' + os.environ['HOME'])"

WRITE_CELLS = "import os, pathlib; pathlib.Path('made').write_text(os.environ['PYUIBENCH_GRID_CELLS'])"


@pytest.fixture
def environment(tmp_path):
    directory = tmp_path / "env-1"
    (directory / "bin").mkdir(parents=True)
    return Environment(directory, 0.0, 0, {})


@pytest.fixture
def variant(tmp_path):
    """Return a function that makes a variant whose build is a piece of Python."""
    directory = tmp_path / "demo"
    directory.mkdir()
    (directory / "app.py").write_text("")

    def make(code=WRITE):
        build = ("python3", "-c", code) if code else ()
        table = BASELINE.table.model_copy(update={"build": build, "port": 28_471, "env": {}})
        return Variant(Entry("demo", directory, table), "websocket", table.variants["websocket"])

    return make


@pytest.fixture
def made(monkeypatch):
    """Return the directories that are built from now on."""
    directories = []
    make = builds._make

    def make_noting(variant, page, environment, cells, directory):
        directories.append(directory)
        make(variant, page, environment, cells, directory)

    monkeypatch.setattr(builds, "_make", make_noting)
    return directories


def test_what_needs_no_build_is_served_from_its_own_directory(variant, environment, tmp_path):
    demo = variant(code="")
    assert prepare(demo, "app", environment, cache=tmp_path / "builds").directory == demo.entry.directory


def test_a_build_is_made_in_a_copy_with_everything_filled_in(variant, environment, tmp_path):
    demo = variant()
    build = prepare(demo, "app", environment, cache=tmp_path / "builds")
    file, port, home = (build.directory / "made").read_text().split()
    assert (file, port) == ("app.py", "28471")
    assert "pyuibench-home-" in home
    assert not Path(home).exists()
    assert (build.directory / "app.py").is_file()
    assert not (demo.entry.directory / "made").exists()
    assert build.build_s > 0
    assert build.size_bytes == (build.directory / "made").stat().st_size


def test_it_is_made_once_and_again_when_a_source_changes(variant, environment, tmp_path, made):
    cache = tmp_path / "builds"
    demo = variant()
    assert prepare(demo, "app", environment, cache=cache) == prepare(demo, "app", environment, cache=cache)
    assert len(made) == 1
    (demo.entry.directory / "app.py").write_text("changed = True\n")
    prepare(demo, "app", environment, cache=cache)
    assert len(set(made)) == 2


def test_the_scaling_page_is_built_for_each_number_of_cells_and_nothing_else_is(variant, environment, tmp_path, made):
    cache = tmp_path / "builds"
    demo = variant(WRITE_CELLS)
    sizes = [prepare(demo, "grid", environment, cells, cache) for cells in (1, 40, 1)]
    assert [(build.directory / "made").read_text() for build in sizes] == ["1", "40", "1"]
    assert prepare(demo, "app", environment, 1, cache) == prepare(demo, "app", environment, 40, cache)
    assert len(made) == 3


def test_builds_of_an_environment_share_what_their_package_managers_keep(variant, environment, tmp_path):
    demo = variant("import os, pathlib; pathlib.Path('made').write_text(os.environ['XDG_CACHE_HOME'])")
    build = prepare(demo, "app", environment, cache=tmp_path / "builds")
    assert Path((build.directory / "made").read_text()).parent == environment.directory


def test_a_server_runs_in_the_build_for_its_number_of_cells(variant, environment, tmp_path, monkeypatch):
    asked = []

    def note(variant, page, environment, cells):
        asked.append((page, cells))
        raise UserError("Enough is known.")

    monkeypatch.setattr(builds, "prepare", note)
    for grid in (WorkloadSettings(cells=40, cost_ms=4.0), None):
        with pytest.raises(UserError, match="Enough"):
            Server(variant(), environment, "grid", tmp_path / "log", workload=grid)
    assert asked == [("grid", 40), ("grid", 10)]


def test_one_that_was_cut_off_is_made_anew(variant, environment, tmp_path, made):
    cache = tmp_path / "builds"
    build = prepare(variant(), "app", environment, cache=cache)
    (build.directory / builds.RECORD).unlink()
    (build.directory / "left").write_text("over")
    again = prepare(variant(), "app", environment, cache=cache)
    assert len(made) == 2
    assert not (again.directory / "left").exists()


def test_a_failure_is_one_sentence_with_what_was_said(variant, environment, tmp_path):
    with pytest.raises(UserError, match=r"^The app page of demo/websocket can't be built: .*no node") as caught:
        prepare(variant("raise SystemExit('no node')"), "app", environment, cache=tmp_path / "builds")
    assert "\n" not in str(caught.value)
    log = Path(str(caught.value).partition("(all it said is in ")[2].removesuffix(")"))
    assert "no node" in log.read_text()


def test_a_build_without_end_or_command_is_a_sentence_too(variant, environment, tmp_path, monkeypatch):
    monkeypatch.setattr(builds, "LIMIT_S", 0.2)
    with pytest.raises(UserError, match=r"can't be built: .*timed out"):
        prepare(variant("import time; time.sleep(5)"), "app", environment, cache=tmp_path / "builds")


@pytest.mark.servers
def test_verify_tells_of_a_failed_build_and_goes_on(variant, environment, tmp_path, monkeypatch):
    monkeypatch.setattr(builds, "prepare", refuse)
    about = verifying._Findings(variant(), "app")
    (finding,) = verifying._verify_running(None, about, environment, 1.0, tmp_path, verifying.ALL)
    assert (finding.check, finding.message) == ("boot", "The app page can't be built.")


def refuse(variant, page, environment, cells):
    raise UserError("The app page can't be built.")


def test_a_process_of_an_entry_gets_nothing_of_the_users(variant, environment, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    env = process_env(variant(), "app", environment, tmp_path, {})
    assert set(env) == {"PATH", "HOME", "LANG", "PYTHONDONTWRITEBYTECODE"}
    assert env["PATH"].startswith(f"{environment.bin}:")
