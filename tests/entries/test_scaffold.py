"""A new entry is a valid one, and `verify` says item by item what it lacks, before anything is started."""

import shutil
from importlib.resources import files

import pytest

from pyuibench.contract.scenarios import CONTROLS, OUTPUTS
from pyuibench.entries import scaffold
from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.errors import UserError
from pyuibench.project import APPS
from pyuibench.serving import environment
from pyuibench.verify import variant as verifying
from pyuibench.verify.entry import check_entry
from pyuibench.verify.variant import verify_variant

FILES = {"NOTES.md", "app.py", "client.py", "grid.py", "pyproject.toml"}


@pytest.fixture
def fresh(tmp_path):
    """Return the one variant of an entry that was just made."""
    (variant,) = load_entry(scaffold.write("maple", tmp_path)).variants
    return variant


@pytest.fixture
def baseline(tmp_path):
    """Return a function that copies the baseline, lets its files be spoilt, and returns its first variant."""

    def copy(spoil=lambda directory: None):
        shutil.copytree(APPS / "baseline", tmp_path / "baseline", ignore=shutil.ignore_patterns("__pycache__"))
        spoil(tmp_path / "baseline")
        return load_entry(tmp_path / "baseline").variant("websocket")

    return copy


@pytest.fixture
def no_start(monkeypatch):
    """Fail when an environment is asked for, which comes before anything is started."""
    monkeypatch.setattr(environment, "prepare", lambda entry: pytest.fail("an environment was asked for"))


def said(variant):
    return [(each.level, each.page, each.check, each.message) for each in check_entry(variant)]


# --- what is written -----------------------------------------------------------------------------------------------


def test_what_is_written_is_a_valid_entry(tmp_path):
    directory = scaffold.write("maple_2", tmp_path)
    assert directory == tmp_path / "maple_2"
    assert {file.name for file in directory.iterdir()} == FILES
    (entry,) = find_entries([tmp_path]).values()
    table = entry.table
    assert {entry.name, table.title, table.package, *table.modules} == {"maple_2"}
    (variant,) = entry.variants
    assert variant.id == "maple_2/idiomatic"
    assert [file.name for page in ("app", "grid") for file in variant.code_files(page)] == ["app.py", "grid.py"]
    assert not [file for file in directory.iterdir() if "NAME" in file.read_text()]


def test_what_an_installer_made_of_the_templates_is_left_out(tmp_path, monkeypatch):
    templates = tmp_path / "templates" / "entry"
    shutil.copytree(str(files("pyuibench.entries") / "templates" / "entry"), templates)
    (templates / "__pycache__").mkdir()
    (templates / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"\xff\x00")
    monkeypatch.setattr(scaffold, "files", lambda package: tmp_path)
    assert {file.name for file in scaffold.write("maple", tmp_path).iterdir()} == FILES


