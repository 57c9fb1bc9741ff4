"""Counts what a page and its workers send and receive. Counting costs time, so it is never on while something is timed."""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession

_TEXT = 1


@dataclass(frozen=True)
class Counts:
    """Requests and bytes. Up: bodies and WebSocket messages. Down: responses as on the network, headers and all, and messages."""

    requests: int = 0
    bytes_up: int = 0
    bytes_down: int = 0


class TrafficCounter:
    """Counts the traffic of one page and its workers since it last looked."""

    def __init__(self, cdp: CDPSession) -> None:
        """Begin to count. A worker begins once it is counted too."""
        self._cdp = cdp
        self._requests = self._up = self._down = 0
        self._unfinished: dict[str, int] = {}
        self._heard: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "Network.requestWillBeSent": self._request,
            "Network.dataReceived": self._data,
            "Network.loadingFinished": self._finished,
            "Network.webSocketFrameSent": lambda event: self._frame(event, up=True),
            "Network.webSocketFrameReceived": lambda event: self._frame(event, up=False),
        }
        for name, heard in self._heard.items():
            cdp.on(name, heard)
        cdp.on("Target.attachedToTarget", self._worker)
        cdp.on("Target.receivedMessageFromTarget", self._of_worker)
        cdp.send("Network.enable")
        cdp.send("Network.setCacheDisabled", {"cacheDisabled": False})
        cdp.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": False})

    def take(self) -> Counts:
        """Return the counts so far and begin anew."""
        counts = Counts(self._requests, self._up, self._down)
        self._requests = self._up = self._down = 0
        return counts

    def _worker(self, event: Mapping[str, Any]) -> None:
        """Count what a worker does too, which has a session of its own, and let it begin."""
        for number, method in enumerate(("Network.enable", "Runtime.runIfWaitingForDebugger"), 1):
            message = json.dumps({"id": number, "method": method})
            self._cdp.send("Target.sendMessageToTarget", {"sessionId": event["sessionId"], "message": message})

    def _of_worker(self, event: Mapping[str, Any]) -> None:
        told = json.loads(event["message"])
        if heard := self._heard.get(told.get("method", "")):
            heard(told["params"])

    def _request(self, event: Mapping[str, Any]) -> None:
        self._requests += 1
        entries = event["request"].get("postDataEntries", [])
        self._up += sum(len(b64decode(entry["bytes"])) for entry in entries if "bytes" in entry)

    def _data(self, event: Mapping[str, Any]) -> None:
        """Count what has arrived of a response, decoded: all that is known of a stream that hasn't ended."""
        request = event["requestId"]
        self._unfinished[request] = self._unfinished.get(request, 0) + event["dataLength"]
        self._down += event["dataLength"]

    def _finished(self, event: Mapping[str, Any]) -> None:
        """Replace what was counted of a response by what it was on the network."""
        self._down += event["encodedDataLength"] - self._unfinished.pop(event["requestId"], 0)

    def _frame(self, event: Mapping[str, Any], *, up: bool) -> None:
        frame = event["response"]
        data = frame["payloadData"]
        size = len(data.encode()) if frame["opcode"] == _TEXT else len(b64decode(data))
        if up:
            self._up += size
        else:
            self._down += size
