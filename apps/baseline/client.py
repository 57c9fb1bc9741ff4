"""The baseline's protocols, without a browser."""

import json
import uuid
from abc import abstractmethod
from typing import Any

from pyuibench.contract.scenarios import CONTROLS, Value
from pyuibench.instruments.wire.client import Client
from pyuibench.instruments.wire.http import Connection
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import figure_text
from workload.tasks import sample_csv

SILENCE_S = 3600.0


class _Baseline(Client):
    """What the three transports share: the page, how its script shows outputs, and how it sends a file in."""

    def open(self) -> None:
        self.http = Connection(self.url, self.traffic)
        self.http.get("/")
        self.connect()

    @abstractmethod
    def connect(self) -> None:
        """Open the session that the page's script opens."""

    def act(self, control: str, value: Value) -> None:
        if control == "upload":
            self.spawn(self._upload, int(value))
        else:
            self.send({"control": control, "value": None if CONTROLS.get(control) == "button" else value})

    @abstractmethod
    def send(self, action: dict[str, Value | None]) -> None:
        """Send an action to the session."""

    def receive(self, timeout_s: float) -> None:
        for output, value in json.loads(self.take(timeout_s)).items():
            if output == "token":
                self.texts["answer"] += value
            elif output != "step":
                self.texts[output] = _text(output, value)

    def close(self) -> None:
        self.kill_greenlets()
        self.http.close()

    def _upload(self, number: int) -> None:
        self.put(self.http.post("/upload", sample_csv(number)))


class OverWebSocket(_Baseline):
    """The variant `websocket`."""

    def connect(self) -> None:
        self.socket = WebSocket(f"{self.socket_url}/live", self.traffic)
        self.spawn(self._listen)

    def send(self, action: dict[str, Value | None]) -> None:
        self.socket.send(json.dumps(action))

    def close(self) -> None:
        super().close()
        self.socket.close()

    def _listen(self) -> None:
        while True:
            self.put(self.socket.receive(SILENCE_S))


class OverHttp(_Baseline):
    """The variant `http`."""

    def connect(self) -> None:
        self.path = f"/session/{uuid.uuid4()}"
        self.put(self.http.get(self.path))

    def send(self, action: dict[str, Value | None]) -> None:
        self.spawn(self._answer, action)

    def close(self) -> None:
        self.http.post(f"{self.path}/end", b"")
        super().close()

    def _answer(self, action: dict[str, Value]) -> None:
        for line in self.http.lines(self.path, action):
            self.put(line)


class OverEvents(_Baseline):
    """The variant `sse`."""

    def connect(self) -> None:
        self.path = f"/session/{uuid.uuid4()}"
        self.spawn(self._listen)

    def send(self, action: dict[str, Value | None]) -> None:
        self.spawn(self.http.post, self.path, action)

    def _listen(self) -> None:
        for event in self.http.events(self.path):
            self.put(event)


def _text(output: str, value: Any) -> str:
    if output == "chart":
        return figure_text(value)
    if output == "rows":
        return str(value["cells"][0][0])
    return str(value)