@pytest.mark.parametrize(
    "name", ["", "Maple", "2maple", "_maple", "ma ple", "ma-ple", "ma.ple", "../maple", "/maple", "mäple", "maple\n"]
)
def test_name_that_cannot_be_one(tmp_path, name):
    with pytest.raises(UserError) as caught:
        scaffold.write(name, tmp_path)
    assert str(caught.value) == (f"{name!r} can't be an entry's name; use lower-case letters, digits and underscores.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["directory", "file"])
def test_entry_that_is_there_already(tmp_path, kind):
    there = tmp_path / "maple"
    if kind == "directory":
        there.mkdir()
    else:
        there.write_text("precious")
    with pytest.raises(UserError) as caught:
        scaffold.write("maple", tmp_path)
    assert str(caught.value) == f"{there} is there already; nothing was changed."
    assert list(there.iterdir()) == [] if kind == "directory" else there.read_text() == "precious"


@pytest.mark.parametrize("kind", ["nothing", "file"])
def test_directory_that_is_none(tmp_path, kind):
    into = tmp_path / "into"
    if kind == "file":
        into.touch()
    with pytest.raises(UserError, match=r"/into is not a directory; make it, or choose another with --into\.$"):
        scaffold.write("maple", into)


# --- what verify says of it ----------------------------------------------------------------------------------------

TO_DO = [
    ("error", "app", "lock", "there is no requirements.lock; pin the packages in pyproject.toml and run `{command}`"),
    ("error", "app", "command", "command is empty: say how a page is served"),
    *(("error", "app", "control", f"controls.{name} has no selector") for name in CONTROLS),
    ("error", "grid", "control", "controls.cell has no selector"),
    ("error", "app", "control", "keyboard.min_units has no selector"),
    *(("error", "app", "output", f"outputs.{name} has no selector") for name in OUTPUTS),
    ("error", "grid", "output", "outputs.cell has no selector"),
    ("error", "app", "page", "app.py holds no code yet"),
    ("error", "grid", "page", "grid.py holds no code yet"),
    ("error", "app", "client", "client.py doesn't say how to open a session"),
    ("error", "app", "client", "client.py doesn't say how to act a session"),
    ("error", "app", "client", "client.py doesn't say how to receive a session"),
    ("error", "app", "client", "client.py doesn't say how to close a session"),
    ("note", "app", "about", "about is empty: say in a sentence what the framework is"),
    ("note", "app", "about", "variants.idiomatic.about is empty"),
    ("note", "app", "source", "variants.idiomatic.source is empty"),
    (
        "note",
        "app",
        "delay",
        "delays doesn't state what is waited by design after ask, category, cell, crunch, granularity, increment, min_units, "
        "name, upload",
    ),
    ("note", "app", "role", "no variant is tuned; write one, or say in without.tuned why there is none"),
    ("note", "app", "role", "no variant is tuned-shared; write one, or say in without.tuned-shared why there is none"),
    ("note", "app", "released", "released is not given"),
    ("note", "app", "widgets", "widgets is not given"),
]


def test_verify_lists_item_by_item_what_a_new_entry_lacks(fresh, no_start):
    findings = list(verify_variant(None, fresh))
    texts = {"command": f"pyuibench lock maple --apps {fresh.entry.directory.parent}"}
    wanted = [(level, page, check, message.format_map(texts)) for level, page, check, message in TO_DO]
    assert [(each.level, each.page, each.check, each.message) for each in findings] == wanted
    assert {(each.variant, each.where) for each in findings} == {("maple/idiomatic", "entry")}


def test_verify_starts_nothing_while_anything_is_lacking(baseline, no_start):
    variant = baseline(lambda directory: (directory / "session.py").unlink())
    assert [(each.page, each.check) for each in verify_variant(None, variant)] == [("app", "page")]


def test_verify_names_a_file_whose_lines_cannot_be_counted(baseline, no_start):
    def write_a_style(directory):
        (directory / "look.scss").write_text("p { color: red }")
        table = directory / "pyproject.toml"
        table.write_text(table.read_text().replace('"static/app.js"', '"static/app.js", "look.scss"'))

    (finding,) = verify_variant(None, baseline(write_a_style))
    assert (finding.level, finding.page, finding.check) == ("error", "app", "page")
    assert finding.message.startswith("lines of look.scss can't be counted: its name must end in one of .css, .html, ")


def test_verify_goes_on_after_notes(baseline, monkeypatch):
    def remove_about(directory):
        table = directory / "pyproject.toml"
        table.write_text(
            table.read_text().replace(
                'about = "Actions and outputs as JSON over one WebSocket; a file is posted."', 'about = ""'
            )
        )

    asked = []

    def refuse(variant):
        asked.append(variant.id)
        raise UserError("not now")

    monkeypatch.setattr(verifying.environment, "prepare", refuse)
    findings = [(each.level, each.check) for each in verify_variant(None, baseline(remove_about))]
    assert findings == [("note", "about"), ("error", "environment")]
    assert asked == ["baseline/websocket"]


def test_entries_of_the_project_lack_nothing():
    for entry in find_entries([APPS]).values():
        for variant in entry.variants:
            assert said(variant) == []


@pytest.mark.parametrize(
    ("lock", "lacks"),
    [
        ("anyio==4.16.0 \\\n    --hash=sha256:00\n", False),
        ("--index-url https://registry.invalid/simple\nanyio==4.16.0\n", True),
        ("-e ../workload\n", True),
        ("anyio @ https://registry.invalid/anyio.whl\n", True),
        ("anyio==4.16.0 \\\n    --hash=sha256:00\n# from http://registry.invalid\n", True),
    ],
)
def test_lock_with_an_address_or_an_option(baseline, lock, lacks):
    found = said(baseline(lambda directory: (directory / "requirements.lock").write_text(lock)))
    message = "requirements.lock names an address or an option of pip; lock it without addresses"
    assert found == ([("error", "app", "lock", message)] if lacks else [])


@pytest.mark.parametrize(
    ("file", "content", "check", "message"),
    [
        ("app.py", b"import os\ndef broken(:\n", "page", "app.py, line 2: invalid syntax"),
        ("app.py", b"x = '\0'\n", "page", "app.py: source code string cannot contain null bytes"),
        ("app.py", b"x = '\xff'\n", "page", "app.py"),
        ("app.py", b"", "page", "app.py holds no code yet"),
        ("app.py", b'"""The app."""\n# to be written\n', "page", "app.py holds no code yet"),
        ("session.py", b"def broken(:\n", "page", "session.py, line 1: invalid syntax"),
        ("client.py", b"class Client(\n", "client", "client.py, line 1: '(' was never closed"),
        ("client.py", b"", "client", "client.py has no class OverWebSocket"),
    ],
)
def test_file_that_cannot_be_used_is_a_finding(baseline, file, content, check, message):
    first, *others = said(baseline(lambda directory: (directory / file).write_bytes(content)))
    assert first[:3] == ("error", "app", check)
    assert first[3].startswith(message)
    assert all("\n" not in other[3] for other in (first, *others))


@pytest.mark.parametrize("content", ["raise RuntimeError\n", "import app\n", '"""Doc."""\nx = 1\n'])
def test_one_statement_is_code(baseline, content):
    assert said(baseline(lambda directory: (directory / "app.py").write_text(content))) == []


@pytest.mark.parametrize(("file", "check"), [("app.py", "page"), ("client.py", "client"), ("static/app.js", "page")])
@pytest.mark.parametrize("how", ["gone", "a directory"])
def test_missing_file(baseline, file, check, how):
    def spoil(directory):
        (directory / file).unlink()
        if how == "a directory":
            (directory / file).mkdir()

    assert said(baseline(spoil)) == [("error", "app", check, f"{file.rpartition('/')[2]} is missing")]


def test_client_of_another_name_and_without_a_method(baseline):
    def spoil(directory):
        client = directory / "client.py"
        client.write_text(
            client.read_text().replace("class OverWebSocket", "class Over").replace("def receive", "def take")
        )

    assert said(baseline(spoil)) == [
        ("error", "app", "client", "client.py has no class OverWebSocket"),
        ("error", "app", "client", "client.py doesn't say how to receive a session"),
    ]


def test_page_that_is_not_there_needs_a_reason(baseline):
    def spoil(directory):
        table = directory / "pyproject.toml"
        table.write_text(table.read_text().replace('grid = "grid.py"\n', ""))

    assert said(baseline(spoil)) == [
        ("error", "grid", "page", "has no grid page, and doesn't say why in not_applicable")
    ]


def test_empty_selector_of_a_variant_is_found(baseline):
    def spoil(directory):
        with (directory / "pyproject.toml").open("a") as file:
            file.write('[tool.pyuibench.variants.websocket.controls]\nname = { type = "" }\n')
            file.write('[tool.pyuibench.variants.websocket.outputs]\ncell = { selector = "" }\n')

    assert said(baseline(spoil)) == [
        ("error", "app", "control", "controls.name has no selector"),
        ("error", "grid", "output", "outputs.cell has no selector"),
    ]


def test_notes_are_asked_of_frameworks_only(baseline, fresh):
    (fresh.entry.directory / "NOTES.md").unlink()
    message = "there is no NOTES.md: say what was chosen and why, with the documentation pages"
    assert ("note", "app", "notes", message) in said(fresh)
    assert said(baseline()) == []


@pytest.mark.parametrize(
    ("reason", "wanted"),
    [
        ("see https://example.org/issue/1", []),
        ("can't", [("note", "app", "reason", "not_applicable.upload has no link that shows why")]),
    ],
)
def test_what_is_not_applicable_needs_a_link_and_nothing_else(baseline, reason, wanted):
    def without_upload(directory):
        table = directory / "pyproject.toml"
        kept = [line for line in table.read_text().splitlines() if not line.startswith("upload")]
        reasons = f'[tool.pyuibench.not_applicable]\nupload = "{reason}"\n\n[tool.pyuibench.controls]'
        table.write_text("\n".join(kept).replace("[tool.pyuibench.controls]", reasons))

    assert said(baseline(without_upload)) == wanted
