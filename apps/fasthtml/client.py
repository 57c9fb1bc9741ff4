"""htmx without a browser: forms are posted, pieces of HTML put in their places, server-sent events listened to."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import urlencode

from pyuibench.contract.scenarios import FIRST_OUTPUTS, Value
from pyuibench.instruments.wire import client
from pyuibench.instruments.wire.http import Connection, multipart
from workload.expected import figure_text
from workload.tasks import sample_csv

OUTPUTS = (*FIRST_OUTPUTS, "answer", "progress", "crunched", "uploaded")
FIGURE = re.compile(r"Plotly\.react\('chart', ")
TARGETS = {"increment": "count", "name": "greeting", "ask": "reply", "crunch": "job", "upload": "uploaded"}
# What is swapped into its target as it is; any other answer has elements with ids of outputs.
PLAIN = ("increment", "name", "upload")
BUTTONS = ("increment", "ask", "crunch")
FILTERS = ("category", "min_units", "granularity")


class Client(client.Client):
    """One page. As in htmx, a control that is used while its request runs sends its last value after that."""

    def open(self) -> None:
        self.http = Connection(self.url, self.traffic)
        self.values: dict[str, Value] = {}
        self.running: set[str] = set()
        self.waiting: set[str] = set()
        page = Page(self.http.get("/").decode())
        self.values = dict(page.values)
        self._show(page)

    def act(self, control: str, value: Value) -> None:
        if control not in BUTTONS:
            self.values[control] = value
        if control in self.running:
            self.waiting.add(control)
        else:
            self.running.add(control)
            self.spawn(self._post, control)

    def receive(self, timeout_s: float) -> None:
        for name, text in self.take(timeout_s).items():
            self.texts[name] = text

    def close(self) -> None:
        self.kill_greenlets()
        self.http.close()

    def _post(self, control: str) -> None:
        again = True
        while again:
            self.waiting.discard(control)
            self._answered(control, self._posted(control).decode())
            again = control in self.waiting
        self.running.discard(control)

    def _posted(self, control: str) -> bytes:
        headers = {**_identified(control), "HX-Current-URL": f"{self.url}/", "HX-Request": "true"}
        if control == "upload":
            body, kind = multipart({"file": ("orders.csv", sample_csv(int(self.values[control])))})
            return self.http.post("/upload", body, {**headers, **kind})
        path, names = _route(control)
        # A button has a name too, as FastHTML gives one to every control with an id, but no value.
        form = {name: self.values.get(control if name == "value" else name, "") for name in names}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.http.post(path, urlencode(form).encode(), headers)

    def _answered(self, control: str, html: str) -> None:
        if control in PLAIN or control.startswith("cell-"):
            self.put({TARGETS.get(control, control): Page(html).text})
            return
        page = Page(html)
        self.put(page.outputs)
        for path in page.streams:
            self.spawn(self._listen, path)

    def _listen(self, path: str) -> None:
        """Apply a stream of events: tokens are appended, other outputs replaced."""
        answer = ""
        for event, data in self.http.named_events(path):
            if event == "token":
                answer += Page(data).text
                self.put({"answer": answer})
            elif event in ("progress", "crunched"):
                self.put({event: Page(data).text})

    def _show(self, page: "Page") -> None:
        self.texts.update(page.outputs)


class Page(HTMLParser):
    """A piece of HTML, taken apart: the texts of outputs, the values of the form's controls, the streams that it opens."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.outputs: dict[str, str] = {}
        self.values: dict[str, Value] = {}
        self.streams: list[str] = []
        self._open: list[str | None] = []
        self._rows_seen = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if stream := given.get("sse-connect"):
            self.streams.append(stream)
        name = given.get("name")
        if name and tag == "input" and (given.get("type") != "radio" or "checked" in given):
            self.values[name] = given.get("value") or ""
        if tag == "option" and "selected" in given:
            self.values["category"] = given.get("value") or ""
        if tag in ("input", "link", "meta", "br"):
            return
        shown = None if tag == "table" else given.get("id")
        if tag == "td" and not self._rows_seen:
            self._rows_seen, shown = True, "rows"
        self._open.append(shown)
        if shown and shown != "rows" and (shown in OUTPUTS or shown.startswith("cell-")) and shown != "chart":
            self.outputs[shown] = ""

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if drawn := FIGURE.search(data):
            self.outputs["chart"] = _figure_text(data[drawn.end() :])
            return
        self.text += data
        inside = next((name for name in reversed(self._open) if name), None)
        if inside == "rows" and "rows" not in self.outputs and data.strip():
            self.outputs["rows"] = data
        elif inside in self.outputs and inside != "rows":
            self.outputs[inside] += data


def _figure_text(arguments: str) -> str:
    """Return what is drawn by a call whose next arguments are the traces and the layout."""
    traces, end = json.JSONDecoder().raw_decode(arguments)
    layout, _ = json.JSONDecoder().raw_decode(arguments[end:].lstrip(", "))
    return figure_text({"data": traces, "layout": layout})


def _identified(control: str) -> dict[str, str]:
    """Return the headers in which htmx tells who asks and what the answer is for; what has no id or name isn't told."""
    if control == "upload":
        return {"HX-Target": TARGETS[control]}
    if control == "granularity":
        return {"HX-Trigger-Name": control}
    if control.startswith("cell-"):
        return {"HX-Trigger": control.replace("cell", "slider"), "HX-Trigger-Name": "value", "HX-Target": control}
    return {"HX-Trigger": control, "HX-Trigger-Name": control, "HX-Target": TARGETS.get(control, control)}


def _route(control: str) -> tuple[str, tuple[str, ...]]:
    """Return where a control posts, and the fields that go with it."""
    if control.startswith("cell-"):
        # A parameter that is 0 is written as an empty one, which the server takes for its 0.
        return f"/cell?index={control.removeprefix('cell-').lstrip('0')}", ("value",)
    return {
        "increment": ("/increment", ("increment",)),
        "name": ("/greet", ("name",)),
        "category": ("/choose", FILTERS),
        "min_units": ("/choose", FILTERS),
        "granularity": ("/draw", FILTERS),
        "ask": ("/ask", ("ask",)),
        "crunch": ("/crunch", ("crunch",)),
    }[control]
