"""Solara's protocol, without a browser: Jupyter messages between a page's widgets and its kernel, over a WebSocket."""

import itertools
import json
import struct
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyuibench.contract.scenarios import OUTPUTS, Value
from pyuibench.instruments.wire.client import Client as BaseClient
from pyuibench.instruments.wire.client import ProtocolError
from pyuibench.instruments.wire.http import Connection
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import chart_text, figure_text
from workload.tasks import sample_csv

State = dict[str, Any]

# As Chromium sent them for a click, and for the chart when it was drawn. Solara ignores what is in the first, and Plotly what is
# in the last; the ranges of the axes are those of one chart.
RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
SLIDERS = {"min_units": "Minimum units"}
# Jupyter's styles have something to say on the classes `table` and `progress`.
OUTPUT_OF = {"caption": "table", "step": "progress"}
CHUNK_BYTES = 1024 * 1024
SILENCE_S = 3600.0
REPLACED_S = 5.0
LOOK_S = 0.001


@dataclass
class Widget:
    """A widget's state as the page has it, and what the page has still to tell the server of it.

    As in ipywidgets, one message with new state is under way at a time; what changes meanwhile is sent with the next.
    """

    state: State
    pending: str = ""
    changed: State = field(default_factory=dict)
    traces: list[State] = field(default_factory=list)


