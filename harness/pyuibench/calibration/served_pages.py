"""Pages for calibration, served on loopback: as the pages of frameworks are made that are harder to watch than the baseline's.

`shadow_roots` nests a hundred open shadow roots with 2,000 elements, `canvases` draws its outputs with three hundred other texts.
Each has two controls (see `pages/control.js`), and leaves a mark of its own in a trace when its outputs have changed: what the
stopwatch says is held against that, not against what it says itself.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pyuibench.contract.scenarios import SCENARIOS, Texts
from pyuibench.contract.states import Action
from pyuibench.entries.catalog import Click, Entry, EntryTable, Shown, Variant, VariantTable
from pyuibench.serving.ports import HOST

DIRECTORY = Path(__file__).parent / "pages"
CHANGED = "pyuibench-changed"
"""The mark that a page leaves in a trace right after it has changed its outputs."""
OUTPUTS = 10
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
CONTROLS = {"increment": Click(click="#at-once"), "ask": Click(click="#later")}
"""The contract's names of the controls: they are known to whatever drives a page."""


def shadow_roots() -> Variant:
    """Return the page of a hundred shadow roots."""
    return _page("shadow_roots", Shown(selector=":host(.output-{index}) p"))


def canvases() -> Variant:
    """Return the page of canvases."""
    return _page("canvases", Shown(selector="canvas.output-{index}", probe="canvas"))


def texts(number: int) -> Texts:
    """Return output -> text after so many changes."""
    return {f"cell-{index}": f"output {index}: {number}" for index in range(OUTPUTS)}


def changes(count: int) -> Iterator[Action]:
    """Yield so many clicks, on both controls in turn, of which each changes all outputs."""
    controls = tuple(CONTROLS)
    for number in range(1, count + 1):
        expected = texts(number)
        yield Action("unrelated", controls[number % len(controls)], number, expected, tuple(expected))


@contextmanager
def served() -> Iterator[str]:
    """Serve the pages on a thread until the end of the block; yield the address that a page's name is appended to."""
    server = ThreadingHTTPServer((HOST, 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer with a file of the pages, or after a time with nothing."""
        address = urlsplit(self.path)
        if address.path == "/after":
            time.sleep(float(parse_qs(address.query)["ms"][0]) / 1e3)
            self._answer(204, "", b"")
            return
        name = address.path.removeprefix("/")
        file = DIRECTORY / (name if "." in name else f"{name}.html")
        if file.parent == DIRECTORY and file.is_file():
            self._answer(200, TYPES[file.suffix], file.read_bytes())
        else:
            self._answer(404, "", b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _page(name: str, shown: Shown) -> Variant:
    """Return a page as what drives pages knows one: a variant, here of no entry's directory and with no scenario of a run."""
    table = EntryTable(
        title="Calibration",
        package="",
        modules=(),
        about="Pages that the stopwatch is held against a trace on.",
        command=(),
        ready=f"/{name}",
        controls=CONTROLS,
        outputs={"cell": shown},
        not_applicable=dict.fromkeys(SCENARIOS, "a page for calibration"),
        variants={name: VariantTable(role="baseline", model="callback", about="", source="", app=f"{name}.html")},
    )
    return Entry("calibration", DIRECTORY, table).variant(name)
