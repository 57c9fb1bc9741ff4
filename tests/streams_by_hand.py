"""First token and pace of streamed answers, by clients written by hand, beside what the wire instrument tells.

`python tests/streams_by_hand.py` measures both by turns on a quiet machine, and prints their medians and ratios. The clients
share nothing with the suite: one is written after the standard of server-sent events and htmx's extension for it, the other
after what Gradio's page sends to its queue. (Its API for curl takes another way, which has the first token 30 ms later.)
"""

import http.client
import json
import re
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from pyuibench.entries.catalog import Variant, find_entries
from pyuibench.experiments.kinds.chat import Chat
from pyuibench.experiments.manifest import Request
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.request import Progress, new_run
from pyuibench.experiments.selection import selection
from pyuibench.project import APPS
from pyuibench.results.store import load
from pyuibench.serving import environment
from pyuibench.serving.server import Server, WorkloadSettings

TOKENS_PER_S = 20.0
ANSWERS = 3
"""How many answers a client asks for in each round, after one that doesn't count."""
ROUNDS = 3
QUIET = Progress(preparing=lambda entry: None, start=lambda plan: None, done=lambda cell, failures: None)


def fasthtml(url: str) -> list[float]:
    """Return when each token came, in seconds since it was asked for: a post, and the stream that its answer names."""
    host = urlsplit(url).netloc
    begun = time.perf_counter()
    asking = http.client.HTTPConnection(host)
    asking.request("POST", "/ask", b"", {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"})
    answer = asking.getresponse()
    session = answer.getheader("set-cookie", "").partition(";")[0]
    (path,) = re.findall(r'sse-connect="([^"]+)"', answer.read().decode())
    stream = http.client.HTTPConnection(host)
    stream.request("GET", path.replace("&amp;", "&"), headers={"Accept": "text/event-stream", "Cookie": session})
    return [at - begun for at, line in _lines(stream.getresponse(), b"event: end") if line == b"event: token"]


def gradio(url: str) -> list[float]:
    """Return the same: an event is put into the queue, as the page does, and what comes of it is read as events."""
    host = urlsplit(url).netloc
    reading = http.client.HTTPConnection(host)
    reading.request("GET", "/config")
    known = json.loads(reading.getresponse().read())["dependencies"]
    number = next(it["id"] for it in known if it["api_name"] == "reply")
    session = uuid.uuid4().hex
    asked = json.dumps({"data": [0], "fn_index": number, "session_hash": session})
    begun = time.perf_counter()
    asking = http.client.HTTPConnection(host)
    asking.request("POST", "/gradio_api/queue/join", asked, {"Content-Type": "application/json"})
    asking.getresponse().read()
    stream = http.client.HTTPConnection(host)
    stream.request("GET", f"/gradio_api/queue/data?session_hash={session}")
    lines = _lines(stream.getresponse(), b"process_completed")
    return [at - begun for at, line in lines if b"process_generating" in line]


CLIENTS: dict[str, Callable[[str], list[float]]] = {"fasthtml": fasthtml, "gradio": gradio}


def _lines(response: http.client.HTTPResponse, last: bytes) -> Iterator[tuple[float, bytes]]:
    while line := response.readline():
        yield time.perf_counter(), line.strip()
        if last in line:
            return


def by_hand(variant: Variant, directory: Path) -> Iterator[tuple[float, float]]:
    """Yield first token in milliseconds and tokens a second, of each answer on a server of its own."""
    settings = WorkloadSettings(tokens_per_s=TOKENS_PER_S)
    with Server(variant, environment.prepare(variant), "app", directory / "log", workload=settings) as server:
        server.await_ready()
        for number in range(ANSWERS + 1):
            times = CLIENTS[variant.entry.name](server.url)
            if number:
                yield times[0] * 1e3, (len(times) - 1) / (times[-1] - times[0])


def by_suite(variant: Variant, directory: Path) -> Iterator[tuple[float, float]]:
    """Yield the same, as the wire instrument tells it of a lone session."""
    hold_s = ANSWERS * 7.0
    chat = Chat(paces=(TOKENS_PER_S,), levels=(1,), least_hold_s=hold_s)
    asked = Request(Profile("by-hand", 1, (chat,)), selection((), ["wire"]), (variant,), 1)
    rows = load(new_run(asked, directory / "run", QUIET, lambda run: None)).interactions
    for times in rows.loc[rows["held"].astype(bool) & rows["ok"], "update_ms"]:
        yield times[0], (len(times) - 1) / (times[-1] - times[0]) * 1e3


def main() -> None:
    """Measure by turns and print a table."""
    entries = find_entries([APPS])
    for name in CLIENTS:
        variant = entries[name].variants[0]
        found: dict[Callable[..., Iterator[tuple[float, float]]], list[tuple[float, float]]] = {
            by_hand: [],
            by_suite: [],
        }
        for _ in range(ROUNDS):
            for each, values in found.items():
                with tempfile.TemporaryDirectory() as directory:
                    values += each(variant, Path(directory))
        for what, place in (("first token, ms", 0), ("tokens a second", 1)):
            hand, suite = (median(it[place] for it in found[each]) for each in (by_hand, by_suite))
            print(f"{name:10} {what:16} by hand {hand:8.2f}   suite {suite:8.2f}   ratio {suite / hand:.3f}")


if __name__ == "__main__":
    main()
