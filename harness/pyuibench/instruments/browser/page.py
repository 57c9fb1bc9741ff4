"""One session in a browser: opens the page, makes the gestures, and reads the stopwatch."""

import json
import random
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from playwright.sync_api import Browser, Locator, ProxySettings
from playwright.sync_api import Error as PlaywrightError

from pyuibench.contract.feature import KINDS
from pyuibench.contract.scenarios import CONTROLS, STEP_INTERVAL_MS, Texts, normalised
from pyuibench.contract.states import Action
from pyuibench.entries.catalog import Click, Drag, Drop, Keys, Pick, Place, Say, Send, Type, Variant
from pyuibench.instruments.browser import slider
from pyuibench.instruments.browser.chromium import visitor
from pyuibench.instruments.browser.uploads import csv_file
from pyuibench.serving.ports import HOST

SCRIPTS = ("sockets.js", "workers.js", "arrivals.js", "departures.js", "visibility.js", "charts.js", "stopwatch.js")
SCRIPT_URL = "pyuibench-stopwatch.js"
"""As a trace names these scripts, so that what they cost can be told from what the page does."""
SCRIPT_CALLS_PAGE = "paged"
"""The function of theirs that calls the page's own animation callbacks: what it takes is the page's doing."""
STOPWATCH = "\n".join(
    [*((Path(__file__).parent / name).read_text() for name in SCRIPTS), f"//# sourceURL={SCRIPT_URL}"]
)
FIND_TIMEOUT_MS = 15_000
DONE_TIMEOUT_MS = 15_000
# A page that draws after each of many steps is still at it when the last was made.
STEPS_TIMEOUT_MS = 45_000
# Pages of many outputs may take this long, which is then a figure of theirs.
OPEN_TIMEOUT_MS = 60_000
# One that starts Python itself takes 15 s on an idle machine, and several times that beside others.
PYTHON_TIMEOUT_MS = 180_000
GOODBYE_TIMEOUT_MS = 5_000
SETTLE_STEP_MS = 100
# After the click that takes hold of a slider, by chance: a page that looks every 300 ms whether it was moved would else be asked
# at the worst moment each time, since the click starts its clock.
GRIP_REST_MS = (100.0, 700.0)
# Between taking hold of a slider's handle and moving it, by chance, as a hand does: what the press changes is drawn by then.
HELD_MS = (50.0, 150.0)
# Between the last move and the release, by chance: Chromium puts what comes in after a release off until it has drawn a frame,
# and an answer that always came just then would always be late. Radix commits what it had drawn by the release: a hand that lets
# go within the same frame, as no hand does, loses the last step.
RESTED_MS = (100.0, 300.0)
# Between two characters of a whole text, as a quick typist has it, and before what it is for is asked: what pages send while
# it is typed has arrived. At 10 ms a field whose value comes back from the server loses characters.
TYPING_MS = 60
TYPED_MS = 300
ARROWS = {"slider": ("ArrowRight", "ArrowLeft"), "select": ("ArrowDown", "ArrowUp")}

Kind = Literal["navigation", "pointerdown", "pointermove", "pointerup", "keydown", "input", "drop"]


class GestureError(Exception):
    """A control isn't there or can't be operated; the text says which and why."""


@dataclass(frozen=True)
class Ends:
    """When one output was right, could be seen, and was painted: milliseconds since the gesture's start."""

    right_ms: float
    visible_ms: float | None
    painted_ms: float | None


