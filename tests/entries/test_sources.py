"""An entry's hash is that of what runs: its prose changes nothing, whatever is installed, served, driven or read does."""

import shutil

import pytest

from pyuibench.entries.catalog import load_entry

METADATA = """
[project]
name = "demo-app"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["demo==1.0"]

[tool.pyuibench]
title = "Demo"
package = "demo"
modules = ["demo"]
about = "A framework."
command = ["demo", "run", "{file}", "--port", "{port}"]
ready = "/"
env = { DEMO_PORT = "{port}" }

[tool.pyuibench.delays]
name = { wait_ms = 0 }

[tool.pyuibench.caveats]
stream = "Tokens come in groups."

[tool.pyuibench.not_applicable]
drag = "steps get lost"

[tool.pyuibench.controls]
increment = { click = "#increment" }
name = { type = "#name" }
category = { keys = "#category" }
min_units = { drag = "#min_units" }
granularity = { click = "#granularity" }
ask = { click = "#ask" }
crunch = { click = "#crunch" }
upload = { send = "#upload" }
cell = { drag = "#slider-{index}" }

[tool.pyuibench.keyboard]
min_units = { keys = "#min_units" }

[tool.pyuibench.outputs]
count = "#count"
greeting = "#greeting"
orders = "#orders"
revenue = "#revenue"
average_price = "#average_price"
top_product = "#top_product"
chart = "#chart"
table = "#table"
rows = "#rows"
answer = "#answer"
progress = "#progress"
crunched = "#crunched"
uploaded = "#uploaded"
cell = "#cell-{index}"

[tool.pyuibench.variants.idiomatic]
role = "idiomatic"
model = "rerun"
about = "What is taught first."
source = "https://example.org/start"
app = "app.py"
files = ["style.css"]
caveats = { job = "It polls." }
delays = { ask = { wait_ms = 50, source = "ask.ts" } }
not_applicable = { busy = "a click ends the job" }

[tool.pyuibench.variants.tuned]
role = "tuned"
model = "callback"
about = "Another way."
source = "https://example.org/tuned"
app = "app.py"
"""

APP = '''"""The app."""

import demo


class Page:
    """All of it."""

    def show(self, name):
        """Show a name."""
        # As the tutorial does.
        return demo.text(f"Hello, {name}", size=1)
'''


@pytest.fixture
def directory(tmp_path):
    directory = tmp_path / "demo"
    (directory / "changes").mkdir(parents=True)
    texts = {
        "pyproject.toml": METADATA,
        "app.py": APP,
        "style.css": "/* plain */ a { color: red }\n",
        "NOTES.md": "# Notes\n",
        "requirements.lock": "demo==1.0\n",
        "package.json": "{}\n",
        "package-lock.json": "{}\n",
        "changes/fourth-filter.patch": "--- a/app.py\n",
    }
    for name, text in texts.items():
        (directory / name).write_text(text)
    return directory


def hash_of(directory):
    return load_entry(directory).source_hash()


def edit(directory, name, old, new):
    file = directory / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


PROSE = {
    "notes": ("NOTES.md", "Notes", "Remarks"),
    "title": ("pyproject.toml", 'title = "Demo"', 'title = "The demo"\nbuilt_on = "WSGI"'),
    "about": ("pyproject.toml", "A framework.", "A library."),
    "about a variant": ("pyproject.toml", "What is taught first.", "The tutorial."),
    "source": ("pyproject.toml", "example.org/start", "example.org/tutorial"),
    "caveat": ("pyproject.toml", "Tokens come in groups.", "Tokens come in pairs."),
    "caveat of a variant": ("pyproject.toml", "It polls.", "It polls twice a second."),
    "delay": ("pyproject.toml", "name = { wait_ms = 0 }", 'name = { wait_ms = 0, about = "On Enter." }'),
    "delay of a variant": ("pyproject.toml", "wait_ms = 50", "wait_ms = 51"),
    "why something can't be done": ("pyproject.toml", "steps get lost", "see issue 1"),
    "why a variant can't do something": ("pyproject.toml", "a click ends the job", "see issue 2"),
    "name of the project": ("pyproject.toml", "demo-app", "demo-entry"),
    "version of the project": ("pyproject.toml", 'version = "1.0.0"', 'version = "1.0.1"'),
    "comment in the metadata": ("pyproject.toml", "[tool.pyuibench.delays]", "# As measured.\n[tool.pyuibench.delays]"),
    "layout of the metadata": ("pyproject.toml", '"run", "{file}", ', '"run",\n    "{file}",\n    '),
    "a default that is stated": ("pyproject.toml", 'ready = "/"', 'ready = "/"\nopening_gap_ms = 0.0'),
    "docstring of a module": ("app.py", '"""The app."""', '"""The page."""'),
    "docstring of a class": ("app.py", '    """All of it."""\n\n', ""),
    "docstring of a function": ("app.py", "Show a name.", "Return what is shown."),
    "comment": ("app.py", "# As the tutorial does.", "# Bold."),
    "layout": (
        "app.py",
        '(f"Hello, {name}", size=1)',
        '(\n            f"Hello, {name}",\n            size=1,\n        )',
    ),
    "patch": ("changes/fourth-filter.patch", "a/app.py", "a/main.py"),
}

