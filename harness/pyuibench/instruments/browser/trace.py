"""Gestures as Chrome's own trace events tell them: the stopwatch's calibration.

All in microseconds of the machine's monotonic clock, from the renderer's main thread: each input event with the time that it was
made (`EventTiming`: the page's `timeStamp`) and that of its dispatch (`EventDispatch`), the marks that a page sets
(`blink.user_timing`), each `Commit` of a frame to the compositor, and each call of a script's function (`FunctionCall`).

A gesture lasts from the time of its event, as latency is defined, to the end of a commit: until then the main thread waits, and
no script can know more. Its event is dispatched some tenths of a millisecond later, or more where the page is busy. The commit is
the first after a mark, set when the outputs have changed: an earlier one, as js-framework-benchmark takes, may show nothing yet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CATEGORIES = ("devtools.timeline", "blink.user_timing", "disabled-by-default-devtools.timeline")
MARK = "pyuibench-right"
INPUTS = frozenset({"keydown", "pointerdown"})

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Traced:
    """One gesture in the trace, in milliseconds from the time of its input event: `began_ns` on the machine's clock."""

    began_ns: int
    dispatched_ms: float
    marked_ms: float
    committed_ms: float


def relevant(events: Iterable[Event], mark: str = MARK) -> list[Event]:
    """Return the events that gestures are read from, by time, on the thread that set the marks."""
    kept = [event for event in events if _input(event) or event.get("name") in (mark, "Commit")]
    threads = {(event["pid"], event["tid"]) for event in kept if event["name"] == mark}
    return sorted((event for event in kept if (event["pid"], event["tid"]) in threads), key=lambda event: event["ts"])


def gestures(events: Sequence[Event], mark: str = MARK) -> Iterator[Traced]:
    """Yield each gesture of a trace: the last input before a mark, the mark, and the first commit after the mark.

    An input that no mark follows (letters typed before the one that commits, say) is none. One whose own time the trace doesn't
    tell was made when it was dispatched.
    """
    made: dict[str, int] = {}
    began = dispatched = marked = None
    for event in relevant(events, mark):
        name, at = event["name"], event["ts"]
        if name == mark:
            marked = at
        elif name == "Commit":
            if began is not None and dispatched is not None and marked is not None:
                ends = (dispatched, marked, at + event.get("dur", 0))
                yield Traced(began * 1000, *((end - began) / 1e3 for end in ends))
                began = dispatched = marked = None
        elif name == "EventTiming":
            made[_input(event)] = at
        elif marked is None:
            began, dispatched = made.pop(_input(event), at), at


def script_ms(events: Iterable[Event], url: str, traced: Traced) -> dict[str, float]:
    """Return for how much CPU time each function of a script ran that the browser called, the script's address ending with `url`.

    Counted are calls from the dispatch of a gesture's input to the first one after its commit, this one with them.
    """
    began_us = traced.began_ns / 1e3
    first_us, last_us = (began_us + at * 1e3 for at in (traced.dispatched_ms, traced.committed_ms))
    taken_ms: dict[str, float] = {}
    for call in sorted((event for event in events if _is_called(event, url)), key=lambda event: event["ts"]):
        if call["ts"] >= first_us:
            name = call["args"]["data"]["functionName"]
            taken_ms[name] = taken_ms.get(name, 0.0) + call.get("tdur", call["dur"]) / 1e3
            if call["ts"] >= last_us:
                break
    return taken_ms


def _input(event: Event) -> str:
    """Return which input an event of the trace tells of, nothing for any other."""
    if event.get("name") == "EventDispatch" or (event.get("name") == "EventTiming" and event.get("ph") == "b"):
        kind = event.get("args", {}).get("data", {}).get("type")
        return kind if kind in INPUTS else ""
    return ""


def _is_called(event: Event, url: str) -> bool:
    return event.get("name") == "FunctionCall" and event.get("args", {}).get("data", {}).get("url", "").endswith(url)
