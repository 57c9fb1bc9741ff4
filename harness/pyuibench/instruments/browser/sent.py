"""Keeps what a page sends, so that it can be compared with what a wire client sends. Never while something is timed."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession

from pyuibench.instruments.shared.sent import Sent

LARGEST_BODY_BYTES = 64 * 2**20
STATIC = frozenset({"Stylesheet", "Image", "Media", "Font", "Script", "TextTrack", "Manifest", "Preflight", "Other"})
"""Resource types that no wire client fetches: what a page is made of, for a browser alone."""
_TEXT = 1


class SentRecorder:
    """Keeps the requests and the WebSocket messages of one page, but for files that it is made of."""

    def __init__(self, cdp: CDPSession) -> None:
        """Begin to keep."""
        self._sent: list[Sent] = []
        self._sockets: dict[str, str] = {}
        cdp.on("Network.requestWillBeSent", self._request)
        cdp.on("Network.webSocketCreated", self._socket)
        cdp.on("Network.webSocketFrameSent", self._frame)
        cdp.send("Network.enable", {"maxPostDataSize": LARGEST_BODY_BYTES})

    def take(self) -> list[Sent]:
        """Return what was sent since it was last asked."""
        sent, self._sent = self._sent, []
        return sent

    def _request(self, event: Mapping[str, Any]) -> None:
        request = event["request"]
        if event.get("type") in STATIC or not request["url"].startswith("http"):
            return
        self._sent.append(Sent(f"{request['method']} {_path(request['url'])}", _body(request)))

    def _socket(self, event: Mapping[str, Any]) -> None:
        to = self._sockets[event["requestId"]] = f"WebSocket {_path(event['url'])}"
        self._sent.append(Sent(to, b""))

    def _frame(self, event: Mapping[str, Any]) -> None:
        frame = event["response"]
        data = frame["payloadData"]
        body = data.encode() if frame["opcode"] == _TEXT else b64decode(data)
        self._sent.append(Sent(self._sockets[event["requestId"]], body))


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _body(request: Mapping[str, Any]) -> bytes | None:
    """Return a request's body, None where a part of it isn't told."""
    entries = request.get("postDataEntries", [])
    if all("bytes" in entry for entry in entries) and bool(entries) == bool(request.get("hasPostData")):
        return b"".join(b64decode(entry["bytes"]) for entry in entries)
    return None
