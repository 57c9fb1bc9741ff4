"""The file server of sites: compressed where the browser takes it, cacheable, isolated, and nothing from outside its folder."""

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import time

import pytest
from pyodide_site.serve import HEADERS

SCRIPT = "export const answer = 42;\n" * 100


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text('<script id="environment">/*environment*/</script>')
    (folder / "app.js").write_text(SCRIPT)
    (folder / "app.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (folder / "module.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret.txt").write_text("not for visitors")
    (tmp_path / "made" / "browser" / "classifier").mkdir(parents=True)
    (tmp_path / "made" / "browser" / "classifier" / "config.json").write_text("{}")
    (tmp_path / "made" / "answers.json").write_text("not for visitors")
    return folder


@pytest.fixture
def get(site):
    """Return a function that asks the server for a path, over one connection."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "pyodide_site.serve", str(site), str(port)]
    env = {
        "PYUIBENCH_GRID_CELLS": "7",
        "PYUIBENCH_GRID_COSTS": "</script>",
        "PYUIBENCH_MODELS": str(site.parent / "made"),
        "OTHER": "own affair",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    with subprocess.Popen(command, env=env) as server:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        deadline = time.monotonic() + 20
        while True:
            try:
                connection.connect()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)

        def ask(path, **headers):
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer, answer.read()

        yield ask
        connection.close()
        server.terminate()


def test_a_page_gets_the_suites_variables_and_no_others(get, site):
    answer, body = get("/")
    text = body.decode()
    assert answer.headers["Content-Type"] == "text/html"
    given = text.removeprefix('<script id="environment">').removesuffix("</script>")
    grid = {"PYUIBENCH_GRID_CELLS": "7", "PYUIBENCH_GRID_COSTS": "</script>"}
    assert json.loads(given) == {**grid, "PYUIBENCH_MODELS": str(site.parent / "made")}
    assert "</script>" not in given


def test_the_gzipped_copy_goes_to_those_who_take_it(get):
    answer, body = get("/app.js", Accept_Encoding="gzip, br")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body).decode() == SCRIPT
    answer, body = get("/app.js")
    assert answer.headers["Content-Encoding"] is None
    assert body.decode() == SCRIPT


def test_what_the_browser_has_is_not_sent_again(get):
    first, _ = get("/module.wasm")
    assert first.headers["Content-Type"] == "application/wasm"
    assert first.headers["Cache-Control"] == "max-age=3600"
    again, body = get("/module.wasm", If_None_Match=first.headers["ETag"])
    assert (again.status, body) == (304, b"")
    assert get("/")[0].headers["Cache-Control"] == "no-cache"


def test_every_answer_is_isolated_from_other_origins(get):
    answer, _ = get("/app.js")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_models_that_are_made_for_browsers_are_served_to_all_sites(get):
    answer, body = get("/models/classifier/config.json")
    assert (answer.status, body) == (200, b"{}")


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/%2e%2e/secret.txt", "/nothing.js", "/app.js/more", "/models/../answers.json", "/models/"],
)
def test_nothing_else_is_served(get, path):
    assert get(path)[0].status == 404
