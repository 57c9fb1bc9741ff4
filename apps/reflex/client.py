"""Reflex's protocol, without a browser: events and state deltas over socket.io on a WebSocket, files posted."""

import html
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from websocket import WebSocketException

from pyuibench.contract.scenarios import OUTPUTS, Value
from pyuibench.instruments.wire.client import Client as BaseClient
from pyuibench.instruments.wire.client import ProtocolError, Traffic
from pyuibench.instruments.wire.http import Connection, multipart
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import chart_text, figure_text
from workload.tasks import sample_csv

NAMESPACE = "/_event,"
ROOT = "reflex___state____state"
ROUTER_DATA = {"pathname": "/", "asPath": "/"}
# The server pings after 25 s without traffic.
SILENCE_S = 60.0

SCRIPT = re.compile(r'<link rel="modulepreload" href="([^"]+)"')
SCHEMA = re.compile(r"initialStateHashes=(.+?),stateSchema=`([0-9a-f]{32})`")
HASH = re.compile(r"[0-9a-f]{16}")
VERSION = re.compile(r"version=`([^`]+)`,project_hash=")
STATE = re.compile(rf'"?({ROOT}[\w.]*)"?:\{{')
CELL_STATE = re.compile(r"cell_n(\d+)$")
VAR = re.compile(r"(\w+)_rx_state_:")
CHART = re.compile(r"y:\[([^\]]+)\].*?title:\{text:`([^`]+)`")
TEXT = re.compile(r'id="([\w-]+)"[^>]*>([^<]*)<')
CELL = re.compile(r"<td[^>]*>([^<]*)<")

# Control -> its event handler, the handler's argument, and a var of the state that the handler belongs to.
# `texts` is the grid's where one state has all cells; a cell with a state of its own has `text`.
HANDLERS: Mapping[str, tuple[str, str | None, str]] = {
    "increment": ("increment", None, "count"),
    "name": ("set_name", "value", "greeting"),
    "category": ("set_category", "value", "category"),
    "min_units": ("set_min_units", "value", "min_units"),
    "granularity": ("set_granularity", "value", "granularity"),
    "ask": ("ask", None, "answer"),
    "crunch": ("crunch", None, "crunched"),
    "upload": ("upload", None, "uploaded"),
    "cell": ("set_value", "value", "texts"),
}


@dataclass(frozen=True)
class Built:
    """What the build wrote into the page's script: the first state, and what identifies it to the server."""

    version: str
    schema: str
    hashes: tuple[str, ...]
    states: Mapping[str, str]
    chart: str | None


