"""Bokeh's protocol, without a browser: patches of a document, both ways, over one WebSocket."""

import base64
import json
import re
import time
import uuid
from datetime import datetime, timedelta
from html import unescape
from itertools import pairwise
from typing import Any

import workload
from pyuibench.contract.scenarios import OUTPUTS, Value
from pyuibench.instruments.wire.client import Client as BaseClient
from pyuibench.instruments.wire.client import ProtocolError
from pyuibench.instruments.wire.http import Connection
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import chart_text
from workload.tasks import sample_csv

OPEN_TIMEOUT_S = 30.0
BUTTONS = ("increment", "ask", "crunch")
BROWSER = {
    "dark_mode": False,
    "device_pixel_ratio": 1,
    "language": "en-US",
    "webdriver": True,
    "timezone": "UTC",
    "timezone_offset": 0,
    "webgl": True,
}
CHART_SIZE = {"width": 1260, "height": 320}

Model = dict[str, Any]


class Client(BaseClient):
    """What the page does: keep the document's models, change them as it is told, tell the server of its own changes.

    A control or an output is the model that has its name as a CSS class.
    """

    def open(self) -> None:
        self.http = Connection(self.url, self.traffic)
        token = re.search(r'"token":"([^"]+)"', self.http.get("/").decode())
        if token is None:
            raise ProtocolError("the page has no session token")
        self.models: dict[str, Model] = {}
        self.ids: dict[str, str] = {}
        self.outputs: dict[str, str] = {}
        self.changed: set[str] = set()
        self.parts: list[str | bytes] = []
        self.typed: Value | None = None
        self.socket = WebSocket(
            f"{self.socket_url}/ws",
            self.traffic,
            subprotocols=["bokeh", token[1]],
            origin=self.origin,
        )
        self._expect("ACK")
        self._send("PULL-DOC-REQ", {})
        self._register(self._expect("PULL-DOC-REPLY")["doc"]["roots"])
        self._show_changed()
        self._report_browser()

    def act(self, control: str, value: Value) -> None:
        if control != "name" and self.typed is not None:
            # The text field, left now, sends what was typed once more.
            self._change("name", value=self.typed)
            self.typed = None
        if control in BUTTONS:
            self._trigger("button_click", model={"id": self.ids[control]})
        elif control == "name":
            self.typed = value
            self._change("name", value_input=value)
        elif control == "category":
            self._change("category", value=value)
        elif control == "granularity":
            self._change("granularity", active=workload.GRANULARITIES.index(str(value)))
        elif control == "upload":
            content = base64.b64encode(sample_csv(int(value))).decode()
            self._change("upload", value=content, filename="orders.csv", mime_type="text/csv")
        else:
            slider = control.replace("cell", "slider")
            self._change(slider, value=value)
            self._change(slider, value_throttled=value)

    def receive(self, timeout_s: float) -> None:
        kind, content = self._message(timeout_s)
        if kind == "ERROR":
            raise ProtocolError(content["text"])
        if kind == "PATCH-DOC":
            for event in content["events"]:
                self._apply(event)
            self._show_changed()

    def close(self) -> None:
        self.socket.close()
        self.http.close()

    def _expect(self, kind: str) -> Any:
        got, content = self._message(OPEN_TIMEOUT_S)
        if got != kind:
            raise ProtocolError(f"{got} instead of {kind}: {content}")
        return content

    def _message(self, timeout_s: float) -> tuple[str, Any]:
        """Return the next message, which comes in parts: header, metadata, content, and two for each buffer."""
        deadline = time.monotonic() + timeout_s
        while not self.parts or len(self.parts) < 3 + 2 * json.loads(self.parts[0]).get("num_buffers", 0):
            self.parts.append(self.socket.receive(max(deadline - time.monotonic(), 0.001)))
        header, _, content, *_ = self.parts
        self.parts = []
        return json.loads(header)["msgtype"], json.loads(content)

    def _send(self, kind: str, content: Any) -> None:
        for part in ({"msgid": uuid.uuid4().hex.upper(), "msgtype": kind}, {}, content):
            self.socket.send(json.dumps(part, separators=(",", ":"), ensure_ascii=False))

    def _change(self, name: str, **attributes: Any) -> None:
        self._change_model(self.ids[name], **attributes)

    def _change_model(self, id: str, **attributes: Any) -> None:
        self.models[id]["attributes"].update(attributes)
        events = [
            {"kind": "ModelChanged", "model": {"id": id}, "attr": name, "new": value}
            for name, value in attributes.items()
        ]
        self._send("PATCH-DOC", {"events": events})

    def _trigger(self, name: str, **values: Any) -> None:
        encoded = _map(values) if values else {"type": "map"}
        data = {"type": "event", "name": name, "values": encoded}
        self._send("PATCH-DOC", {"events": [{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": data}]})

    def _report_browser(self) -> None:
        """Tell of the browser, and that the document has been drawn."""
        for id, model in self.models.items():
            if model["name"] == "panel.models.browser.BrowserInfo":
                for name, value in BROWSER.items():
                    self._change_model(id, **{name: value})
        self._trigger("document_ready")

    def _register(self, value: Any) -> None:
        """Take over the models that a value holds, at any depth."""
        if isinstance(value, list):
            for each in value:
                self._register(each)
        elif isinstance(value, dict):
            if value.get("type") == "object":
                id = value["id"]
                self.models[id] = value
                for name in value.setdefault("attributes", {}).get("css_classes", ()):
                    self.ids[name] = id
                    if name in OUTPUTS or name.startswith("cell-"):
                        self.outputs[id] = name
                        self.changed.add(id)
            for each in value.values():
                self._register(each)

    def _apply(self, event: Any) -> None:
        """Carry out an event of a patch."""
        match event:
            case {"kind": "ModelChanged", "model": {"id": id}, "attr": name, "new": value}:
                self._register(value)
                self.models[id]["attributes"][name] = value
                self.changed.add(id)
            case {"kind": "ColumnDataChanged", "model": {"id": id}, "data": data}:
                self.models[id]["attributes"]["data"] = data
                self.changed.add(id)
            case {"kind": "MessageSent", "msg_data": {"name": "html_stream", "values": values}}:
                stream = _decoded(values)
                id = stream["model"]["id"]
                attributes = self.models[id]["attributes"]
                attributes["text"] = attributes.get("text", "")[: stream["start"]] + stream["patch"]
                self.changed.add(id)

    def _show_changed(self) -> None:
        """Show the texts of the outputs that changed, and draw the chart if it did."""
        names = {self.outputs[id] for id in self.changed if id in self.outputs}
        self.changed.clear()
        for name in names:
            attributes = self.models[self.ids[name]]["attributes"]
            if name == "chart":
                [trace], layout = _decoded(attributes["data"]), _decoded(attributes["layout"])
                self.texts[name] = chart_text(layout["title"]["text"], trace["y"])
                self._draw(attributes)
            elif name == "rows":
                source = attributes["source"]["id"]
                self.outputs[source] = name
                self.texts[name] = _decoded(self.models[source]["attributes"]["data"])["share"][0]
            else:
                self.texts[name] = _text(attributes.get("text", ""))

    def _draw(self, chart: Model) -> None:
        """Report what a chart does when it has been drawn: its axes' ranges if they are new, and its size or a redraw."""
        [trace] = _decoded(chart["data"])
        viewport = _map({"xaxis.range": _x_range(trace["x"]), "yaxis.range": _y_range(trace["y"])})
        relayout = _map({"autosize": True} if "viewport" in chart else CHART_SIZE)
        for name, value in (("viewport", viewport), ("relayout_data", relayout)):
            if chart.get(name) != value:
                self._change("chart", **{name: value})


def _map(values: dict[str, Any]) -> Model:
    return {"type": "map", "entries": [list(entry) for entry in values.items()]}


def _decoded(value: Any) -> Any:
    """Return a value as it was before Bokeh encoded it, all but models and binary arrays."""
    match value:
        case list():
            return [_decoded(each) for each in value]
        case {"type": "map", "entries": entries}:
            return {name: _decoded(each) for name, each in entries}
        case {"type": "ndarray", "array": array}:
            return array
    return value


def _text(markup: str) -> str:
    """Return the text of the last element that has one: an indicator's label comes before its value."""
    texts = [text for text in re.split("<[^>]*>", unescape(markup)) if text.strip()]
    return unescape(texts[-1]) if texts else ""


def _x_range(starts: list[str]) -> list[str]:
    """Return the dates from the left edge of the first bar to the right edge of the last one, as Plotly writes them."""
    dates = [datetime.fromisoformat(start) for start in starts]
    half: timedelta = min(later - earlier for earlier, later in pairwise(dates)) / 2
    return [_date(dates[0] - half), _date(dates[-1] + half)]


def _y_range(heights: list[int]) -> list[float]:
    """Return 0 and what leaves a twentieth of the axis free above the highest bar, rounded as Plotly does."""
    return [0, max(heights) / 19 * 20]


def _date(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
