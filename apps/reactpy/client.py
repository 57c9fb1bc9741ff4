"""ReactPy's protocol, without a browser: events go up, the models of re-rendered components come down, all in one WebSocket."""

import json
import time
from collections.abc import Iterator
from typing import Any

from pyuibench.contract.scenarios import OUTPUTS, Value
from pyuibench.instruments.wire import client
from pyuibench.instruments.wire.http import Connection
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import figure_text
from workload.tasks import sample_csv

Model = dict[str, Any]

# Where the caret stays once something was typed: in the label around the text field.
LABEL = {"tagName": "LABEL", "boundingClientRect": {}}
CARET = {
    "type": "Caret",
    "anchorNode": LABEL,
    "anchorOffset": 1,
    "focusNode": LABEL,
    "focusOffset": 1,
    "isCollapsed": True,
    "rangeCount": 1,
    "selectedText": "",
}
POINTER = {
    "altKey": False,
    "button": 0,
    "buttons": 0,
    "clientX": 197,
    "clientY": 138,
    "ctrlKey": False,
    "metaKey": False,
    "pageX": 197,
    "pageY": 138,
    "screenX": 207,
    "screenY": 235,
    "shiftKey": False,
    "movementX": 0,
    "movementY": 0,
    "offsetX": 36,
    "offsetY": 8,
    "x": 197,
    "y": 138,
    "relatedTarget": None,
}


class Client(client.Client):
    """One page. It knows the event handlers of every element that it was sent, and what the elements with an id show."""

    def open(self) -> None:
        self.http = Connection(self.url, self.traffic)
        self.http.get("/")
        self.opened_s = time.monotonic()
        self.targets: dict[str, str] = {}
        self.selection: Model | None = None
        socket = f"{self.socket_url}/_reactpy/stream"
        self.socket = WebSocket(socket, self.traffic, origin=self.origin)

    def act(self, control: str, value: Value) -> None:
        if control == "upload":
            self._send(control, sample_csv(int(value)).decode())
        elif control in ("increment", "ask", "crunch"):
            self._send(control, self._event("click", {"tagName": "BUTTON", "value": ""}) | POINTER)
        elif control == "category":
            self._send(control, self._event("change", {"tagName": "SELECT", "value": value}))
        elif control == "granularity":
            radio = {"tagName": "INPUT", "value": value, "checked": True}
            self._send(f"granularity-{value}", self._event("change", radio))
        else:
            if control == "name":
                self.selection = CARET
            field = {"tagName": "INPUT", "value": str(value), "checked": False}
            self._send(control.replace("cell", "slider"), self._event("input", field))

    def receive(self, timeout_s: float) -> None:
        message = json.loads(self.socket.receive(timeout_s))
        if message["type"] != "layout-update":
            raise client.ProtocolError(f"unknown message: {message['type']}")
        for element in _elements(message["model"]):
            self._apply(element)

    def close(self) -> None:
        self.socket.close()
        self.http.close()

    def _apply(self, element: Model) -> None:
        if "error" in element:
            raise client.ProtocolError(f"a component failed to render {element['error']}")
        attributes = element.get("attributes", {})
        name = attributes.get("id") or f"{attributes.get('name')}-{attributes.get('value')}"
        for handler in element.get("eventHandlers", {}).values():
            self.targets[name] = handler["target"]
        if element["tagName"] == "Plot":
            self.texts["chart"] = figure_text(attributes["figure"])
        elif name == "rows":
            self.texts[name] = _text(next(each for each in _elements(element) if each["tagName"] == "td"))
        elif name in OUTPUTS or name.startswith("cell-"):
            self.texts[name] = _text(element)

    def _send(self, name: str, data: Model | str) -> None:
        message = {"type": "layout-event", "data": [data], "target": self.targets[name]}
        self.socket.send(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    def _event(self, type: str, element: Model) -> Model:
        """Return an event as the page serialises it. Every element's rectangle is empty: its figures aren't own properties."""
        element = {"tagName": element["tagName"], "boundingClientRect": {}, **element}
        return {
            "bubbles": True,
            "composed": type != "change",
            "currentTarget": element,
            "defaultPrevented": False,
            "eventPhase": 2,
            "isTrusted": True,
            "target": element,
            "timeStamp": round((time.monotonic() - self.opened_s) * 1000, 1),
            "type": type,
            "selection": self.selection,
        }


def _elements(model: Model) -> Iterator[Model]:
    """Yield a model and everything in it, in the order of the page."""
    yield model
    for child in model.get("children", ()):
        if isinstance(child, dict):
            yield from _elements(child)


def _text(model: Model) -> str:
    return "".join(child if isinstance(child, str) else _text(child) for child in model.get("children", ()))
