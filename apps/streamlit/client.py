"""Streamlit's protocol, without a browser: protobuf messages over one WebSocket."""

import importlib
import importlib.util
import json
import sys
import uuid
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import gevent
import pyarrow as pa

from pyuibench.contract.scenarios import Value
from pyuibench.instruments.wire.client import Client as BaseClient
from pyuibench.instruments.wire.client import ProtocolError
from pyuibench.instruments.wire.http import Connection, multipart
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import figure_text
from workload.tasks import sample_csv


def _generated(name: str) -> ModuleType:
    """Return a module of message classes. It needs nothing of its package, whose own import takes long."""
    if "streamlit" not in sys.modules and (spec := importlib.util.find_spec("streamlit")):
        sys.modules["streamlit"] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"streamlit.proto.{name}_pb2")


BackMsg = _generated("BackMsg").BackMsg
ForwardMsg = _generated("ForwardMsg").ForwardMsg
Markdown = _generated("Markdown").Markdown
WidgetState = _generated("WidgetStates").WidgetState

USER_KEY = len(f"$$ID-{0:032}-")
KPIS = {"Orders": "orders", "Revenue": "revenue", "Average price": "average_price", "Top product": "top_product"}
WIDGETS = {"button", "text_input", "selectbox", "slider", "radio", "file_uploader"}
FILE_NAME = "orders.csv"
WIDGET_TIMEOUT_S = 10.0


@dataclass
class _Widget:
    kind: str
    id: str
    fragment: str


class Client(BaseClient):
    """One session of any variant: an interaction sends all widgets' values, and the answer is a run of deltas."""

    def open(self) -> None:
        self._widgets: dict[str, _Widget] = {}
        self._values: dict[str, Any] = {}
        self._containers: dict[tuple[int, ...], str] = {}
        self._cache = _Cache()
        self._page_script_hash = ""
        self._session_id = ""
        self._file = b""
        self._timers: dict[str, gevent.Greenlet] = {}
        http = Connection(self.url, self.traffic)
        for path in ("/", "/_stcore/health", "/_stcore/host-config"):
            http.get(path)
        token = http.cookies["_streamlit_xsrf"]
        self._token = token
        self._http = http
        self._socket = WebSocket(
            f"{self.socket_url}/_stcore/stream",
            self.traffic,
            subprotocols=["streamlit", token],
            origin=self.origin,
            headers={"Cookie": f"_streamlit_xsrf={token}"},
        )
        self._rerun("", [])

    def act(self, control: str, value: Value) -> None:
        widget = self._widget(control.replace("cell-", "slider-"))
        states = self._values
        if widget.kind == "file_uploader":
            self._ask_for_urls(widget, sample_csv(int(value)))
            return
        if widget.kind == "button":
            states = {**states, widget.id: WidgetState(id=widget.id, trigger_value=True)}
        else:
            states[widget.id] = _state(widget, value)
        self._rerun(widget.fragment, states.values())

    def receive(self, timeout_s: float) -> None:
        while not self._apply(self._socket.receive(timeout_s)):
            pass

    def close(self) -> None:
        self._stop_timers(list(self._timers))
        self._socket.close()
        self._http.close()

    def _widget(self, key: str) -> _Widget:
        """Return a widget, which the first run may not have come to yet."""
        while key not in self._widgets:
            self._apply(self._socket.receive(WIDGET_TIMEOUT_S))
        return self._widgets[key]

    def _rerun(self, fragment: str, states: Any, is_auto_rerun: bool = False) -> None:
        self._socket.send(
            BackMsg(
                rerun_script={
                    "widget_states": {"widgets": states},
                    "page_script_hash": self._page_script_hash,
                    "fragment_id": fragment,
                    "is_auto_rerun": is_auto_rerun,
                    "cached_message_hashes": self._cache.hashes,
                    "context_info": {
                        "timezone": "UTC",
                        "timezone_offset": 0,
                        "locale": "en-US",
                        "url": f"{self.url}/",
                        "is_embedded": False,
                        "color_scheme": "light",
                    },
                }
            ).SerializeToString()
        )

    def _rerun_every(self, interval_s: float, fragment: str) -> None:
        while True:
            gevent.sleep(interval_s)
            self._rerun(fragment, self._values.values(), is_auto_rerun=True)

    def _stop_timers(self, fragments: Any) -> None:
        for fragment in fragments:
            if timer := self._timers.pop(fragment, None):
                timer.kill(block=False)

    def _ask_for_urls(self, widget: _Widget, content: bytes) -> None:
        if self._values[widget.id].file_uploader_state_value.uploaded_file_info:
            self._rerun_with_files(widget, [])
        self._file = content
        request = {"request_id": str(uuid.uuid4()), "file_names": [FILE_NAME], "session_id": self._session_id}
        self._socket.send(BackMsg(file_urls_request=request).SerializeToString())

    def _upload(self, urls: Any) -> None:
        body, headers = multipart({FILE_NAME: (FILE_NAME, self._file)})
        self._http.put(urls.upload_url, body, {**headers, "X-Xsrftoken": self._token})
        file = {"file_id": urls.file_id, "name": FILE_NAME, "size": len(self._file), "file_urls": urls}
        self._rerun_with_files(self._widgets["upload"], [file])

    def _rerun_with_files(self, widget: _Widget, files: list[dict[str, Any]]) -> None:
        self._values[widget.id] = _state(widget, files)
        self._rerun(widget.fragment, self._values.values())

    def _apply(self, data: str | bytes) -> bool:
        """Apply one message; return whether it set an output."""
        message = self._cache.resolve(ForwardMsg.FromString(data))
        kind = message.WhichOneof("type")
        if kind == "delta":
            return self._apply_delta(message.delta, tuple(message.metadata.delta_path))
        if kind == "new_session":
            self._session_id = message.new_session.initialize.session_id
            self._page_script_hash = message.new_session.page_script_hash
            self._cache.longest_age = message.new_session.config.max_cached_message_age
            if not message.metadata.run.fragment_ids:
                self._stop_timers(list(self._timers))
        elif kind == "auto_rerun":
            fragment = message.auto_rerun.fragment_id
            if fragment not in self._timers:
                interval_s = message.auto_rerun.interval
                self._timers[fragment] = gevent.spawn(self._rerun_every, interval_s, fragment)
        elif kind == "stop_auto_rerun":
            self._stop_timers(message.stop_auto_rerun.fragment_ids)
        elif kind == "file_urls_response":
            self._upload(message.file_urls_response.file_urls[0])
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise ProtocolError("the script doesn't compile")
            if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self._cache.end_run(message.metadata.run.fragment_ids)
        return False

    def _apply_delta(self, delta: Any, path: tuple[int, ...]) -> bool:
        if delta.HasField("add_block"):
            self._containers[path] = delta.add_block.id[USER_KEY:]
            return False
        kind = delta.new_element.WhichOneof("type")
        if kind is None:
            return False
        element = getattr(delta.new_element, kind)
        if kind in WIDGETS:
            self._keep(_Widget(kind, element.id, delta.fragment_id), element)
        elif kind == "exception":
            raise ProtocolError(f"{element.type}: {element.message}")
        elif kind == "text" or (kind == "markdown" and element.element_type == Markdown.NATIVE):
            self.texts[self._containers[path[:-1]]] = element.body
            return True
        elif kind == "progress" and element.text:
            self.texts[self._containers[path[:-1]]] = element.text
            return True
        elif kind == "metric":
            self.texts[KPIS[element.label]] = element.body
            return True
        elif kind == "plotly_chart":
            self.texts["chart"] = figure_text(json.loads(element.spec))
            return True
        elif kind == "markdown" and element.element_type == Markdown.CAPTION:
            self.texts["table"] = element.body
            return True
        elif kind == "dataframe":
            self.texts["rows"] = pa.ipc.open_stream(element.arrow_data.data).read_next_batch()[0][0].as_py()
            return True
        return False

    def _keep(self, widget: _Widget, element: Any) -> None:
        self._widgets[widget.id[USER_KEY:]] = widget
        if widget.kind != "button" and widget.id not in self._values:
            self._values[widget.id] = _state(widget, _initial(widget, element))


