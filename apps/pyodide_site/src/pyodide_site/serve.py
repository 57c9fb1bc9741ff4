"""Serves a site's files as a production file server does: compressed, cacheable, and isolated from other origins.

Run as `python -m pyodide_site.serve FOLDER PORT`.
"""

import hashlib
import json
import mimetypes
import os
import sys
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

HOST = "127.0.0.1"
SETTINGS = b"/*environment*/"
"""Stands in a page where it gets the variables that a server's process would have."""
PREFIX = "PYUIBENCH_"
MODELS = "models"
"""Below this address are the models, of pages that ask one: they are made once for all sites."""
MODELS_VARIABLE = "PYUIBENCH_MODELS"
FOR_BROWSERS = "browser"
TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm", ".whl": "application/zip", ".zip": "application/zip"}
HEADERS = {
    # A worker's clock is then good to 5 us, and memory may be shared.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
KEPT_S = 3600


class Files(BaseHTTPRequestHandler):
    """Answers with a file of the folder; with its gzipped copy where there is one."""

    protocol_version = "HTTP/1.1"
    # An answer goes out whole.
    wbufsize = -1
    disable_nagle_algorithm = True
    folder: Path
    models: Path | None = None

    def do_GET(self) -> None:
        """Send a file, or that the browser's copy is still the same."""
        file = self._file()
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        content, encoding, tag = _content(file, "gzip" in self.headers.get("Accept-Encoding", ""))
        is_same = self.headers.get("If-None-Match") == tag
        self.send_response(HTTPStatus.NOT_MODIFIED if is_same else HTTPStatus.OK)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("ETag", tag)
        # A page is asked for anew each time; what it loads is kept.
        self.send_header("Cache-Control", "no-cache" if file.suffix == ".html" else f"max-age={KEPT_S}")
        self.send_header("Vary", "Accept-Encoding")
        if not is_same:
            self.send_header(
                "Content-Type", TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "text/plain"
            )
            self.send_header("Content-Length", str(len(content)))
            if encoding:
                self.send_header("Content-Encoding", encoding)
        self.end_headers()
        if not is_same:
            self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing: a log of every file is no log of what went wrong."""

    def _file(self) -> Path | None:
        path = unquote(urlsplit(self.path).path).lstrip("/") or "index.html"
        first, _, rest = path.partition("/")
        folder, path = (self.models, rest) if self.models and first == MODELS else (self.folder, path)
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder) and file.is_file() else None


@cache
def _content(file: Path, is_gzipped: bool) -> tuple[bytes, str, str]:
    """Return what is sent of a file, how it is encoded, and its tag."""
    packed = file.with_name(f"{file.name}.gz")
    content = file.read_bytes()
    if SETTINGS in content and file.suffix == ".html":
        content = content.replace(SETTINGS, _environment())
        encoding = ""
    elif is_gzipped and packed.is_file():
        content, encoding = packed.read_bytes(), "gzip"
    else:
        encoding = ""
    return content, encoding, f'"{hashlib.sha256(content).hexdigest()[:20]}"'


def _environment() -> bytes:
    """Return the suite's variables of this process as JSON, which may stand in a page."""
    own = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    return json.dumps(own).replace("<", "\\u003c").encode()


def main() -> None:
    """Serve until the process is ended."""
    folder, port = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    models = os.environ.get(MODELS_VARIABLE)
    places = {"folder": folder, "models": Path(models).resolve() / FOR_BROWSERS if models else None}
    handler = type("Handler", (Files,), places)
    with ThreadingHTTPServer((HOST, port), handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
