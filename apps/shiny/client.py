"""Shiny's protocol without a browser: JSON over a WebSocket, and in it the messages of the chart, a Jupyter widget."""

import copy
import json
import math
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyuibench.contract.scenarios import OUTPUTS, Value
from pyuibench.instruments.wire.client import Client as BaseClient
from pyuibench.instruments.wire.client import ProtocolError
from pyuibench.instruments.wire.http import Connection
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import chart_text
from workload.tasks import sample_csv

Json = dict[str, Any]

INPUTS: Json = {
    "crunch:bslib.taskbutton": {"value": 0, "autoReset": True},
    "upload:shiny.file": None,
    "increment:shiny.action": 0,
    "ask:shiny.action": 0,
    "category": "All",
    "min_units": 30,
    "granularity": "month",
    "name": "",
}
CHART_PLACE: Json = {
    "width": 1256,
    "height": 32,
    "bg": "rgb(255, 255, 255)",
    "fg": "rgb(29, 31, 33)",
    "accent": "rgb(0, 123, 194)",
    "font": {
        "families": [
            "Open Sans",
            "-apple-system",
            "BlinkMacSystemFont",
            "Segoe UI",
            "Roboto",
            "Helvetica Neue",
            "Arial",
            "sans-serif",
        ],
        "size": "16px",
    },
}
CHART_HEIGHT = ".clientdata_output_chart_height"
ROWS_INPUTS: Json = {
    "rows_cell_selection": None,
    "rows_sort": [],
    "rows_column_sort": [],
    "rows_filter": [],
    "rows_column_filter": [],
    "rows_data_view_rows": list(range(50)),
    "rows_data_view_indices": list(range(50)),
    "rows_selected_rows": None,
}
# How often the page says that nothing has changed, after it has bound the table.
EMPTY_AFTER_ROWS = 8

NAMES = {"order_count": "orders"}
SLIDER = re.compile(r'<input class="js-range-slider" id="([^"]+)"[^>]* data-from="(\d+)"')
OUTPUT = re.compile(r"<(?:div\b[^>]*\bshiny-(?:text|html|ipywidget)-output\b|shiny-data-frame\b)[^>]*>")
ID = re.compile(r'\bid="([^"]+)"')
CELL = re.compile(r"(?:cell|value)_(\d+)")
# The widget's own script, which is in every message that opens one: 5 MB that only a page needs.
SCRIPT = (r"\"_esm\": \"", r"\", \"")
OPENS_WIDGET = '{"custom": {"shinywidgets_comm_open"'
# Where the figure's traces, and then its layout, stand in a chart that comes as HTML.
PLOT = re.compile(r'Plotly\.newPlot\(\s*"[^"]+",\s*')


class Figure:
    """The chart's widget in the page: it tells the server all that plotly.js has added to the figure."""

    echo: Json = json.loads((Path(__file__).parent / "echo.json").read_text())

    def __init__(self, content: Json) -> None:
        state = content["data"]["state"]
        trace = state["_widget_data"][0]
        self.id: str = content["comm_id"]
        self._title: str = state["_widget_layout"]["title"]["text"]
        self._uid: str = trace["uid"]
        self._x, self._y = trace["x"], trace["y"]
        self._trace_edit: int = state["_last_trace_edit_id"]
        self._layout_edit: int = state["_last_layout_edit_id"]
        self._shown = self._layout()

    @property
    def text(self) -> str:
        """Return what it shows: its title and its bars."""
        return chart_text(self._title, self._y)

    def view(self) -> Json:
        return self._message({"_view_count": 1})

    def drawn(self) -> Iterator[Json]:
        yield self._message(self._traces())
        yield self._message(self._layout(autosize=True)) | {CHART_HEIGHT: 320}
        relayout = {"relayout_data": {"autosize": True}, "source_view_id": secrets.token_hex(3)}
        yield self._message({"_js2py_relayout": relayout})

    def changed(self, state: Json) -> Iterator[Json]:
        """Apply what the server changes in the widget; yield what the page answers."""
        if relayout := state.get("_py2js_relayout"):
            self._layout_edit = relayout["layout_edit_id"]
            self._shown = self._layout(ticks=False)
            yield self._message(self._shown)
        if update := state.get("_py2js_update"):
            self._trace_edit, self._layout_edit = update["trace_edit_id"], update["layout_edit_id"]
            self._x = update["style_data"].get("x", [self._x])[0]
            self._y = update["style_data"].get("y", [self._y])[0]
            self._title = update["layout_data"].get("title.text", self._title)
            yield self._message(self._traces() | self._shown)
            self._shown = self._layout()
            yield self._message(self._traces() | self._shown)

    def _message(self, state: Json) -> Json:
        content = {"comm_id": self.id, "data": {"method": "update", "state": state, "buffer_paths": []}}
        message = {"content": content, "metadata": {}, "buffers": [], "header": {}}
        return {"shinywidgets_comm_send": _dumps(message)}

    def _traces(self) -> Json:
        delta = {**self.echo["trace"], "uid": self._uid}
        return {"_js2py_traceDeltas": {"trace_deltas": [delta], "trace_edit_id": self._trace_edit}}

    def _layout(self, *, autosize: bool = False, ticks: bool = True) -> Json:
        layout = copy.deepcopy(self.echo["layout"])
        layout["xaxis"]["range"] = _range_of_dates(self._x)
        top = max(self._y) * 20 / 19
        layout["yaxis"]["range"] = [0, int(top) if top.is_integer() else top]
        layout["yaxis"]["dtick"] = _tick(top)
        if not autosize:
            del layout["autosize"]
        if not ticks:
            for axis in ("xaxis", "yaxis"):
                del layout[axis]["tick0"], layout[axis]["dtick"]
        return {"_js2py_widget_layoutDelta": {"layout_delta": layout, "layout_edit_id": self._layout_edit}}