class _Cache:
    """The large messages of the last runs, to which the server may refer by hash instead of sending them again."""

    def __init__(self) -> None:
        self.longest_age = 0
        self._runs = 0
        self._messages: dict[str, tuple[Any, int]] = {}

    @property
    def hashes(self) -> list[str]:
        """Return what the server may refer to."""
        return list(self._messages)

    def resolve(self, message: Any) -> Any:
        """Return the message that was meant, and keep it if it may be referred to."""
        if message.WhichOneof("type") == "ref_hash":
            referred, _ = self._messages[message.ref_hash]
            referred.metadata.CopyFrom(message.metadata)
            self._messages[message.ref_hash] = referred, self._runs
            return referred
        if message.metadata.cacheable:
            self._messages[message.hash] = message, self._runs
        return message

    def end_run(self, fragments: Any) -> None:
        """Drop what has become too old; a run of fragments only ages their own messages."""
        self._runs += 1
        self._messages = {
            key: (message, run)
            for key, (message, run) in self._messages.items()
            if (fragments and message.delta.fragment_id not in fragments) or self._runs - run <= self.longest_age
        }


def _initial(widget: _Widget, element: Any) -> Any:
    if widget.kind == "file_uploader":
        return []
    if widget.kind == "slider":
        return element.default[0]
    return element.default if widget.kind == "text_input" else element.options[element.default]


def _state(widget: _Widget, value: Any) -> Any:
    if widget.kind == "file_uploader":
        return WidgetState(id=widget.id, file_uploader_state_value={"uploaded_file_info": value})
    if widget.kind == "slider":
        return WidgetState(id=widget.id, double_array_value={"data": [value]})
    return WidgetState(id=widget.id, string_value=value)