@dataclass(frozen=True)
class Reading:
    """What the stopwatch saw of one gesture: milliseconds since the gesture's start, None for what didn't happen.

    `started_ns` is the start on the machine's monotonic clock. The ends: `right_ms`, `visible_ms` and `painted_ms`, and in
    `outputs` those of each awaited output that was right at the end. `early` lists the awaited outputs that were right before
    the gesture. At the end `wrong` has what awaited outputs showed instead, `hidden` why those that were right could not be
    seen, and `changed` those that should have stayed as they were. `sent_ms` is when the page first sent something after the
    gesture's start: what it waited by design is part of that. `arrived_ms` is when bytes last came to the page before its
    state was right, None if none did. `update_ms` has the time of each state of a watched output.
    """

    started_ns: int
    input_delay_ms: float | None
    sent_ms: float | None
    arrived_ms: float | None
    right_ms: float | None
    visible_ms: float | None
    painted_ms: float | None
    outputs: Mapping[str, Ends]
    flickers: int
    update_ms: tuple[float, ...] = ()
    early: tuple[str, ...] = ()
    wrong: Mapping[str, str | None] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def reason(self) -> str | None:
        """Return why this isn't a valid measurement, None if it is one."""
        if self.early:
            return f"right before the gesture: {', '.join(self.early)}"
        if self.wrong:
            return f"not right in time: {_quoted(self.wrong)}"
        if self.hidden:
            return f"right but not to be seen: {_named(self.hidden)}"
        if self.input_delay_ms is None:
            return "the page saw no trusted input event"
        if self.right_ms is None or self.visible_ms is None or self.painted_ms is None:
            return "the right state didn't last"
        if self.changed:
            return f"changed though it must not: {_quoted(self.changed)}"
        return None