RUN = {
    "selector of an output": ("pyproject.toml", 'count = "#count"', 'count = "#counter"'),
    "probe of an output": ("pyproject.toml", 'rows = "#rows"', 'rows = { selector = "#rows", probe = "canvas" }'),
    "gesture": ("pyproject.toml", 'name = { type = "#name" }', 'name = { type = "#name", commit = "Tab" }'),
    "command": ("pyproject.toml", '"--port"', '"--fast", "--port"'),
    "build": ("pyproject.toml", 'ready = "/"', 'ready = "/"\nbuild = ["demo", "build"]'),
    "port": ("pyproject.toml", 'ready = "/"', 'ready = "/"\nport = 3000'),
    "address that tells it is ready": ("pyproject.toml", 'ready = "/"', 'ready = "/health"'),
    "environment variable": ("pyproject.toml", "DEMO_PORT", "PORT"),
    "modules": ("pyproject.toml", 'modules = ["demo"]', 'modules = ["demo", "demo_core"]'),
    "role": ("pyproject.toml", 'role = "tuned"', 'role = "contrast"'),
    "model": ("pyproject.toml", 'model = "rerun"', 'model = "reactive"'),
    "files that count as code": ("pyproject.toml", 'files = ["style.css"]', "files = []"),
    "name of a variant": ("pyproject.toml", "variants.tuned", "variants.quick"),
    "what can't be done": ("pyproject.toml", 'drag = "steps', 'grid = "steps'),
    "what a variant can't do": ("pyproject.toml", "busy = ", "neighbour = "),
    "dependency": ("pyproject.toml", "demo==1.0", "demo==1.1"),
    "version of Python": ("pyproject.toml", ">=3.11", ">=3.12"),
    "what another tool reads": (
        "pyproject.toml",
        "[tool.pyuibench]",
        "[tool.demo]\nsince = 2026-11-20\n\n[tool.pyuibench]",
    ),
    "lock": ("requirements.lock", "1.0", "1.1"),
    "npm packages": ("package.json", "{}", '{"dependencies": {}}'),
    "npm lock": ("package-lock.json", "{}", '{"lockfileVersion": 3}'),
    "line of code": ("app.py", "size=1", "size=2"),
    "text that is shown": ("app.py", "Hello, ", "Hallo, "),
    "string that documents nothing": ("app.py", "import demo", 'import demo\n\n"""Shown by some."""'),
    "code that doesn't parse": ("app.py", "import demo", "import demo demo"),
    "other files to the letter": ("style.css", "plain", "simple"),
}


@pytest.mark.parametrize(("name", "old", "new"), PROSE.values(), ids=PROSE.keys())
def test_prose_changes_nothing(directory, name, old, new):
    before = hash_of(directory)
    edit(directory, name, old, new)
    assert hash_of(directory) == before


@pytest.mark.parametrize(("name", "old", "new"), RUN.values(), ids=RUN.keys())
def test_what_runs_changes_it(directory, name, old, new):
    before = hash_of(directory)
    edit(directory, name, old, new)
    assert hash_of(directory) != before


def test_code_that_does_not_parse_is_taken_to_the_letter(directory):
    edit(directory, "app.py", "import demo", "import demo demo")
    before = hash_of(directory)
    edit(directory, "app.py", "# As the tutorial does.", "# Bold.")
    assert hash_of(directory) != before


def test_the_order_of_variants_says_which_is_the_first(directory):
    before = hash_of(directory)
    table = METADATA.index("[tool.pyuibench.variants.tuned]")
    first = METADATA.index("[tool.pyuibench.variants.idiomatic]")
    (directory / "pyproject.toml").write_text(METADATA[:first] + METADATA[table:] + METADATA[first:table])
    assert hash_of(directory) != before


def test_names_and_new_files_change_it(directory):
    hashes = [hash_of(directory)]
    (directory / "app.py").rename(directory / "main.py")
    hashes.append(hash_of(directory))
    (directory / "assets").mkdir()
    (directory / "assets" / "script.js").touch()
    hashes.append(hash_of(directory))
    assert len(set(hashes)) == 3
    assert all(len(text) == 12 for text in hashes)


@pytest.mark.parametrize(
    "name",
    ["__pycache__/app.pyc", ".venv/lib/x.py", ".env", "assets/__pycache__/y.pyc", "assets/.cache", "docs/more.md"],
)
def test_caches_dot_files_and_more_prose_are_left_out(directory, name):
    before = hash_of(directory)
    (directory / name).parent.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text("x")
    assert hash_of(directory) == before


def test_it_is_that_of_the_contents_wherever_they_are(directory, tmp_path):
    elsewhere = shutil.copytree(directory, tmp_path / ".hidden" / "other")
    assert hash_of(elsewhere) == hash_of(directory)
