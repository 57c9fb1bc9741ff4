"""What entries in the browser have of server entries is the same, byte for byte; what isn't is named, line by line."""

import difflib

import pytest

from pyuibench.entries.catalog import find_entries
from pyuibench.project import APPS

SAME = {
    "wasm-baseline": (
        "session.py",
        "static/app.html",
        "static/app.js",
        "static/grid.html",
        "static/grid.js",
        "static/page.css",
    ),
    "stlite": ("grid.py",),
    "panel-wasm": ("app.py", "grid.py"),
    "shiny-wasm": ("app.py", "grid.py", "shared.py"),
    "gradio-lite": ("app.py", "grid.py"),
}
DIFFERENT = {
    ("stlite", "app.py"): (
        '    with st.container(key="answer"):',
        "        st.session_state.answer = st.write_stream(tokens)",
    ),
}
"""Entry and file -> the lines that stand in the place of others in the server entry's."""
IN_BROWSER = {name: it.table.server_entry for name, it in find_entries([APPS]).items() if it.table.runs_in == "browser"}


@pytest.mark.parametrize("name", IN_BROWSER)
def test_files_of_the_server_entry(name):
    for file in SAME[name]:
        assert (APPS / name / file).read_bytes() == (APPS / IN_BROWSER[name] / file).read_bytes(), file


@pytest.mark.parametrize(("name", "file"), DIFFERENT)
def test_lines_that_differ_from_the_server_entry_s(name, file):
    own, server = ((APPS / entry / file).read_text().splitlines() for entry in (name, IN_BROWSER[name]))
    new = tuple(line[2:] for line in difflib.ndiff(server, own) if line.startswith("+ ") and line[2:].strip())
    assert new == DIFFERENT[name, file]
