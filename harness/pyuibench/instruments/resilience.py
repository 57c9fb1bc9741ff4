"""What survives: a session whose connection is cut and restored, whose page is reloaded, whose server is restarted.

Nothing is restarted or reloaded on the page's behalf, as a visitor would who doesn't know that anything happened: afterwards the
counter is clicked once a second until it moves. What it moves to tells what was kept.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from pyuibench.contract.scenarios import normalised
from pyuibench.contract.states import Action, AppState, initial_app
from pyuibench.entries.catalog import Variant
from pyuibench.instruments.base import Instrument
from pyuibench.instruments.browser.page import GestureError, Page
from pyuibench.serving.environment import Environment
from pyuibench.serving.relay import Relay
from pyuibench.serving.server import Server
from workload.expected import expected_app

INSTRUMENT = Instrument("resilience", "what survives a cut connection, a reload, a restart")
Event = Literal["cut", "reload", "restart"]
EVENTS: tuple[Event, ...] = ("cut", "reload", "restart")
Kept = Literal["kept", "partly", "lost", "dead"]

CUT_S = 2.0
PATIENCE_S = 10.0
CLICK_EVERY_S = 1.0
LOOK_EVERY_S = 0.05
# So many that clicks on a session that has begun anew aren't taken for it.
CLICKS_BEFORE = 10


@dataclass(frozen=True)
class Outcome:
    """What became of a session.

    It `kept` its state, or one of counter and granularity (`partly`), or `lost` both but works, or was `dead` for PATIENCE_S.

    `until_answer_ms`: from the end of the event until the page did what it was asked to, to CLICK_EVERY_S; None if it never did.
    """

    event: Event
    kept: Kept
    until_answer_ms: float | None


def outcomes(browser: Browser, variant: Variant, environment: Environment, log: Path) -> Iterator[Outcome]:
    """Yield what becomes of a session at each event. Raises ServerError, UserError, GestureError or PlaywrightError."""
    with Relay() as relay, ExitStack() as stack:
        server = stack.enter_context(Server(variant, environment, "app", log))
        server.await_ready()
        for event in EVENTS:
            relay.restore()
            with Page(browser, variant, server.url, initial_app().expected, 0, relay=relay.url) as page:
                before = _use(page)
                if event == "cut":
                    relay.cut()
                    time.sleep(CUT_S)
                    relay.restore()
                elif event == "reload":
                    page.page.reload()
                else:
                    server.stop()
                    server = stack.enter_context(Server(variant, environment, "app", log, port=server.port))
                    server.await_ready()
                yield _outcome(page, event, before)


def _use(page: Page) -> AppState:
    """Open the page and bring it away from its first state."""
    state = initial_app()
    if reason := page.open().reason:
        raise GestureError(f"first state: {reason}")
    for clicked in range(1, CLICKS_BEFORE + 1):
        state = _act(page, *state.act("unrelated", "increment", clicked, ("count",)))
    return _act(page, *state.act("local", "granularity", "year", ("chart",)))


def _act(page: Page, after: AppState, action: Action) -> AppState:
    if reason := page.perform(action).reason:
        raise GestureError(f"{action.control}: {reason}")
    return after


def _outcome(page: Page, event: Event, before: AppState) -> Outcome:
    begin = time.monotonic()
    clicks = 0
    while (passed_s := time.monotonic() - begin) < PATIENCE_S:
        clicks += _clicked(page)
        while time.monotonic() - begin < passed_s + CLICK_EVERY_S:
            if kept := _kept(page, before, clicks):
                return Outcome(event, kept, (time.monotonic() - begin) * 1e3)
            time.sleep(LOOK_EVERY_S)
    return Outcome(event, "dead", None)


def _clicked(page: Page) -> bool:
    """Try to click the counter; return whether the page let us."""
    try:
        page.begin(initial_app().use("unrelated"), timeout_ms=CLICK_EVERY_S * 1e3)
    except GestureError:
        return False
    return True


def _kept(page: Page, before: AppState, clicks: int) -> Kept | None:
    """Return what the page has kept, None as long as the counter hasn't moved from where it was or from its beginning."""
    counted = before.inputs.uses("increment")
    states = {start: [_text(start + click) for click in range(1, clicks + 1)] for start in (counted, 0)}
    try:
        shown = page.wrong({"count": ""}).get("count")
        chart_is_kept = not page.wrong({"chart": before.expected["chart"]})
    except PlaywrightError:
        # The page is loading itself again.
        return None
    for start, texts in states.items():
        if shown in texts and shown != _text(counted):
            return ("lost", "partly", "kept")[(start == counted) + chart_is_kept]
    return None


def _text(clicks: int) -> str:
    return normalised(expected_app(initial_app().inputs.with_value("increment", clicks))["count"])
