"""NiceGUI's protocol, without a browser: the page holds the elements, socket.io carries events up and updates down."""

import html
import json
import re
import uuid
from typing import Any, TypeAlias
from urllib.parse import urlencode

import gevent

import workload
from pyuibench.contract.scenarios import Value
from pyuibench.instruments.wire import client
from pyuibench.instruments.wire.client import ProtocolError
from pyuibench.instruments.wire.http import Connection
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import figure_text
from workload.tasks import sample_csv

Element: TypeAlias = dict[str, Any]

ELEMENTS = re.compile(r"createApp\(parseElements\(String\.raw`(.*?)`\)", re.DOTALL)
CLIENT_ID = re.compile(r"'client_id': '([^']+)'")
# Of Engine.IO 4, and of Socket.IO inside its messages.
OPEN, CLOSE, PING, PONG, CONNECT, EVENT = "0", "1", "2", "3", "40", "42"
ACK_INTERVAL_S = 3.0
OPEN_TIMEOUT_S = 30.0
SILENCE_S = 3600.0
CHOICES = {"category": workload.CATEGORIES, "granularity": workload.GRANULARITIES}
# What a table says of itself when it appears; the server answers with the whole table.
PAGINATION = {"sortBy": None, "descending": False, "page": 1, "rowsPerPage": 0}


class Client(client.Client):
    """One page. An element's name is its `data-testid`."""

    def open(self) -> None:
        self.http = Connection(self.url, self.traffic)
        page = self.http.get("/").decode()
        elements, client_id = ELEMENTS.search(page), CLIENT_ID.search(page)
        if elements is None or client_id is None:
            raise ProtocolError("the page holds no elements")
        self.elements: dict[str, Element] = {}
        self.ids: dict[str, str] = {}
        self.client_id = client_id[1]
        self.next_message_id = 0
        self._connect()
        self._apply(json.loads(html.unescape(elements[1])))
        self.spawn(self._read)
        self.spawn(self._acknowledge)

    def act(self, control: str, value: Value) -> None:
        name = control.replace("cell", "slider")
        if control in ("increment", "ask", "crunch"):
            self._emit(name, "click")
        elif control == "name":
            self._emit(name, "update:value", value)
        elif control == "category":
            self._emit(name, "popupShow", None)
            self._emit(name, "update:modelValue", {"value": CHOICES[control].index(str(value)), "label": value})
            self._emit(name, "popupHide", None)
        elif control == "granularity":
            self._emit(name, "update:modelValue", CHOICES[control].index(str(value)))
        elif control == "upload":
            self.spawn(self._upload, sample_csv(int(value)))
        else:
            self._emit(name, "update:modelValue", value)

    def receive(self, timeout_s: float) -> None:
        event, data = self.take(timeout_s)
        if event == "update":
            self._apply(data)
        elif event == "try_reconnect":
            raise ProtocolError("the server asked for a reload")

    def close(self) -> None:
        self.kill_greenlets()
        self.socket.close()
        self.http.close()

    def _connect(self) -> None:
        query = {
            "client_id": self.client_id,
            "next_message_id": self.next_message_id,
            "implicit_handshake": "true",
            "document_id": uuid.uuid4(),
            "tab_id": uuid.uuid4(),
            "old_tab_id": "null",
            "EIO": 4,
            "transport": "websocket",
        }
        address = f"{self.socket_url}/_nicegui_ws/socket.io/?{urlencode(query)}"
        self.socket = WebSocket(address, self.traffic, origin=self.origin)
        self._expect(OPEN)
        self.socket.send(CONNECT)
        self._expect(CONNECT)

    def _expect(self, kind: str) -> None:
        packet = str(self.socket.receive(OPEN_TIMEOUT_S))
        if not packet.startswith(kind):
            raise ProtocolError(f"the server said {packet[:200]}")

    def _read(self) -> None:
        """Answer pings at any time, as a page does; hand on everything else."""
        while True:
            packet = str(self.socket.receive(SILENCE_S))
            if packet == PING:
                self.socket.send(PONG)
            elif packet.startswith(EVENT):
                event, data = json.loads(packet.removeprefix(EVENT))
                self.next_message_id = data.pop("_id", self.next_message_id - 1) + 1
                self.put((event, data))
            else:
                raise ProtocolError(f"the server said {packet[:200]}")

    def _acknowledge(self) -> None:
        acknowledged = -1
        while True:
            gevent.sleep(ACK_INTERVAL_S)
            if self.next_message_id > acknowledged:
                acknowledged = self.next_message_id
                self._send("ack", {"client_id": self.client_id, "next_message_id": acknowledged})

    def _apply(self, changes: dict[str, Element | None]) -> None:
        for number, element in changes.items():
            if element is None:
                self._forget(number)
            else:
                self._show(number, element)

    def _forget(self, number: str) -> None:
        element = self.elements.pop(number, {})
        name = _name(element)
        if name and self.ids.get(name) == number:
            del self.ids[name]
            self.texts.pop(name, None)

    def _show(self, number: str, element: Element) -> None:
        appears = number not in self.elements
        self.elements[number] = element
        if name := _name(element):
            self.ids[name] = number
            self.texts[name] = _text(element)
            if appears and element["tag"] == "nicegui-table":
                self._emit(name, "update:pagination", PAGINATION)

    def _emit(self, name: str, event: str, *args: Any) -> None:
        number = self.ids[name]
        listener = next(each for each in self.elements[number]["events"] if each["type"] == event)
        message = {
            "id": int(number),
            "client_id": self.client_id,
            "listener_id": listener["listener_id"],
            "args": [None if arg is None else _json(arg) for arg in args],
        }
        self._send("event", message)

    def _send(self, event: str, message: dict[str, Any]) -> None:
        self.socket.send(EVENT + _json([event, message]))

    def _upload(self, csv: bytes) -> None:
        boundary = f"----WebKitFormBoundary{uuid.uuid4().hex[:16]}"
        head = (
            f"--{boundary}\r\n"
            'Content-Disposition: form-data; name="orders.csv"; filename="orders.csv"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        url = self.elements[self.ids["upload"]]["props"]["url"]
        body = head.encode() + csv + f"\r\n--{boundary}--\r\n".encode()
        self.http.post(url, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})


def _name(element: Element) -> str | None:
    name: str | None = element.get("props", {}).get("data-testid")
    return name


def _text(element: Element) -> str:
    props = element["props"]
    if "options" in props and "layout" in props["options"]:
        return figure_text(props["options"])
    if props.get("rows"):
        return str(props["rows"][0][props["columns"][0]["field"]])
    return str(element.get("text", ""))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
