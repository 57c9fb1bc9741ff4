"""Drags a slider by its handle: where the mouse has to go, and its messages to the browser, each at its time."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Locator

# The ids that Chromium gives the parts of an `<input type=range>`, which are in a tree that no selector reaches.
THUMB, TRACK = "thumb", "track"
_GROUP = "pyuibench-slider"


@dataclass(frozen=True)
class Box:
    """Where something is in the window, in CSS pixels."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Slider:
    """A slider in the window. `inside`: the whole handle stays within its track; else its middle goes to the ends."""

    handle: Box
    track: Box
    inside: bool

    def x(self, share: float) -> int:
        """Return where the mouse has to be for a share of the slider's range, 0 being its left end, in whole pixels.

        Mouse events, unlike pointer events, have whole ones.
        """
        spare = self.handle.width / 2 if self.inside else 0.0
        return round(self.track.left + spare + share * (self.track.width - 2 * spare))

    def grip(self, share: float) -> int:
        """Return where the mouse takes hold of the handle: where it has to be for the value that is set.

        That is the handle's middle, but for sliders whose handle stays within a track that the mouse's way goes to the ends of.
        """
        left, right = self.handle.left, self.handle.left + self.handle.width
        return min(max(self.x(share), round(left)), round(right))

    @property
    def y(self) -> float:
        """Return the height of the handle's middle."""
        return self.handle.top + self.handle.height / 2


@dataclass(frozen=True)
class Move:
    """The mouse at a place, so many seconds after the first one of its row; `kind` as Chromium's protocol has it."""

    kind: str
    x: float
    y: float
    due_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it as the parameters of `Input.dispatchMouseEvent`."""
        button = {"button": "left", "clickCount": 1} if self.kind != "mouseMoved" else {"button": "left"}
        return {"type": self.kind, "x": self.x, "y": self.y, "buttons": int(self.kind != "mouseReleased"), **button}


def moves(xs: Sequence[int], y: float, interval_s: float, rest_s: float) -> Iterator[Move]:
    """Yield moves to places at a fixed pace, and the release `rest_s` after the last."""
    for number, x in enumerate(xs):
        yield Move("mouseMoved", x, y, number * interval_s)
    yield Move("mouseReleased", xs[-1], y, (len(xs) - 1) * interval_s + rest_s)


def send(cdp: CDPSession, row: Iterable[Move]) -> None:
    """Send moves, each at its time and without waiting for what the page makes of the one before, as a hand does.

    Playwright's own `mouse` waits: a busy page would slow the hand down.
    Its public interface can't send without waiting, so this uses what that interface is made of.
    """
    raw = cdp._impl_obj

    async def send_all() -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        under_way = []
        for move in row:
            if (wait_s := begun + move.due_s - loop.time()) > 0:
                await asyncio.sleep(wait_s)
            under_way.append(asyncio.ensure_future(raw.send("Input.dispatchMouseEvent", move.as_json(), None)))
        await asyncio.gather(*under_way)

    cdp._sync(send_all())


def native_parts(cdp: CDPSession, field: Locator) -> tuple[Box, Box]:
    """Return the handle and the track of an `<input type=range>`. Raises KeyError where it has none, as other elements."""
    field.evaluate("(element) => { pyuibench.held = element; }")
    try:
        held = cdp.send("Runtime.evaluate", {"expression": "pyuibench.held", "objectGroup": _GROUP})["result"]
        node = cdp.send("DOM.describeNode", {"objectId": held["objectId"], "depth": -1, "pierce": True})["node"]
        parts = dict(_parts(node))
        return _box(cdp, parts[THUMB]), _box(cdp, parts[TRACK])
    finally:
        # Elements that are held on to aren't collected when the page throws them away.
        field.evaluate("() => { pyuibench.held = null; }")
        cdp.send("Runtime.releaseObjectGroup", {"objectGroup": _GROUP})


def box_of(element: Locator) -> Box:
    """Return where an element is. Raises KeyError where it has no place in the window."""
    box = element.bounding_box()
    if box is None:
        raise KeyError("it has no place on the page")
    return Box(box["x"], box["y"], box["width"], box["height"])


def _parts(node: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield id and number of each part of an element that the browser has made."""
    for child in (*node.get("shadowRoots", ()), *node.get("children", ())):
        attributes = child.get("attributes", [])
        named = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if "id" in named:
            yield named["id"], child["backendNodeId"]
        yield from _parts(child)


def _box(cdp: CDPSession, node: int) -> Box:
    corners = cdp.send("DOM.getBoxModel", {"backendNodeId": node})["model"]["border"]
    (left, right), (top, bottom) = ((min(side), max(side)) for side in (corners[::2], corners[1::2]))
    return Box(left, top, right - left, bottom - top)