class Page:
    """A page of a variant in a browser context of its own: own cookies, own cache. Use as a context manager."""

    def __init__(
        self,
        browser: Browser,
        variant: Variant,
        url: str,
        expected: Texts,
        hold_ms: int,
        mark: str | None = None,
        relay: str | None = None,
    ) -> None:
        """Prepare a page that will open `url` and then must show `expected`; right states must last for `hold_ms`.

        `mark` is the name of the mark that the stopwatch leaves in a trace; without one it leaves none. `relay` is the address of
        what all of the page's connections go through.
        """
        self._mark = mark
        self._variant = variant
        self._url = url
        self._hold_ms = hold_ms
        self._chance = random.Random(url)
        self.rest_ms = RESTED_MS
        """For how long the mouse rests before it lets a slider's handle go, from and to."""
        self.outside_requests: list[str] = []
        self.at_start: Callable[[], None] = lambda: None
        """Is called just before a gesture, or before the page is opened: when all is ready that isn't part of it."""
        # Chromium goes to loopback directly unless it is told not to.
        proxy = ProxySettings(server=relay, bypass="<-loopback>") if relay else None
        self._profile = _new_profile() if variant.runs_in == "browser" else None
        self._context = visitor(browser, Path(self._profile.name) if self._profile else None, proxy)
        self.browser = self._context.browser or browser
        """The browser that the page is open in."""
        self._context.set_default_timeout(FIND_TIMEOUT_MS)
        self.page = self._context.new_page()
        self.cdp = self._context.new_cdp_session(self.page)
        self.cdp.send("Performance.enable")
        self._origin_ns = 0
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("websocket", lambda socket: self._note(socket.url))
        self.page.add_init_script(STOPWATCH)
        if any(variant.shown(output).probe == "canvas" for output in expected):
            self.page.add_init_script("window.pyuibench?.watchCanvases()")
        arm = {"event": "navigation", "awaited": self._outputs(expected), "kept": [], "hold": hold_ms}
        self.page.add_init_script(f"window.pyuibench?.arm({json.dumps(arm)})")

    @property
    def runs_in(self) -> Place:
        """Return where the page's Python runs."""
        return self._variant.runs_in

    @property
    def is_open(self) -> bool:
        """Return whether the variant's page is open."""
        return self.page.url.startswith(self._url)

    @property
    def origin_ns(self) -> int:
        """Return the origin of the open page's times, on the machine's monotonic clock."""
        return self._origin_ns

    def open(self) -> Reading:
        """Open the page and return how long it took to the first correct state. Raises GestureError if it doesn't load."""
        timeout_ms = PYTHON_TIMEOUT_MS if self.runs_in == "browser" else OPEN_TIMEOUT_MS
        return self._navigate(lambda: self.page.goto(self._url, wait_until="commit", timeout=timeout_ms), timeout_ms)

    def open_again(self) -> Reading:
        """Open the page again, as a visitor who comes back: with a warm cache. Raises as `open`."""
        self.page.goto("about:blank")
        return self.open()

    def perform(self, action: Action, timeout_ms: int = DONE_TIMEOUT_MS) -> Reading:
        """Make a gesture and return what the stopwatch saw.

        Raises GestureError when the control isn't there or can't be operated.
        """
        try:
            return self._perform(action, timeout_ms if action.steps == 1 else max(timeout_ms, STEPS_TIMEOUT_MS))
        except PlaywrightError as error:
            raise GestureError(f"{action.control}: {in_words(error)}") from error

    def begin(self, action: Action, timeout_ms: float = FIND_TIMEOUT_MS) -> None:
        """Click a button without timing what comes of it. Raises as `perform`."""
        try:
            gesture = self._variant.gesture(action.control)
            assert isinstance(gesture, Click)
            self._locate(gesture.click, str(action.value)).click(timeout=timeout_ms)
        except PlaywrightError as error:
            raise GestureError(f"{action.control}: {in_words(error)}") from error

    def settle(self, expected: Texts, timeout_s: float) -> str | None:
        """Wait until the outputs show what they should; return what is still wrong after `timeout_s`, None if nothing is."""
        deadline = time.monotonic() + timeout_s
        while (wrong := self.wrong(expected)) and time.monotonic() < deadline:
            self.page.wait_for_timeout(SETTLE_STEP_MS)
        return f"not right in time: {_quoted(wrong)}" if wrong else None

    def wrong(self, expected: Texts) -> dict[str, str | None]:
        """Return output -> what it shows, for those that don't show what they should."""
        found: dict[str, str | None] = self.page.evaluate("(it) => pyuibench.wrong(it)", self._outputs(expected))
        return found

    def socket_addresses(self) -> list[str]:
        """Return the addresses of all WebSockets that the page has made, even of those that never connected.

        Chromium would tell of them too, with every byte that they carry, which takes a large part of a core.
        """
        return [address for frame in self.page.frames for address in frame.evaluate("window.pyuibenchSockets ?? []")]

    def screenshot(self, path: Path) -> None:
        """Write a picture of the whole page."""
        self.page.screenshot(path=path, full_page=True)

    def js_heap_bytes(self) -> float:
        """Return the size of the page's JavaScript heap after a forced collection."""
        self.cdp.send("HeapProfiler.collectGarbage")
        return float(self.cdp.send("Runtime.getHeapUsage")["usedSize"])

    def __enter__(self) -> "Page":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A context that is closed tells its pages nothing, and closing a page may never end; a page that is left can say goodbye
        # to its server.
        with suppress(PlaywrightError):
            self.page.goto("about:blank", timeout=GOODBYE_TIMEOUT_MS)
        self._context.close()
        if self._profile:
            self._profile.cleanup()

    def _navigate(self, go: Any, timeout_ms: int) -> Reading:
        try:
            self.at_start()
            go()
            self._origin_ns = self._navigation_start_ns()
            return self._reading(self._done(timeout_ms), ())
        except PlaywrightError as error:
            raise GestureError(f"{self._url}: {in_words(error)}") from error

    def _perform(self, action: Action, timeout_ms: int) -> Reading:
        gesture = self._variant.gesture(action.control, action.by_key)
        value = str(action.value)
        match gesture:
            case Click(click=target):
                early = self._press(self._locate(target, value), action)
            case Pick(open=opener, option=option):
                self._locate(opener, value).click()
                early = self._press(self._locate(option, value), action)
            case Keys(keys=target, grip=grip):
                if grip:
                    self._locate(grip, value).click()
                    self.page.wait_for_timeout(self._chance.uniform(*GRIP_REST_MS))
                self._locate(target, value).focus()
                early = self._keys(_arrow(action), action)
            case Drag():
                early = self._drag(gesture, action)
            case Type(type=target, commit=commit):
                self._locate(target, value).focus()
                self.page.keyboard.press("End")
                if commit:
                    self.page.keyboard.press(value[-1])
                early = self._keys(commit or value[-1], action)
            case Say(say=target):
                self._locate(target, value).click()
                self.page.keyboard.type(value, delay=TYPING_MS)
                self.page.wait_for_timeout(TYPED_MS)
                early = self._keys("Enter", action)
            case Send(send=target):
                field = self._locate(target, value)
                early = self._arm("input", None, action)
                field.set_input_files(csv_file(int(action.value)))
            case Drop(drop=target):
                early = self._drop(self._locate(target, value), action)
        return self._reading(self._done(timeout_ms), early)

    def _locate(self, selector: str, value: str) -> Locator:
        locator = self.page.locator(selector.replace("{value}", value)).first
        locator.wait_for(state="attached")
        return locator

    def _press(self, locator: Locator, action: Action) -> tuple[str, ...]:
        """Bring the pointer over an element, then arm, then press and release the button.

        `click` of the mouse sends both without waiting in between: 1.5 ms apart at the median, 3.4 at most of 30; with `down`
        and `up` one after the other it is 4.6 and 16.1, which would be part of every click's latency.
        """
        locator.hover()
        box = locator.bounding_box()
        if box is None:
            raise GestureError(f"{action.control}: it has no place on the page")
        early = self._arm("pointerdown", None, action)
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        return early

    def _keys(self, key: str, action: Action) -> tuple[str, ...]:
        """Arm, then press a key; several times at a fixed pace if the action says so, the last of which starts the clock."""
        early = self._arm("keydown", key, action)
        begin = time.monotonic()
        for press in range(action.steps):
            time.sleep(max(0.0, begin + press * STEP_INTERVAL_MS / 1e3 - time.monotonic()))
            self.page.keyboard.press(key)
        return early

    def _drag(self, gesture: Drag, action: Action) -> tuple[str, ...]:
        """Take hold of a slider's handle, then arm, then move it step by step and let go; what commits starts the clock."""
        its = self._slider(gesture, action)
        _, *places = (its.x(share) for share in action.path)
        grip = its.grip(action.path[0])
        slider.send(self.cdp, (slider.Move("mouseMoved", grip, its.y), slider.Move("mousePressed", grip, its.y)))
        self.page.wait_for_timeout(self._chance.uniform(*HELD_MS))
        early = self._arm("pointerup" if gesture.commit == "release" else "pointermove", None, action, x=places[-1])
        rest_ms = self._chance.uniform(*self.rest_ms)
        slider.send(self.cdp, slider.moves(places, its.y, STEP_INTERVAL_MS / 1e3, rest_ms / 1e3))
        return early

    def _slider(self, gesture: Drag, action: Action) -> slider.Slider:
        """Return where a slider is. Raises GestureError when it isn't in the window or has no handle."""
        target = self._locate(gesture.drag, str(action.value))
        target.hover()
        try:
            if gesture.along is None:
                return slider.Slider(*slider.native_parts(self.cdp, target), inside=True)
            track = self._locate(gesture.along, str(action.value))
            return slider.Slider(slider.box_of(target), slider.box_of(track), gesture.inside)
        except KeyError as error:
            raise GestureError(f"{action.control}: it has no handle and track: {error}") from error

    def _drop(self, locator: Locator, action: Action) -> tuple[str, ...]:
        """Drag a file over an element, then arm, then drop it, by the browser itself: the events are trusted."""
        locator.scroll_into_view_if_needed()
        box = locator.bounding_box()
        if box is None:
            raise GestureError(f"{action.control}: it has no place on the page")
        files = [str(csv_file(int(action.value)))]
        drag = {
            "x": box["x"] + box["width"] / 2,
            "y": box["y"] + box["height"] / 2,
            "data": {"items": [], "files": files, "dragOperationsMask": 1},
        }
        for kind in ("dragEnter", "dragOver"):
            self.cdp.send("Input.dispatchDragEvent", {"type": kind, **drag})
        early = self._arm("drop", None, action)
        self.cdp.send("Input.dispatchDragEvent", {"type": "drop", **drag})
        return early

    def _arm(self, event: Kind, key: str | None, action: Action, x: int | None = None) -> tuple[str, ...]:
        kept = {name: text for name, text in action.expected.items() if name not in action.changes}
        early = self.page.evaluate(
            "(it) => pyuibench.arm(it)",
            {
                "event": event,
                "key": key,
                "x": x,
                "presses": action.steps if event == "keydown" else 1,
                "watched": self._watched(action),
                "awaited": self._outputs(action.awaited),
                "kept": self._outputs(kept),
                "hold": self._hold_ms,
                "mark": self._mark,
            },
        )
        self.at_start()
        return tuple(early)

    def _watched(self, action: Action) -> dict[str, Any] | None:
        """Return where the output is whose states are kept, and its whole text where they are beginnings of that."""
        if action.watched is None:
            return None
        whole = normalised(action.expected[action.watched]) if action.grows else None
        return {**self._variant.shown(action.watched).model_dump(), "whole": whole}

    def _done(self, timeout_ms: int) -> Mapping[str, Any]:
        result: Mapping[str, Any] = self.page.evaluate("(ms) => pyuibench.done(ms)", timeout_ms)
        return result

    def _reading(self, result: Mapping[str, Any], early: tuple[str, ...]) -> Reading:
        start = result["start"]

        def since_start(at: float | None) -> float | None:
            return None if at is None or start is None else at - start

        def ends(its: Mapping[str, Any]) -> Ends:
            return Ends(its["right"] - (start or 0), since_start(its["visible"]), since_start(its["painted"]))

        return Reading(
            started_ns=self._origin_ns + int((start or 0) * 1e6),
            input_delay_ms=since_start(result["handled"]),
            sent_ms=since_start(result["sent"]),
            arrived_ms=since_start(result["arrived"]),
            right_ms=since_start(result["right"]),
            visible_ms=since_start(result["visible"]),
            painted_ms=since_start(result["painted"]),
            outputs={name: ends(its) for name, its in result["outputs"].items()},
            flickers=result["flickers"],
            update_ms=tuple(at - (start or 0) for at in result["updates"]),
            early=early,
            wrong=result["wrong"],
            hidden=result["hidden"],
            changed=result["changed"],
        )

    def _navigation_start_ns(self) -> int:
        """Return the page's time origin on the machine's monotonic clock, which Chromium's metrics are on."""
        metrics = {metric["name"]: metric["value"] for metric in self.cdp.send("Performance.getMetrics")["metrics"]}
        return int(metrics["NavigationStart"] * 1e9)

    def _outputs(self, texts: Texts) -> list[dict[str, str]]:
        return [{"name": name, "text": text, **self._variant.shown(name).model_dump()} for name, text in texts.items()]

    def _note(self, url: str) -> None:
        if is_outside(url):
            self.outside_requests.append(url)


