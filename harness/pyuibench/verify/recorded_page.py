"""Records what a page sends in a browser, and compares a wire client's session with it."""

import json
import subprocess
from base64 import b64decode
from collections.abc import Generator
from contextlib import ExitStack

from playwright.sync_api import Browser

from pyuibench.contract.scenarios import PageName
from pyuibench.contract.states import initial_texts
from pyuibench.entries.catalog import Variant
from pyuibench.entries.departures import departures_of
from pyuibench.instruments.browser.page import GestureError, Page, Reading
from pyuibench.instruments.browser.sent import SentRecorder
from pyuibench.instruments.shared.sent import Sent
from pyuibench.verify.browser import ACTION_TIMEOUT_MS, Seen
from pyuibench.verify.messages import Parted, Session, compared, parted
from pyuibench.verify.recorded_steps import AFTERWARDS_S, steps

APART_MS = 1_300.0
HOLD_MS = 20
"""That right states last is proven by other checks."""
MOST_NAMED = 5
SHOWN_ADDRESS, SHOWN_BODY = 80, 300
"""Characters."""


def recorded(
    browser: Browser, variant: Variant, page: PageName, url: str, cells: int
) -> tuple[list[list[Sent]], list[list[Sent]]]:
    """Return what two sessions send when the page is opened and with each action, the same in both, one a moment after the other.

    What comes every few seconds falls into different steps of theirs. Raises GestureError where something goes wrong.
    """
    with ExitStack() as opened:
        both = [
            opened.enter_context(Page(browser, variant, url, initial_texts(page, cells), HOLD_MS)) for _ in range(2)
        ]
        recorders = [SentRecorder(each.cdp) for each in both]
        for each in both:
            _require_right(each.open())
            each.page.wait_for_timeout(APART_MS)
        sessions = [[it.take()] for it in recorders]
        for action in steps(page, cells, frozenset(variant.not_applicable)):
            for each in both:
                _require_right(each.perform(action, ACTION_TIMEOUT_MS))
            both[0].page.wait_for_timeout(AFTERWARDS_S * 1e3)
            for session, recorder in zip(sessions, recorders, strict=True):
                session.append(recorder.take())
    return sessions[0], sessions[1]


def _require_right(reading: Reading) -> None:
    if reading.reason:
        raise GestureError(reading.reason)


def check_messages(
    browser: Browser, variant: Variant, page: PageName, url: str, cells: int, client: "subprocess.Popen[str]"
) -> Generator[Seen, None, None]:
    """Yield where what a client sends, in a process that is told the address now, parts from what two sessions of the page do.

    Raises UserError for a `messages.toml` that isn't valid.
    """
    departures = departures_of(variant.entry)
    assert client.stdin
    client.stdin.write(f"{url}\n")
    client.stdin.flush()
    try:
        first, second = recorded(browser, variant, page, url, cells)
    except GestureError as error:
        yield Seen("messages", f"the page's can't be recorded: {error}")
        return
    out, errors = client.communicate("over\n")
    if client.returncode:
        cause = errors.strip() or f"exit code {client.returncode}"
        yield Seen("messages", f"the client's can't be recorded: {cause.splitlines()[-1]}")
        return
    sessions = (compared(it, departures) for it in (first, second, _session(out.splitlines()[-1])))
    names = ("load", *(f"{it.control} to {it.value!r}" for it in steps(page, cells, frozenset(variant.not_applicable))))
    found = parted(*sessions)
    yield from (Seen("messages", _in_words(it, names[it.step])) for it in found[:MOST_NAMED])
    if len(found) > MOST_NAMED:
        yield Seen("messages", f"and {len(found) - MOST_NAMED} more that the page and the client don't share")


def _session(line: str) -> Session:
    return [[Sent(to, b64decode(body)) for to, body in step] for step in json.loads(line)]


def _in_words(it: Parted, step: str) -> str:
    body = it.sent.body.decode(errors="replace") if it.sent.body else ""
    message = f"{it.sent.to[:SHOWN_ADDRESS]}: {body[:SHOWN_BODY]}"
    who = "the page sends what the client doesn't" if it.by_page else "the client sends what the page doesn't"
    return f"{step}: {who}: {message}"