class Client(BaseClient):
    """What the page's script does: the first state is the built one, corrected by what the server finds different in it."""

    def open(self) -> None:
        self._http = Connection(self.url, self.traffic)
        page = self._http.get("/").decode()
        self._built = _built(self.url, page)
        self._shown = _first_texts(page, self._built)
        self._token = str(uuid.uuid4())
        self._socket = WebSocket(
            f"{self.socket_url}/_event/?token={self._token}&EIO=4&transport=websocket",
            self.traffic,
            subprotocols=[self._built.version],
            origin=self.origin,
        )
        self._socket.receive(SILENCE_S)
        hydrate = {
            "name": f"{ROOT}.hydrate_and_load",
            "payload": {"hashes": self._built.hashes},
            "router_data": ROUTER_DATA,
        }
        self._socket.send(f"40{NAMESPACE}{_json({'event': hydrate, 'state_schema': self._built.schema})}")
        self.spawn(self._listen)

    def act(self, control: str, value: Value) -> None:
        key, _, index = control.partition("-")
        handler, argument, var = HANDLERS[key]
        own = self._built.states.get(f"text-{index}")
        name = f"{own or self._built.states[var]}.{handler}"
        if control == "upload":
            self.spawn(self._upload, name, sample_csv(int(value)))
            return
        event: dict[str, Any] = {"name": name}
        if argument:
            sent = [value] if key in ("min_units", "cell") else value
            event["payload"] = {"index": int(index), argument: sent} if index and not own else {argument: sent}
        self._socket.send(f"42{NAMESPACE}{_json(['event', event | {'router_data': ROUTER_DATA}])}")

    def receive(self, timeout_s: float) -> None:
        update = self.take(timeout_s)
        # Reflex tells of an exception in a handler by an event that shows a toast; these pages have no other events.
        if events := update.get("events"):
            raise ProtocolError(f"the server sent {_json(events)[:300]}")
        for state, vars in update.get("delta", {}).items():
            for name, value in vars.items():
                self._show(_var(name.removesuffix("_rx_state_"), state), value)

    def close(self) -> None:
        self.kill_greenlets()
        with suppress(WebSocketException):
            self._socket.send(f"41{NAMESPACE}")
        self._socket.close()
        self._http.close()

    def _listen(self) -> None:
        while True:
            message = str(self._socket.receive(SILENCE_S))
            kind, _, body = message.partition(NAMESPACE)
            if kind == "2":
                self._socket.send("3")
            elif kind == "42":
                name, update = json.loads(body)
                if name != "event":
                    raise ProtocolError(f"the server said {message[:300]}")
                self.put(update)
            elif kind != "40":
                raise ProtocolError(f"the server said {message[:300]}")

    def _upload(self, handler: str, csv: bytes) -> None:
        body, headers = multipart({"files": ("./orders.csv", csv)})
        headers |= {"Reflex-Client-Token": self._token, "Reflex-Event-Handler": handler}
        for line in self._http.post("/_upload", body, headers).splitlines():
            self.put(json.loads(line))

    def _show(self, name: str, value: Any) -> None:
        match name:
            case "is_hydrated" if value:
                self.texts = self._shown
            case "overview":
                for part, content in value.items():
                    self._show(part, content)
            case "kpis":
                self._shown |= value
            case "figure" if value["data"]:
                self._shown["chart"] = figure_text(value)
            case "caption":
                self._shown["table"] = value
            case "rows" if value:
                self._shown["rows"] = value[0][0]
            case "texts":
                self._shown |= {f"cell-{index}": text for index, text in enumerate(value)}
            case _ if name.startswith("text-"):
                self._shown[name.replace("text", "cell")] = value
            case _ if name in OUTPUTS:
                self._shown[name] = value


@cache
def _built(url: str, page: str) -> Built:
    """Return what the page's script holds. It is read once for all sessions, as out of a browser's cache, and not counted."""
    http = Connection(url, Traffic())
    script = next(script for path in SCRIPT.findall(page) if "stateSchema=" in (script := http.get(path).decode()))
    http.close()
    schema, version = SCHEMA.search(script), VERSION.search(script)
    if not (schema and version):
        raise ProtocolError("the page's script names no state schema")
    state = script[: schema.start()]
    chart = CHART.search(state)
    return Built(
        version[1],
        schema[2],
        tuple(HASH.findall(schema[1])),
        dict(_vars(state[state.rindex("initialState={") :])),
        chart_text(chart[2], [float(height) for height in chart[1].split(",")]) if chart else None,
    )


def _vars(state: str) -> Iterator[tuple[str, str]]:
    """Yield each var of the first state, and the full name of its state."""
    names = list(STATE.finditer(state))
    ends = [name.start() for name in names[1:]] + [len(state)]
    for name, end in zip(names, ends, strict=True):
        for var in VAR.findall(state[name.end() : end]):
            yield _var(var, name[1]), name[1]


def _var(name: str, state: str) -> str:
    """Return a var's name, and with it the cell whose own state it is of: the first one made is that of cell 0."""
    cell = CELL_STATE.search(state)
    return f"{name}-{int(cell[1]) - 1}" if cell else name


def _first_texts(page: str, built: Built) -> dict[str, str]:
    """Return what the prerendered page shows, and its chart, which is drawn from the script."""
    texts = {name: html.unescape(text) for name, text in TEXT.findall(page) if name in OUTPUTS or name[:5] == "cell-"}
    if cell := CELL.search(page):
        texts["rows"] = html.unescape(cell[1])
    if built.chart:
        texts["chart"] = built.chart
    return texts


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
