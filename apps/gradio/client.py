"""Gradio's protocol, without a browser: events are posted to a queue, their results come as server-sent events."""

import json
import random
import string
from collections.abc import Iterable, Mapping
from typing import Any

from gevent.event import AsyncResult

from pyuibench.contract.scenarios import OUTPUTS, Value
from pyuibench.instruments.wire.client import Client as BaseClient
from pyuibench.instruments.wire.client import ProtocolError
from pyuibench.instruments.wire.http import Connection, multipart
from workload.expected import figure_text
from workload.tasks import sample_csv

CONFIG = "window.gradio_config = "
API = "/gradio_api"
BUTTONS = ("increment", "ask", "crunch")
LETTERS = string.digits + string.ascii_lowercase

Dependency = Mapping[str, Any]


class Client(BaseClient):
    """What the page's script does: keep the controls' values, run dependencies, show what they return.

    As in the page, the dependencies of one event run one after the other, each when the one before has its result, and
    an event without an open stream of results opens one. The server ends the stream when no event is pending.
    """

    def open(self) -> None:
        self.http = Connection(self.url, self.traffic)
        self.session = "".join(random.choices(LETTERS, k=11))
        page = self.http.get("/").decode()
        config, _ = json.JSONDecoder().raw_decode(page, page.index(CONFIG) + len(CONFIG))
        self.dependencies: dict[int, Dependency] = {each["id"]: each for each in config["dependencies"]}
        self.ids = {each["props"].get("elem_id"): each["id"] for each in config["components"]}
        self.names = {number: name for name, number in self.ids.items()}
        self.values = {each["id"]: _initial(each) for each in config["components"]}
        self.running: dict[int, int] = dict.fromkeys(self.dependencies, 0)
        self.deferred: set[int] = set()
        self.running_events: dict[str, Dependency] = {}
        self.partial: dict[str, list[Any]] = {}
        self.results: dict[str, AsyncResult[dict[str, Any]]] = {}
        self.streaming = False
        self._show_all(config["components"])
        if config["connect_heartbeat"]:
            self.spawn(self._keep_alive)
        for number, dependency in self.dependencies.items():
            for target, event in dependency["targets"]:
                if event == "load":
                    self.spawn(self._dispatch, [number], target, {"event_data": None})

    def act(self, control: str, value: Value) -> None:
        component = self.ids[control.replace("cell", "slider")]
        if control == "upload":
            self.spawn(self._upload, component, sample_csv(int(value)))
            return
        event = "click" if control in BUTTONS else "change"
        if event == "change":
            self.values[component] = value
        event_data = {"event_data": value} if control == "name" else {}
        self.spawn(self._dispatch, self._listening(component, event), component, event_data)

    def _upload(self, component: int, content: bytes) -> None:
        """Send a file as the page does: first its content, then an event with the place that the server gave it."""
        upload = "".join(random.choices(LETTERS, k=11))
        body, headers = multipart({"files": ("orders.csv", content)})
        self.spawn(self._follow, f"{API}/upload_progress?upload_id={upload}")
        (path,) = json.loads(self.http.post(f"{API}/upload?upload_id={upload}", body, headers))
        self.values[component] = {
            "path": path,
            "url": f"{self.url}{API}/file={path}",
            "orig_name": "orders.csv",
            "size": len(content),
            "mime_type": "text/csv",
            "meta": {"_type": "gradio.FileData"},
        }
        self._dispatch(self._listening(component, "upload"), component, {})

    def _follow(self, path: str) -> None:
        """Listen to how much of a file has come, which the page shows."""
        for _ in self.http.events(path):
            pass

    def receive(self, timeout_s: float) -> None:
        dependency, output = self.take(timeout_s)
        for component, value in zip(dependency["outputs"], output["data"], strict=False):
            self._show(self.names.get(component), value)
        if rendered := output.get("render_config"):
            self._show_all(rendered["components"])

    def close(self) -> None:
        self.kill_greenlets()
        self.http.close()

    def _show_all(self, components: Iterable[Mapping[str, Any]]) -> None:
        for component in components:
            self._show(component["props"].get("elem_id"), component["props"].get("value"))

    def _show(self, name: str | None, value: Any) -> None:
        if name == "chart" and value:
            self.texts[name] = figure_text(json.loads(value["plot"]))
        elif name == "rows" and value["data"]:
            self.texts[name] = value["data"][0][0]
        elif name and isinstance(value, str) and (name in OUTPUTS or name.startswith("cell-")):
            self.texts[name] = value

    def _listening(self, component: int, event: str) -> list[int]:
        return [number for number, each in self.dependencies.items() if [component, event] in each["targets"]]

    def _dispatch(self, numbers: list[int], trigger: int, event_data: Mapping[str, Any]) -> None:
        for number in numbers:
            dependency = self.dependencies[number]
            if self.running[number] and dependency["trigger_mode"] != "multiple":
                if dependency["trigger_mode"] == "always_last":
                    self.deferred.add(number)
                continue
            self.running[number] += 1
            output = self._run(dependency, trigger, event_data)
            for state in output.get("changed_state_ids") or ():
                for listener in self._listening(state, "change"):
                    self.spawn(self._dispatch, [listener], state, {"event_data": None})
            self.running[number] -= 1
            if number in self.deferred:
                self.deferred.remove(number)
                self.spawn(self._dispatch, numbers, trigger, event_data)

    def _run(self, dependency: Dependency, trigger: int, event_data: Mapping[str, Any]) -> Mapping[str, Any]:
        message = {
            "data": [self.values[component] for component in dependency["inputs"]],
            **event_data,
            "fn_index": dependency["id"],
            "trigger_id": trigger,
            "session_hash": self.session,
        }
        if not dependency["queue"]:
            direct: Mapping[str, Any] = json.loads(self.http.post(f"{API}/run/predict", message))
            self.put((dependency, direct))
            return direct
        event = json.loads(self.http.post(f"{API}/queue/join?", message))["event_id"]
        self.running_events[event] = dependency
        result = self.results.setdefault(event, AsyncResult())
        self._listen()
        output: Mapping[str, Any] = result.get()
        del self.results[event], self.running_events[event]
        self.partial.pop(event, None)
        self.put((dependency, output))
        return output

    def _listen(self) -> None:
        if not self.streaming:
            self.streaming = True
            self.spawn(self._stream)

    def _stream(self) -> None:
        for event in self.http.events(f"{API}/queue/data?session_hash={self.session}"):
            message = json.loads(event)
            if message["msg"] == "process_completed" and message["success"]:
                self.results.setdefault(message["event_id"], AsyncResult()).set(message["output"])
            elif message["msg"] == "process_generating" and message["success"]:
                self._generated(message["event_id"], message["output"])
            elif message["msg"] == "close_stream":
                self.streaming = False
                # An event may have been posted while the server was closing: the page would wait for it in vain.
                if not all(result.ready() for result in self.results.values()):
                    self._listen()
            elif message["msg"] in ("process_completed", "process_generating", "unexpected_error"):
                raise ProtocolError(event)

    def _generated(self, event: str, output: dict[str, Any]) -> None:
        """Show what a generator has yielded: at first in full, then as edits of what it yielded before."""
        before = self.partial.get(event)
        data = output["data"]
        self.partial[event] = data if before is None else [_edited(*pair) for pair in zip(before, data, strict=True)]
        if event in self.running_events:
            self.put((self.running_events[event], {**output, "data": list(self.partial[event])}))

    def _keep_alive(self) -> None:
        for _ in self.http.events(f"{API}/heartbeat/{self.session}"):
            pass


def _edited(value: Any, edits: Iterable[Any]) -> Any:
    """Return a value after edits of a text: a new one, or an end to it. The apps yield nothing else."""
    for action, path, new in edits:
        if path or action not in ("replace", "append"):
            raise ProtocolError(f"an edit that no text needs: {action} at {path}")
        value = new if action == "replace" else value + new
    return value


def _initial(component: Mapping[str, Any]) -> Any:
    value = component["props"].get("value")
    return "" if component["type"] == "textbox" and value is None else value
