"""Dash's renderer without a browser: it resolves the page's callbacks and posts each one to the server.

No page has a callback whose output is another one's input, so nothing is chained.
"""

import base64
import itertools
import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import gevent

from pyuibench.contract.scenarios import Value
from pyuibench.instruments.wire import client
from pyuibench.instruments.wire.http import Connection
from pyuibench.instruments.wire.websocket import WebSocket
from workload.expected import figure_text
from workload.tasks import sample_csv

Id: TypeAlias = str | dict[str, Any]
Reference: TypeAlias = dict[str, Any]
References: TypeAlias = Reference | list[Reference]

PROPERTIES = {"increment": "n_clicks", "ask": "n_clicks", "crunch": "n_clicks", "upload": "contents"}
MOST_RUNNING = 12
OPEN_TIMEOUT_S = 60.0
QUIET_S = 3600.0
CONFIG = re.compile(rb'<script id="_dash-config" type="application/json">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True, eq=False)
class Call:
    """One callback with its MATCH wildcards filled in: what is posted but for the values."""

    output: str
    outputs: References | list[References]
    inputs: list[References]
    state: list[References]
    waits_for_input: bool = False
    poll_ms: float | None = None


class Client(client.Client):
    """One page. What it has asked for and not yet got is dropped when the same callback is called again."""

    def open(self) -> None:
        self.http = Connection(self.url, self.traffic)
        config = CONFIG.search(self.http.get("/"))
        if config is None:
            raise client.ProtocolError("the page has no configuration")
        self._path = f"/_dash-update-component?endId={json.loads(config[1])['end_id']}"
        for path in ("/_dash-layout", "/_dash-dependencies"):
            self.spawn(self._fetch, path)
        fetched = dict(self.take(OPEN_TIMEOUT_S) for _ in range(2))

        components = list(_components(fetched["/_dash-layout"]))
        self._props = {_key(props["id"]): props for props in components}
        self._names = {key: _name(props["id"]) for key, props in self._props.items()}
        self._numbers = itertools.count()
        self._waiting: dict[Call, list[str]] = {}
        self._running: dict[Call, int] = {}
        self._triggered: dict[str, list[Call]] = defaultdict(list)
        ids = [props["id"] for props in components]
        calls = [call for dependency in fetched["/_dash-dependencies"] for call in _calls(dependency, ids)]
        for call in calls:
            for reference in _flat(call.inputs):
                self._triggered[f"{_key(reference['id'])}.{reference['property']}"].append(call)
        places = {key: place for place, key in enumerate(self._props)}
        for output in (output for call in calls for output in _flat(call.outputs)):
            key, name = _key(output["id"]), output["property"]
            if self._props[key].get(name) is not None:
                self._show(key, {name: self._props[key][name]})
        first = [call for call in calls if not call.waits_for_input]
        for call in sorted(first, key=lambda call: min(places[_key(output["id"])] for output in _flat(call.outputs))):
            self._request(call, [])

    def act(self, control: str, value: Value) -> None:
        name = PROPERTIES.get(control, "value")
        key = control
        if control == "upload":
            value = f"data:text/csv;base64,{base64.b64encode(sample_csv(int(value))).decode()}"
        if control.startswith("cell-"):
            key = _key({"type": "slider", "index": int(control.removeprefix("cell-"))})
        self._props[key][name] = value
        changed = f"{key}.{name}"
        for call in self._triggered[changed]:
            self._request(call, [changed])

    def receive(self, timeout_s: float) -> None:
        self._apply(*self.take(timeout_s))

    def _apply(self, call: Call, number: int, answer: dict[str, Any]) -> None:
        if self._running.get(call) != number:
            return
        for prop, value in answer.get("progress", {}).items():
            key, _, name = prop.rpartition(".")
            self._show(key, {name: value})
        if "response" in answer:
            del self._running[call]
            self._start()
            for key, props in answer["response"].items():
                self._show(key, props)

    def _show(self, key: str, props: dict[str, Any]) -> None:
        for name, value in props.items():
            if name != "value":
                self.texts[self._names[key]] = self._text(key, name, value)

    def close(self) -> None:
        self.kill_greenlets()
        self.http.close()

    def _fetch(self, path: str) -> None:
        self.put((path, json.loads(self.http.get(path))))

    def _request(self, call: Call, changed: list[str]) -> None:
        self._running.pop(call, None)
        self._waiting.pop(call, None)
        self._waiting[call] = changed
        self._start()

    def _start(self) -> None:
        while self._waiting and len(self._running) < MOST_RUNNING:
            call = next(iter(self._waiting))
            payload = self._payload(call, self._waiting.pop(call))
            number = self._running[call] = next(self._numbers)
            self.spawn(self._post, call, number, payload)

    def _post(self, call: Call, number: int, payload: dict[str, Any]) -> None:
        path = self._path
        while True:
            # Without a body (204) the callback has ended and changes nothing.
            answer = json.loads(self.http.post(path, payload) or b'{"response": {}}')
            self.put((call, number, answer))
            if "response" in answer or call.poll_ms is None:
                return
            if "cacheKey" in answer:
                path = f"{self._path}&cacheKey={answer['cacheKey']}&job={answer['job']}"
                payload = _without_values(payload)
            gevent.sleep(call.poll_ms / 1e3)

    def _payload(self, call: Call, changed: list[str]) -> dict[str, Any]:
        payload = {
            "output": call.output,
            "outputs": call.outputs,
            "inputs": [self._valued(references) for references in call.inputs],
            "changedPropIds": changed,
            "parsedChangedPropsIds": [_parsed(prop) for prop in changed],
        }
        if call.state:
            payload["state"] = [self._valued(references) for references in call.state]
        return payload

    def _valued(self, references: References) -> References:
        if isinstance(references, list):
            return [self._with_value(reference) for reference in references]
        return self._with_value(references)

    def _with_value(self, reference: Reference) -> Reference:
        return {**reference, "value": self._props[_key(reference["id"])][reference["property"]]}

    def _text(self, key: str, name: str, value: Any) -> str:
        if name == "figure" and "operations" in value:
            return figure_text(_patched(value["operations"]))
        if name == "figure":
            return figure_text(value)
        if name == "rowData":
            return str(value[0][self._props[key]["columnDefs"][0]["field"]])
        return str(value)


def _patched(operations: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a patch sets of a figure: its traces, and its title."""
    given = {tuple(each["location"]): each["params"]["value"] for each in operations}
    return {"data": given["data",], "layout": {"title": given["layout", "title"]}}


class OverWebSocket(Client):
    """The same page with its callbacks over one WebSocket, which the page opens as soon as it is there."""

    def open(self) -> None:
        self.renderer = str(uuid.uuid4())
        self.asked: dict[str, tuple[Call, int]] = {}
        self.socket = WebSocket(f"{self.socket_url}/_dash-ws-callback", self.traffic, origin=self.origin)
        super().open()
        self.spawn(self._listen)

    def close(self) -> None:
        self.socket.close()
        super().close()

    def _post(self, call: Call, number: int, payload: dict[str, Any]) -> None:
        request = str(uuid.uuid4())
        self.asked[request] = (call, number)
        message = {"type": "callback_request", "rendererId": self.renderer, "requestId": request, "payload": payload}
        self.socket.send(json.dumps(message, separators=(",", ":")))

    def _listen(self) -> None:
        while True:
            received = json.loads(self.socket.receive(QUIET_S))
            for message in received if isinstance(received, list) else [received]:
                if message["type"] == "set_props":
                    self.put((None, 0, {message["payload"]["componentId"]: message["payload"]["props"]}))
                elif message["type"] == "callback_response":
                    self._answered(message)

    def _answered(self, message: dict[str, Any]) -> None:
        payload = message["payload"]
        if payload["status"] != "ok":
            raise client.ProtocolError(f"a callback failed: {payload}")
        self.put((*self.asked.pop(message["requestId"]), payload["data"]))

    def receive(self, timeout_s: float) -> None:
        item = self.take(timeout_s)
        if item[0] is None:
            for key, props in item[2].items():
                self._show(key, props)
        else:
            self._apply(*item)


def _without_values(payload: dict[str, Any]) -> dict[str, Any]:
    """Return what a page posts to ask for a background callback's progress: no values, as the server has them."""
    without = {
        name: [{**each, "value": None} for each in payload[name]] for name in ("inputs", "state") if name in payload
    }
    return {**payload, **without}


def _components(layout: Any) -> Iterator[dict[str, Any]]:
    """Yield the props of every component that has an id, in the order of the page."""
    if isinstance(layout, list):
        for child in layout:
            yield from _components(child)
    elif isinstance(layout, dict):
        props = layout["props"]
        if "id" in props:
            yield props
        yield from _components(props.get("children"))


def _calls(dependency: dict[str, Any], ids: list[Id]) -> Iterator[Call]:
    """Yield a callback once for every combination of values that its output's MATCH wildcards can take."""
    output = dependency["output"]
    several = output.startswith("..")
    outputs = [
        dict(zip(("id", "property"), part.rsplit(".", 1), strict=True))
        for part in (output[2:-2].split("...") if several else [output])
    ]
    outputs_found, inputs_found, state_found = (
        [_found(reference, ids) for reference in references]
        for references in (outputs, dependency["inputs"], dependency["state"])
    )
    for values in outputs_found[0]:
        filled = [found[values] for found in outputs_found]
        yield Call(
            output,
            filled if several else filled[0],
            [found[values] for found in inputs_found],
            [found[values] for found in state_found],
            dependency["prevent_initial_call"] is True,
            (dependency["background"] or {}).get("interval"),
        )


def _found(reference: Reference, ids: list[Id]) -> dict[tuple[Any, ...], References]:
    """Return the values of a reference's MATCH wildcards -> the components that it then refers to."""
    if not reference["id"].startswith("{"):
        return {(): reference}
    pattern = json.loads(reference["id"])
    found: dict[tuple[Any, ...], list[Reference]] = defaultdict(list)
    for id in ids:
        if isinstance(id, dict) and id.keys() == pattern.keys():
            values = [(wanted, id[name]) for name, wanted in sorted(pattern.items())]
            if all(wanted in (["MATCH"], ["ALL"], value) for wanted, value in values):
                match = tuple(value for wanted, value in values if wanted == ["MATCH"])
                found[match].append({"id": dict(sorted(id.items())), "property": reference["property"]})
    if ["ALL"] in pattern.values():
        return dict(found)
    return {match: references[0] for match, references in found.items()}


def _flat(references: References | list[References]) -> Iterator[Reference]:
    if isinstance(references, list):
        for reference in references:
            yield from _flat(reference)
    else:
        yield references


def _key(id: Id) -> str:
    """Return an id as the renderer writes it."""
    return id if isinstance(id, str) else json.dumps(id, sort_keys=True, separators=(",", ":"))


def _parsed(prop: str) -> Id:
    return json.loads(prop.rpartition(".")[0]) if prop.startswith("{") else prop


def _name(id: Id) -> str:
    return id if isinstance(id, str) else f"cell-{id['index']}"
