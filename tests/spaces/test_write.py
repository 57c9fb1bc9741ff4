"""Every entry is written as a Space that listens where Spaces look for it, with nothing of its measuring."""

import re

import pytest
from typer.testing import CliRunner

from pyuibench.cli.main import app
from pyuibench.entries.catalog import find_entries
from pyuibench.entries.space import space_needs
from pyuibench.errors import UserError
from pyuibench.project import APPS
from pyuibench.spaces.card import read_card
from pyuibench.spaces.write import write

ENTRIES = {name: it for name, it in find_entries([APPS]).items() if it.table.runs_in == "server"}
VARIANTS = [it for entry in ENTRIES.values() for it in entry.variants if not space_needs(it).impossible]
ADDRESS = "https://someone-page.hf.space"


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda it: it.id)
def test_a_space_of_every_variant(variant, tmp_path):
    space = write(variant, tmp_path / "space", ADDRESS)
    front = read_card((space / "README.md").read_text())
    files = {it.relative_to(space).as_posix() for it in space.rglob("*") if it.is_file()}
    app_files = {it.name for it in variant.code_files("app") if it.parent == variant.entry.directory}
    assert app_files <= files
    assert {it for it in files if re.search(r"client\.py|NOTES|\.lock$|claims|page\.toml|__pycache__", it)} == set()
    assert (space / "workload" / ("__init__.py" if front.sdk == "gradio" else "pyproject.toml")).is_file()
    requirements = (space / "requirements.txt").read_text()
    assert ("--hash=" in requirements) == (front.sdk == "docker")
    own = "\n".join((space / name).read_text() for name in files if name.count("/") == 0 and not name.endswith(".txt"))
    assert "0.0.0.0" in own
    assert "127.0.0.1" not in own.replace("http://127.0.0.1", "")
    if front.sdk == "docker":
        assert re.search(r'^CMD \[".*7860.*"\]$', own, re.MULTILINE) or "7860" in own
        assert front.app_port == 7860
    else:
        assert front.sdk_version == variant.entry.locked_version()
        assert not re.search(rf"^{variant.entry.table.package}[=\[]", requirements, re.MULTILINE)
        assert re.search(r"^pandas==", requirements, re.MULTILINE)


def test_an_address_that_is_built_in_is_asked_for(tmp_path):
    reflex = ENTRIES["reflex"].variants[0]
    with pytest.raises(UserError, match=r"give the Space's with --address https://OWNER-SPACE\.hf\.space"):
        write(reflex, tmp_path / "space")
    assert not (tmp_path / "space").exists()
    assert ADDRESS in (write(reflex, tmp_path / "space", ADDRESS) / "Dockerfile").read_text()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (["trame"], "trame/idiomatic can't run on a Space: its launcher gives each session a port of its own"),
        (["dash", "--space", "."], "isn't empty; name a directory that isn't there yet."),
    ],
)
def test_what_cannot_be_written_is_a_sentence(line, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text("kept")
    told = CliRunner().invoke(app, ["export", *line, *(() if "--space" in line else ("--space", "new"))])
    assert isinstance(told.exception, UserError) and sentence in str(told.exception)
    assert [it.name for it in tmp_path.iterdir()] == ["mine"]


def test_large_files_are_left_to_git_lfs(tmp_path, monkeypatch):
    monkeypatch.setattr("pyuibench.spaces.write.LARGE_BYTES", 5_000)
    space = write(ENTRIES["baseline"].variants[0], tmp_path / "space")
    lines = (space / ".gitattributes").read_text().splitlines()
    assert "requirements.txt filter=lfs diff=lfs merge=lfs -text" in lines
    large = {it.relative_to(space).as_posix() for it in space.rglob("*") if it.is_file() and it.stat().st_size > 5_000}
    assert {line.split()[0] for line in lines} == large