def _new_profile() -> "tempfile.TemporaryDirectory[str]":
    """Return a directory for a Chromium's profile. What it still writes while it ends is no reason to fail."""
    return tempfile.TemporaryDirectory(prefix="pyuibench-profile-", ignore_cleanup_errors=True)


def in_words(error: PlaywrightError) -> str:
    """Return an error of Playwright's in one line, with what hindered it last where its log says so."""
    first, *log = (line.strip(" -") for line in str(error).splitlines() if line.strip(" -"))
    hindered = [before for before, line in pairwise(log) if line.startswith("retrying")]
    return f"{first.rstrip('.')}: {hindered[-1]}" if hindered else first


def is_outside(url: str) -> bool:
    """Return whether a request leaves this machine."""
    scheme, _, rest = url.partition("://")
    return scheme in {"http", "https", "ws", "wss"} and rest.split("/")[0].split(":")[0] != HOST


def _arrow(action: Action) -> str:
    kind = "slider" if action.control.startswith("cell-") else {**CONTROLS, **KINDS}[action.control]
    forward, back = ARROWS[kind]
    return forward if action.moves > 0 else back


def _named(reasons: Mapping[str, str]) -> str:
    return ", ".join(f"{name} is {reason}" for name, reason in reasons.items())


def _quoted(texts: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name} shows {text!r}" for name, text in texts.items())
