"""The baseline's protocols, without a browser."""

import json
import uuid
from abc import abstractmethod
from typing import Any

from pyuibench.contract.scenarios import Value
from pyuibench.instruments.wire.client import Client
from pyuibench.instruments.wire.http import Connection
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import figure_text
from workload.tasks import sample_csv


class _Baseline(Client):
    """What the three transports share: the page, and how its script shows outputs."""

    def open(self) -> None:
        self.http = Connection(self.url, self.traffic)
        self.http.get("/")
        self.connect()

    @abstractmethod
    def connect(self) -> None:
        """Open the session that the page's script opens."""

    def show(self, message: str | bytes) -> None:
        """Apply one message of outputs."""
        for output, value in json.loads(message).items():
            if output != "step":
                self.texts[output] = _text(output, value)

    def close(self) -> None:
        self.kill_greenlets()
        self.http.close()


class OverWebSocket(_Baseline):
    """The variant `websocket`."""

    def connect(self) -> None:
        self.socket = WebSocket(f"{self.socket_url}/live", self.traffic)

    def act(self, control: str, value: Value) -> None:
        if control == "upload":
            self.socket.send(sample_csv(int(value)))
        else:
            self.socket.send(json.dumps({"control": control, "value": value}))

    def receive(self, timeout_s: float) -> None:
        self.show(self.socket.receive(timeout_s))

    def close(self) -> None:
        self.socket.close()
        super().close()


class OverHttp(_Baseline):
    """The variant `http`."""

    def connect(self) -> None:
        self.path = f"/session/{uuid.uuid4()}"
        self.put(self.http.get(self.path))

    def act(self, control: str, value: Value) -> None:
        self.spawn(self._answer, *_request(self.path, control, value))

    def _answer(self, path: str, body: Any) -> None:
        for line in self.http.lines(path, body):
            self.put(line)

    def receive(self, timeout_s: float) -> None:
        self.show(self.take(timeout_s))

    def close(self) -> None:
        self.http.post(f"{self.path}/end", b"")
        super().close()


class OverEvents(_Baseline):
    """The variant `sse`."""

    def connect(self) -> None:
        self.path = f"/session/{uuid.uuid4()}"
        self.spawn(self._listen)

    def _listen(self) -> None:
        for event in self.http.events(self.path):
            self.put(event)

    def act(self, control: str, value: Value) -> None:
        self.spawn(self.http.post, *_request(self.path, control, value))

    def receive(self, timeout_s: float) -> None:
        self.show(self.take(timeout_s))


def _request(path: str, control: str, value: Value) -> tuple[str, Any]:
    """Return where an action is posted, and the body."""
    if control == "upload":
        return f"{path}/upload", sample_csv(int(value))
    return path, {"control": control, "value": value}


def _text(output: str, value: Any) -> str:
    if output == "chart":
        return figure_text(value)
    if output == "rows":
        return str(value["cells"][0][0])
    return str(value)
