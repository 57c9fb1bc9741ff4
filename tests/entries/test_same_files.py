"""What entries in the browser have of server entries is the same, byte for byte; what isn't is named."""

import pytest

from pyuibench.project import APPS

SAME = {
    "wasm-baseline": (
        "baseline",
        ("session.py", "static/app.html", "static/app.js", "static/grid.html", "static/grid.js", "static/page.css"),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_files_of_the_server_entry(name):
    server, files = SAME[name]
    for file in files:
        assert (APPS / name / file).read_bytes() == (APPS / server / file).read_bytes(), file
