"""wslink's protocol without a browser: a process is asked for by HTTP and spoken to by MessagePack over a WebSocket."""

import json
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

import msgpack

from pyuibench.contract.scenarios import OUTPUTS, Value
from pyuibench.instruments.wire.client import Client as BaseClient
from pyuibench.instruments.wire.client import ProtocolError
from pyuibench.instruments.wire.http import Connection
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import figure_text
from workload.tasks import sample_csv

OPEN_TIMEOUT_S = 60.0
SILENCE_S = 3600.0
HEADER_BYTES = 12
# What a message may be long before the server has named its own limit.
FIRST_MAX_BYTES = 512 * 1024
TEXTS = frozenset(OUTPUTS) - {"chart", "rows"}
# The figure's state variable: its default name, and the one of `tuned`.
FIGURES = ("trame__plotly_1", "chart")


class Client(BaseClient):
    """What the page's script does: ask the launcher for a process, connect to it, keep the shared state in step."""

    def open(self) -> None:
        self.http = Connection(self.url, self.traffic)
        self.http.get("/")  # which redirects to index.html
        self.http.get("/loading.tpl")
        wanted = b'{"application":"trame","useUrl":true,"launcherRetry":[]}'
        process = json.loads(self.http.post("/paraview/", wanted, {"Content-Type": "text/plain;charset=UTF-8"}))
        self.socket = WebSocket(process["sessionURL"], self.traffic, origin=self.origin)
        self.parts: dict[bytes, bytearray] = {}
        self.calls = 0
        self.max_bytes = FIRST_MAX_BYTES
        self._send("system:c0:0", "wslink.hello", [{"secret": process["secret"]}])
        hello = self._message(OPEN_TIMEOUT_S)["result"]
        self.name, self.max_bytes = hello["clientID"], hello["maxMsgSize"]
        self._call("trame.state.get", [])
        self.spawn(self._read)

    def act(self, control: str, value: Value) -> None:
        if control in self.triggers:
            self._call("trame.trigger", [self.triggers[control], [], {}])
        elif control == "upload":
            self._change("file", _file(sample_csv(int(value))))
        else:
            self._change(control.replace("cell-", "slider_"), value)

    def receive(self, timeout_s: float) -> None:
        message = self.take(timeout_s)
        result = message["result"]
        if message["id"].startswith("publish:trame.state.topic:"):
            self._show(result)
        elif result and "state" in result:
            self._show(result["state"])
            self.triggers = _triggers(result["state"]["trame__template_main"])
            self._call("trame.lifecycle.update", ["client_connected"])

    def close(self) -> None:
        self.kill_greenlets()
        self._call("trame.lifecycle.update", ["client_exited"])
        self.socket.close()
        self.http.close()

    def _read(self) -> None:
        """Read at any time, as a page does: the server drops a session that doesn't answer its pings."""
        while True:
            self.put(self._message(SILENCE_S))

    def _show(self, state: Mapping[str, Any]) -> None:
        for key, value in state.items():
            if key == "rows" and value:
                self.texts["rows"] = value[0]["share"]
            elif key in TEXTS:
                self.texts[key] = value
            elif key.startswith("cell_"):
                self.texts[key.replace("_", "-")] = value
            elif key in FIGURES:
                self.texts["chart"] = figure_text(value)

    def _change(self, key: str, value: Any) -> None:
        self._call("trame.state.update", [[{"key": key, "value": value}]])

    def _call(self, method: str, arguments: list[Any]) -> None:
        self._send(f"rpc:{self.name}:{self.calls}", method, arguments)
        self.calls += 1

    def _send(self, name: str, method: str, arguments: list[Any]) -> None:
        message = msgpack.packb({"wslink": "1.0", "id": name, "method": method, "args": arguments, "kwargs": {}})
        number = secrets.token_bytes(4)
        step = self.max_bytes - HEADER_BYTES
        for offset in range(0, len(message), step):
            place = offset.to_bytes(4, "little") + len(message).to_bytes(4, "little")
            self.socket.send(number + place + message[offset : offset + step])

    def _message(self, timeout_s: float) -> dict[str, Any]:
        """Return the next message, put together from its parts."""
        deadline = time.monotonic() + timeout_s
        while True:
            part = self.socket.receive(max(deadline - time.monotonic(), 0.001))
            number, offset, size = part[:4], int.from_bytes(part[4:8], "little"), int.from_bytes(part[8:12], "little")
            whole = self.parts.setdefault(number, bytearray())
            whole[offset:] = part[HEADER_BYTES:]
            if len(whole) == size:
                message = msgpack.unpackb(bytes(self.parts.pop(number)))
                if "error" in message:
                    raise ProtocolError(str(message["error"]))
                return message


def _triggers(template: str) -> dict[str, str]:
    """Return button -> the name of the method that it calls, as the page's template has them."""
    return dict(re.findall(r"""id="(\w+)"[^>]* @click="trigger\('(\w+)'\)\"""", template))


def _file(content: bytes) -> dict[str, Any]:
    """Return a file as the page puts it into the state."""
    return {
        "name": "orders.csv",
        "lastModified": int(time.time() * 1000),
        "size": len(content),
        "type": "text/csv",
        "content": content,
        "error": None,
        "_filter": ["content"],
    }