class Client(BaseClient):
    """One page. What it has to answer is sent from a greenlet, as a browser has drawn first and answers later."""

    def open(self) -> None:
        self.http = Connection(self.url, self.traffic)
        page = self.http.get("/").decode()
        address = urlsplit(self.url)
        self.socket = WebSocket(f"{self.socket_url}/websocket/", self.traffic, origin=self.origin)
        self._sliders = dict(SLIDER.findall(page))
        self._figures: dict[str, Figure] = {}
        self._shown: Figure | None = None
        self._rows_bound = False
        inputs = INPUTS if self.page == "app" else {name: int(value) for name, value in self._sliders.items()}
        place = {
            "pixelratio": 1,
            "url_protocol": "http:",
            "url_hostname": address.hostname,
            "url_port": str(address.port),
            "url_pathname": "/",
            "url_search": "",
            "url_hash_initial": "",
            "url_hash": "",
            "singletons": "",
        }
        self._send("init", {**inputs, **self._bind(page), **{f".clientdata_{name}": it for name, it in place.items()}})

    def act(self, control: str, value: Value) -> None:
        if control == "upload":
            size = len(sample_csv(int(value)))
            self._request(
                "uploadInit", [[{"name": "orders.csv", "size": size, "type": "text/csv"}]], 2 * int(value) - 2
            )
        elif control == "crunch":
            self._send("update", {"crunch:bslib.taskbutton": {"value": value, "autoReset": True}})
        elif control in ("increment", "ask"):
            self._send("update", {f"{control}:shiny.action": value})
        elif control.startswith("cell-"):
            self._send("update", {list(self._sliders)[int(control.removeprefix("cell-"))]: value})
        else:
            self._send("update", {control: value})

    def receive(self, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while not self._apply(self.socket.receive(max(deadline - time.monotonic(), 0.001))):
            pass

    def close(self) -> None:
        self.kill_greenlets()
        self.socket.close()
        self.http.close()

    def _apply(self, message: str) -> bool:
        """Apply a message; return whether it changed anything that is shown."""
        if message.startswith(OPENS_WIDGET):
            self._open_figure(message)
            return False
        content = json.loads(message)
        if errors := content.get("errors"):
            raise ProtocolError(f"the server reports {errors}")
        if "response" in content:
            self._uploading(content["response"])
        custom = [self._custom(kind, it) for kind, it in content.get("custom", {}).items()]
        values = content.get("values", {})
        if values:
            self._values(values)
        return bool(values) or any(custom)

    def _values(self, values: Mapping[str, Any]) -> None:
        answers: list[Json] = []
        for name, value in values.items():
            if isinstance(value, str):
                self._show(name, value)
            elif value and "model_id" in value:
                is_first, self._shown = self._shown is None, self._figures[value["model_id"]]
                self.texts[name] = self._shown.text
                height = {CHART_HEIGHT: 0}
                # Of the page's first outputs it tells together what of later ones it tells apart.
                answers += [height | self._shown.view()] if is_first else [self._shown.view(), height]
            elif value and "html" in value:
                self.texts[name] = _plotted(value["html"])
            elif value and "payload" in value:
                self.texts[name] = value["payload"]["data"][0][0]
                answers += self._bound_rows()
        if self._shown and "chart" in values:
            answers += self._shown.drawn()
        if answers:
            self._answer(answers)

    def _bound_rows(self) -> Iterator[Json]:
        yield {} if self._rows_bound else ROWS_INPUTS
        if not self._rows_bound:
            yield from [{}] * EMPTY_AFTER_ROWS
        self._rows_bound = True

    def _custom(self, kind: str, custom: Any) -> bool:
        """Apply a component's own message; return whether it changed anything that is shown."""
        if kind == "shinyMarkdownStreamMessage" and "content" in custom:
            before = "" if custom["operation"] == "replace" else self.texts.get(custom["id"], "")
            self.texts[custom["id"]] = before + custom["content"]
            return True
        if kind == "shinyDataFrameMessage":
            self.texts[custom["id"]] = custom["obj"]["data"][0][0]
            return True
        if kind == "shinywidgets_comm_msg":
            content = json.loads(custom)["content"]
            figure = self._figures.get(content["comm_id"])
            if figure and (answers := list(figure.changed(content["data"]["state"]))):
                self.texts["chart"] = figure.text
                self._answer(answers)
                return True
        if kind == "shinywidgets_comm_close":
            self._figures.pop(json.loads(custom)["content"]["comm_id"], None)
        return False

    def _open_figure(self, message: str) -> None:
        start = message.index(SCRIPT[0]) + len(SCRIPT[0])
        message = message[:start] + message[message.index(SCRIPT[1], start) :]
        figure = Figure(json.loads(json.loads(message)["custom"]["shinywidgets_comm_open"])["content"])
        self._figures[figure.id] = figure

    def _uploading(self, response: Mapping[str, Any]) -> None:
        """Go on with an upload: its first answer says where to post the file, its second that all has come."""
        if "error" in response:
            raise ProtocolError(f"the server refuses the upload: {response['error']}")
        if job := response["value"]:
            number = response["tag"] // 2 + 1
            self.http.post(
                f"/{job['uploadUrl']}", sample_csv(number), headers={"Content-Type": "application/octet-stream"}
            )
            self._request("uploadEnd", [job["jobId"], "upload"], response["tag"] + 1)

    def _bind(self, html: str) -> Json:
        """Return what the page tells the server of the outputs that it finds."""
        told: Json = {}
        for tag in OUTPUT.findall(html):
            name = ID.search(tag)[1]
            told[f".clientdata_output_{name}_hidden"] = False
            if "ipywidget" in tag:
                told |= {f".clientdata_output_chart_{key}": value for key, value in CHART_PLACE.items()}
        return told

    def _show(self, name: str, text: str) -> None:
        if cell := CELL.match(name):
            self.texts[f"cell-{cell[1]}"] = text
        elif (output := NAMES.get(name, name)) in OUTPUTS:
            self.texts[output] = text

    def _answer(self, messages: Iterable[Json]) -> None:
        self.spawn(lambda: [self._send("update", message) for message in list(messages)])

    def _send(self, method: str, data: Json) -> None:
        self.socket.send(_dumps({"method": method, "data": data}))

    def _request(self, method: str, arguments: list[Any], tag: int) -> None:
        self.socket.send(_dumps({"method": method, "args": arguments, "tag": tag}))


def _plotted(html: str) -> str:
    """Return what the chart shows that a piece of HTML draws: its title and its bars."""
    decoder = json.JSONDecoder()
    traces, end = decoder.raw_decode(html, PLOT.search(html).end())
    layout, _ = decoder.raw_decode(html, html.index("{", end))
    return chart_text(layout["title"]["text"], traces[0]["y"])


def _dumps(message: Any) -> str:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def _range_of_dates(days: list[str]) -> list[str]:
    """Return the range of an axis of bars: half of the shortest period more on either side."""
    starts = [datetime.fromisoformat(day) for day in days]
    half: timedelta = min(later - earlier for earlier, later in pairwise(starts)) / 2
    return [
        (end).strftime("%Y-%m-%d" if end.hour == 0 else "%Y-%m-%d %H:%M")
        for end in (starts[0] - half, starts[-1] + half)
    ]


def _tick(top: float) -> int:
    """Return the distance of two ticks, as plotly.js chooses it for an axis of 230 pixels."""
    rough = top / 6.75
    base = 10 ** math.floor(math.log10(rough))
    return next(step * base for step in (2, 5, 10) if rough <= step * base)
