"""Several pages that are open at once, each a visitor's: what they ask is sent at the same moment, and timed in each."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Self

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action
from pyuibench.entries.catalog import Click, Say
from pyuibench.instruments.browser.calls import calls_of
from pyuibench.instruments.browser.cpu_time import CpuClocks
from pyuibench.instruments.browser.page import TYPED_MS, GestureError, Page, Reading, in_words
from pyuibench.instruments.browser.task import ServedPage
from pyuibench.instruments.shared.ledger import UNKNOWN, user_code
from pyuibench.results.records import Interaction, Origin, origin_fields

ANSWER_TIMEOUT_MS = 120_000
"""How long an answer may take that others wait for too."""


class AskingPage(Page):
    """A page on which a text replaces the one before in its field, and on which a gesture and its end are apart.

    A text comes at once, as one that is pasted: what is timed begins with the Enter that sends it.
    """

    def __enter__(self) -> Self:
        return self

    def write(self, action: Action) -> None:
        """Write what a text field is to be sent, untimed. Raises GestureError when it isn't there or can't be operated."""
        gesture = self._variant.gesture(action.control)
        if isinstance(gesture, Say):
            try:
                self._locate(gesture.say, "").click()
                self.page.keyboard.press("ControlOrMeta+a")
                self.page.keyboard.insert_text(str(action.value))
                self.page.wait_for_timeout(TYPED_MS)
            except PlaywrightError as error:
                raise GestureError(f"{action.control}: {in_words(error)}") from error

    def send(self, action: Action) -> tuple[str, ...]:
        """Send what was written, or press the button, which starts the clock; return what was right before. Raises likewise."""
        gesture = self._variant.gesture(action.control)
        try:
            if isinstance(gesture, Say):
                self._locate(gesture.say, "").focus()
                return self._keys("Enter", action)
            assert isinstance(gesture, Click)
            return self._press(self._locate(gesture.click, str(action.value)), action)
        except PlaywrightError as error:
            raise GestureError(f"{action.control}: {in_words(error)}") from error

    def answer(self, action: Action, early: tuple[str, ...], timeout_ms: int = ANSWER_TIMEOUT_MS) -> Reading:
        """Wait for the end of what was sent and return what the stopwatch saw. Raises likewise."""
        try:
            return self._reading(self._done(timeout_ms), early)
        except PlaywrightError as error:
            raise GestureError(f"{action.control}: {in_words(error)}") from error


@dataclass(frozen=True)
class Visitor:
    """One visitor's page: asks, and tells what came of it as a sample. `opened` is what was seen when it loaded."""

    page: AskingPage
    opened: Reading
    served: ServedPage
    origin: Origin
    number: int
    rest_ms: tuple[float, float]
    _chance: random.Random
    _sequence: Iterator[int]

    def ask(self, action: Action) -> Interaction:
        """Ask alone and return the sample, with what server and page did for it. Raises GestureError."""
        ledger = calls_of(self.page, self.served.ledger)
        self.page.write(action)
        ledger.new_calls()
        clocks = CpuClocks(self.page, self.served.servers)
        reading = self.page.answer(action, self.page.send(action))
        self.rest()
        code = user_code(ledger, reading.started_ns, reading.arrived_ms)
        return self.sample(action, reading, **code, **clocks.spent())

    def beside(self, action: Action, others: int) -> Interaction:
        """Ask while so many others are served, and return the sample. Raises GestureError."""
        return self.sample(action, self.page.answer(action, self.page.send(action)), beside=others)

    def loaded(self) -> Interaction:
        """Return the sample of the page's load, a cold one."""
        return self.sample(Action("load", "cold", 0, {}, ()), self.opened)

    def sample(
        self,
        action: Action,
        reading: Reading,
        sessions: int = 1,
        beside: int = 0,
        reason: str | None = None,
        **more: Any,
    ) -> Interaction:
        """Return the sample of an action, one of so many `sessions` at once, `beside` so many that do something else."""
        why = reason or reading.reason
        values: dict[str, Any] = {
            "sessions": sessions,
            "beside": beside,
            "right_ms": reading.right_ms,
            "visible_ms": reading.visible_ms,
            "painted_ms": reading.painted_ms,
            "update_ms": list(reading.update_ms) or None,
            "input_delay_ms": reading.input_delay_ms,
            "arrived_ms": reading.arrived_ms,
            "sent_ms": reading.sent_ms,
            "flickers": reading.flickers,
            "ok": why is None,
            "reason": why,
            **UNKNOWN,
            **more,
        }
        return Interaction(
            **origin_fields(self.origin),
            instrument="browser",
            scenario=action.scenario,
            control=action.control,
            session=self.number,
            sequence=next(self._sequence),
            warmup=False,
            started_ns=reading.started_ns,
            **values,
        )

    def rest(self) -> None:
        """Rest as between two actions."""
        time.sleep(self._chance.uniform(*self.rest_ms) / 1e3)


@contextmanager
def visitors(
    browser: Browser,
    served: ServedPage,
    origin: Origin,
    initial: Texts,
    numbers: Sequence[int],
    hold_ms: int,
    rest_ms: tuple[float, float],
    seed: int,
) -> Iterator[tuple[Visitor, ...]]:
    """Have a page open for each number, in its first state. Raises GestureError when one doesn't open."""
    with ExitStack() as opened:
        found = []
        for session in numbers:
            page = opened.enter_context(AskingPage(browser, served.variant, served.url, initial, hold_ms))
            reading = page.open()
            if reading.reason:
                raise GestureError(f"the page of visitor {session}: {reading.reason}")
            chance = random.Random(seed + session)
            found.append(Visitor(page, reading, served, origin, session, rest_ms, chance, count()))
        yield tuple(found)
