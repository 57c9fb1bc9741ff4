"""Gestures as Chrome's own trace events tell them: the stopwatch's calibration.

The renderer's main thread reports each input event that it dispatches (`EventDispatch`), the marks that the page sets
(`blink.user_timing`) and each `Commit` of a frame to the compositor, all in microseconds of the machine's monotonic clock.
As in js-framework-benchmark, a gesture lasts from the dispatch of its event to a commit: here the first one after the mark
that the stopwatch set when it saw the last output become right, not the first after the event, which may show nothing yet.
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
    """One gesture in the trace, in milliseconds from the dispatch of its input event."""

    dispatched_ns: int
    right_ms: float
    commit_ms: float


def relevant(events: Iterable[Event]) -> list[Event]:
    """Return the events that gestures are read from, by time, on the thread that set the marks."""
    kept = [event for event in events if _is_input(event) or _is_mark(event) or event.get("name") == "Commit"]
    threads = {(event["pid"], event["tid"]) for event in kept if _is_mark(event)}
    return sorted((event for event in kept if (event["pid"], event["tid"]) in threads), key=lambda event: event["ts"])


def gestures(events: Sequence[Event]) -> Iterator[Traced]:
    """Yield each gesture of a trace: the last input before a mark, the mark, and the first commit after the mark.

    An input that no mark follows (letters typed before the one that commits, say) is none.
    """
    dispatched: int | None = None
    marked: int | None = None
    for event in relevant(events):
        if _is_mark(event):
            marked = event["ts"]
        elif event["name"] == "Commit":
            if dispatched is not None and marked is not None:
                yield Traced(dispatched * 1000, (marked - dispatched) / 1e3, (event["ts"] - dispatched) / 1e3)
                dispatched = marked = None
        elif marked is None:
            dispatched = event["ts"]


def _is_input(event: Event) -> bool:
    return event.get("name") == "EventDispatch" and event.get("args", {}).get("data", {}).get("type") in INPUTS


def _is_mark(event: Event) -> bool:
    return event.get("name") == MARK