class Client(BaseClient):
    """One page: it keeps the widgets, answers as their scripts do, and reads the outputs from their state."""

    def open(self) -> None:
        self._http = Connection(self.url, self.traffic)
        self._http.get("/")
        self._kernel = str(uuid.uuid4())
        self._session = str(uuid.uuid4())
        self._control = str(uuid.uuid4())
        self._widgets: dict[str, Widget] = {}
        self._mounted = False
        self._file = b""
        self._socket = WebSocket(
            f"{self.socket_url}/jupyter/api/kernels/{self._kernel}/channels?session_id={self._session}",
            self.traffic,
            origin=self.origin,
            headers={"Cookie": "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())},
        )
        self.spawn(self._read)
        self._send("kernel_info_request", {})

    def act(self, control: str, value: Value) -> None:
        if control in ("increment", "ask", "crunch"):
            self._click(self._with_class(control))
        elif control == "upload":
            self._file = sample_csv(int(value))
            file_info = {"name": "orders.csv", "isFile": True, "size": len(self._file)}
            self._sync(self._where("file_info"), {"file_info": [file_info]})
        elif control == "min_units" or control.startswith("cell-"):
            label = SLIDERS.get(control, control.replace("cell-", "Cell "))
            self._sync(self._where("label", label), {"v_model": value})
        else:
            self._sync(self._with_class(control), {"v_model": value})
            if control == "granularity":
                self._click(self._where("value", value))

    def receive(self, timeout_s: float) -> None:
        for output, text in self.take(timeout_s).items():
            if text is None:
                self.texts.pop(output, None)
            else:
                self.texts[output] = text

    def close(self) -> None:
        self.kill_greenlets()
        self._socket.close()
        self._http.post(f"/_solara/api/close/{self._kernel}?session_id={self._session}", b"")
        self._http.close()

    def _read(self) -> None:
        while True:
            data = self._socket.receive(SILENCE_S)
            if isinstance(data, bytes):
                data = _first_part(data).decode()
            message = json.loads(data)
            if texts := self._handle(message["msg_type"], message["content"], message["parent_header"]):
                self.put(texts)

    def _handle(self, kind: str, content: Mapping[str, Any], parent: Mapping[str, Any]) -> dict[str, str | None]:
        """Do what the page does with a message, and return what it changes in the outputs."""
        id = content.get("comm_id", "")
        if kind == "kernel_info_reply":
            self._run()
        elif kind == "status" and content["execution_state"] == "idle":
            self._sent(parent["msg_id"])
        elif kind == "comm_open":
            return self._opened(id, content["data"]["state"])
        elif kind == "comm_msg" and id == self._control:
            self._mounted = True
            for mounted in list(self._widgets):
                self._mount(mounted)
        elif id not in self._widgets:
            return {}
        elif kind == "comm_close":
            return {name: None for name, _ in _texts(self._widgets.pop(id))}
        elif content["data"]["method"] == "update":
            return self._updated(id, content["data"]["state"])
        elif content["data"]["method"] == "custom":
            for chunk in content["data"]["content"]["args"]:
                self._upload(id, **chunk)
        return {}

    def _run(self) -> None:
        self._send("comm_open", {"comm_id": self._control, "target_name": "solara.control", "data": {}})
        args = {"path": "/", "dark": False, "themes": {"light": {}, "dark": {}}, "appName": None}
        self._send("comm_msg", {"comm_id": self._control, "data": {"method": "run", "args": args}})

    def _opened(self, id: str, state: State) -> dict[str, str | None]:
        if state["_model_name"] == "HTMLModel":
            raise ProtocolError(state["value"])
        self._widgets[id] = Widget(state)
        if self._mounted:
            self._mount(id)
        return dict(_texts(self._widgets[id]))

    def _mount(self, id: str) -> None:
        """Tell what a widget tells when it is shown: a table its options, a chart how it was drawn."""
        widget = self._widgets[id]
        if "items_per_page" in widget.state:
            self._sync(id, {"options": {**widget.state["options"], "groupBy": []}})
        elif "_py2js_relayout" in widget.state:
            self._sync(id, self._trace_deltas(widget, widget.state["_last_trace_edit_id"]))
            self._sync(id, {**_layout_delta(widget.state["_last_layout_edit_id"]), "_view_count": 1})

    def _updated(self, id: str, state: State) -> dict[str, str | None]:
        widget = self._widgets[id]
        before = dict(_texts(widget))
        # The chart's messages are traits that are taken back at once.
        widget.state.update({name: value for name, value in state.items() if value is not None})
        if self._mounted and (relayout := state.get("_py2js_relayout")):
            self._sync(id, _layout_delta(relayout["layout_edit_id"]))
        for name in ("_py2js_addTraces", "_py2js_deleteTraces"):
            if edit := state.get(name):
                widget.traces += edit.get("trace_data", ())
                for index in sorted(edit.get("delete_inds", ()), reverse=True):
                    del widget.traces[index]
                if self._mounted:
                    deltas = self._trace_deltas(widget, edit["trace_edit_id"])
                    self._sync(id, deltas | _layout_delta(edit["layout_edit_id"]))
        return dict.fromkeys(before) | dict(_texts(widget))

    def _trace_deltas(self, widget: Widget, edit: int) -> State:
        deltas = [{"uid": trace["uid"], **RECORDED["trace_delta"]} for trace in widget.traces]
        return {"_js2py_traceDeltas": {"trace_deltas": deltas, "trace_edit_id": edit}}

    def _upload(self, drop: str, file_index: int, offset: int, length: int, id: int) -> None:
        for start in range(offset, offset + length, CHUNK_BYTES):
            size = min(CHUNK_BYTES, offset + length - start)
            data = {"id": id, "file_index": file_index, "offset": start, "length": size}
            self._custom(drop, {"event": "upload", "data": data}, self._file[start : start + size])

    def _with_class(self, name: str) -> str:
        return self._found(lambda state: name in _classes(state))

    def _where(self, name: str, value: Value | None = None) -> str:
        return self._found(lambda state: name in state and value in (None, state[name]))

    def _found(self, fits: Callable[[State], bool]) -> str:
        """Return the widget that fits. One that is being replaced is waited for, as a person can't click on it either."""
        deadline_s = time.monotonic() + REPLACED_S
        while time.monotonic() < deadline_s:
            for id, widget in self._widgets.items():
                if fits(widget.state):
                    return id
            time.sleep(LOOK_S)
        raise ProtocolError(f"the control isn't on the page, nor within {REPLACED_S:g} s")

    def _click(self, id: str) -> None:
        self._custom(id, {"event": "click", "data": RECORDED["click"]})

    def _custom(self, id: str, content: State, *buffers: bytes) -> None:
        self._send("comm_msg", {"comm_id": id, "data": {"method": "custom", "content": content}}, *buffers)

    def _sync(self, id: str, state: State) -> None:
        widget = self._widgets[id]
        widget.state.update(state)
        widget.changed.update(state)
        if not widget.pending:
            self._send_changed(id)

    def _sent(self, message: str) -> None:
        for id, widget in self._widgets.items():
            if widget.pending == message:
                widget.pending = ""
                if widget.changed:
                    self._send_changed(id)
                return

    def _send_changed(self, id: str) -> None:
        widget = self._widgets[id]
        data = {"method": "update", "state": widget.changed, "buffer_paths": []}
        widget.pending = str(uuid.uuid4())
        widget.changed = {}
        self._send("comm_msg", {"comm_id": id, "data": data}, message_id=widget.pending)

    def _send(self, kind: str, content: State, *buffers: bytes, message_id: str = "") -> None:
        message = {
            "channel": "shell",
            "content": content,
            "header": {
                "date": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "msg_id": message_id or str(uuid.uuid4()),
                "msg_type": kind,
                "session": self._session,
                "username": "",
                "version": "5.2",
            },
            "metadata": {},
            "parent_header": {},
        }
        if buffers:
            self._socket.send(_joined(_json(message).encode(), *buffers))
        else:
            self._socket.send(_json({"buffers": [], **message}))


def _texts(widget: Widget) -> Iterator[tuple[str, str]]:
    """Yield output and text for what a widget shows. A chart whose next bars stand beside the last ones shows neither."""
    state = widget.state
    if state["_model_name"] == "HtmlModel":
        for name in (OUTPUT_OF.get(each, each) for each in _classes(state)):
            if name in OUTPUTS or name.startswith("cell-"):
                yield name, state["children"][0]
    if "figure" in state:
        yield "chart", figure_text(state["figure"])
    if (relayout := state.get("_py2js_relayout")) and "title" in relayout["relayout_data"] and len(widget.traces) == 1:
        yield "chart", chart_text(relayout["relayout_data"]["title"]["text"], widget.traces[0]["y"])
    if "items_per_page" in state:
        yield "rows", state["items"][0][state["headers"][0]["key"]]


def _classes(state: State) -> list[str]:
    return (state.get("class_") or "").split()


def _layout_delta(edit: int) -> State:
    return {"_js2py_widget_layoutDelta": {"layout_delta": RECORDED["layout_delta"], "layout_edit_id": edit}}


def _json(message: State) -> str:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def _joined(*parts: bytes) -> bytes:
    """Return a message with buffers: the number of parts, where each begins, the parts."""
    sizes = [4 * (len(parts) + 1), *map(len, parts[:-1])]
    return struct.pack(f"!{len(parts) + 1}I", len(parts), *itertools.accumulate(sizes)) + b"".join(parts)


def _first_part(data: bytes) -> bytes:
    (parts,) = struct.unpack_from("!I", data)
    start, *ends = struct.unpack_from(f"!{parts}I", data, 4)
    return data[start : ends[0] if ends else len(data)]
