"""Runs a Shiny app for the page around its worker, as an ASGI server does for clients on a network.

It follows the ASGI specification (https://asgi.readthedocs.io/en/latest/specs/www.html) as far as the app asks for it.
"""

import asyncio
import os
import sysconfig
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from pyodide.ffi import JsProxy, to_js
from shiny.express import wrap_express_app

VERSION = {"version": "3.0", "spec_version": "2.3"}
Event = dict[str, Any]


class Socket:
    """A WebSocket's events. The page tells it what has come, the app asks for it."""

    def __init__(self) -> None:
        self._came: asyncio.Queue[Event] = asyncio.Queue()
        self._came.put_nowait({"type": "websocket.connect"})
        self.receive = self._came.get

    def received(self, text: str) -> None:
        """Take a text from the page."""
        self._came.put_nowait({"type": "websocket.receive", "text": text})

    def closed(self, code: int) -> None:
        """Take it that the page has closed it."""
        self._came.put_nowait({"type": "websocket.disconnect", "code": code})


class Server:
    """Answers the page's requests and holds its sockets."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._working: set[asyncio.Task[None]] = set()

    def request(self, method: str, target: str, headers: JsProxy, body: JsProxy | None, answer: JsProxy) -> None:
        """Answer a request, with its status and its body."""
        received = [{"type": "http.request", "body": body.to_bytes() if body else b"", "more_body": False}]
        status = 0
        parts: list[bytes] = []

        async def receive() -> Event:
            return received.pop() if received else {"type": "http.disconnect"}

        async def send(event: Event) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                return
            parts.append(event.get("body", b""))
            if not event.get("more_body"):
                answer(status, to_js(b"".join(parts)))

        named = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        scope = _scope("http", target) | {"method": method, "headers": named}
        self._begin(self._app(scope, receive, send))

    def connect(self, path: str, page: JsProxy) -> Socket:
        """Open a socket for the page."""
        socket = Socket()

        async def send(event: Event) -> None:
            match event["type"]:
                case "websocket.accept":
                    page.accept()
                case "websocket.send":
                    page.send(event["text"])
                case "websocket.close":
                    page.close(event.get("code", 1000))

        self._begin(self._app(_scope("websocket", path) | {"subprotocols": []}, socket.receive, send))
        return socket

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        # The loop itself keeps only a weak reference to a task.
        self._working.add(task)
        task.add_done_callback(self._working.discard)


def _scope(kind: str, target: str) -> Event:
    path, _, query = target.partition("?")
    return {
        "type": kind,
        "asgi": VERSION,
        "http_version": "1.1",
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [],
        "server": ("localhost", 80),
        "client": ("localhost", 0),
    }


def start(app: str) -> Server:
    """Load a Shiny Express app from its file."""
    # Where shinywidgets looks for the scripts of widgets: https://docs.jupyter.org/en/latest/use/jupyter-directories.html
    os.environ["JUPYTER_PATH"] = f"{sysconfig.get_path('purelib')}/share/jupyter"
    return Server(wrap_express_app(Path(app)))
