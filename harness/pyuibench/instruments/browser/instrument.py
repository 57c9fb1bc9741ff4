"""Takes the browser's samples of one boot: page loads, gestures, and (untimed) traffic and heap."""

import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser

from pyuibench.contract.states import Action, initial_app
from pyuibench.instruments.browser.boot_marks import marks_of, parts
from pyuibench.instruments.browser.calls import calls_of
from pyuibench.instruments.browser.cpu_time import CpuClocks, CpuTime
from pyuibench.instruments.browser.page import GestureError, Page, Reading
from pyuibench.instruments.browser.page_memory import page_memory
from pyuibench.instruments.browser.task import BrowserTask, ServedPage
from pyuibench.instruments.browser.traffic import TrafficCounter
from pyuibench.instruments.shared.ledger import UserCode, user_code
from pyuibench.instruments.shared.one_offs import carry_out
from pyuibench.results.records import Failure, Interaction, Measurement, origin_at, origin_fields
from pyuibench.serving.relay import Relay


def timed(browser: Browser, served: ServedPage, task: BrowserTask) -> Iterator[Interaction | Measurement | Failure]:
    """Yield page loads, every action, what comes once, and the page's heap. Stops after an action that failed.

    Longer round trips go through a relay. Raises GestureError when the page doesn't load or a control can't
    be operated.
    """
    if not task.rtt_ms:
        yield from _session(browser, served, task, None)
        return
    with Relay(task.rtt_ms) as relay:
        yield from _session(browser, served, task, relay.url)


def untimed(browser: Browser, served: ServedPage, task: BrowserTask) -> Iterator[Measurement]:
    """Yield the traffic of a cold load and of one action of each control, in a page of its own.

    Raises GestureError when the page doesn't load or a control can't be operated.
    """
    with _page(browser, served, task) as page:
        counter = TrafficCounter(page.cdp)
        page.open()
        counts = counter.take()
        yield _measurement(task, "page_bytes_down", counts.bytes_down)
        yield _measurement(task, "page_requests", counts.requests)
        for action in _one_a_control(task.actions):
            counter.take()
            page.perform(action)
            counts = counter.take()
            yield _measurement(task, "action_bytes_up", counts.bytes_up, control=action.control)
            yield _measurement(task, "action_bytes_down", counts.bytes_down, control=action.control)


def _session(
    browser: Browser, served: ServedPage, task: BrowserTask, relay: str | None
) -> Iterator[Interaction | Measurement | Failure]:
    with _page(browser, served, task, relay) as page:
        session = _Session(task, page, served, CpuClocks(page, served.servers))
        yield from _loads(session)
        for sequence, action in enumerate(task.actions):
            reading = session.page.perform(action)
            sample = session.sample(reading, action.scenario, action.control, sequence, task.warmup_actions)
            yield sample
            if not sample.ok:
                break
            done = sequence + 1
            if task.heap_every and done % task.heap_every == 0:
                yield _measurement(task, "heap_bytes", page.js_heap_bytes(), at=float(done))
        else:
            yield from _one_offs(browser, session)
        yield _measurement(task, "js_heap_bytes", page.js_heap_bytes())
        yield _measurement(task, "page_pss_bytes", **page_memory(page))
        yield _measurement(
            task, "outside_requests", len(page.outside_requests), detail=", ".join(page.outside_requests[:5])
        )


class _Session:
    """A page that is open, with what reads the server's ledger and the clocks of processes."""

    def __init__(self, task: BrowserTask, page: Page, served: ServedPage, clocks: CpuClocks) -> None:
        self.task, self.page, self.served, self.clocks = task, page, served, clocks
        self._ledger = calls_of(page, served.ledger)
        self._chance = random.Random(task.seed)

    def rest(self) -> None:
        """Rest as between two actions."""
        time.sleep(self._chance.uniform(*self.task.rest_ms) / 1e3)
        self.forget()

    def forget(self) -> None:
        """Leave what the server has called so far to what was before."""
        self._ledger.new_calls()

    def sample(self, reading: Reading, scenario: str, control: str, sequence: int, warmup: int = 0) -> Interaction:
        """Return the sample of an interaction, after a rest: what server and page do after their answer is part of it."""
        time.sleep(self._chance.uniform(*self.task.rest_ms) / 1e3)
        code = user_code(self._ledger, reading.started_ns, reading.arrived_ms)
        return _interaction(
            self.task, reading, scenario, control, sequence, sequence < warmup, code, self.clocks.spent()
        )


def _loads(session: _Session) -> Iterator[Interaction | Measurement]:
    """Open the page, and yield its loads as far as they are to be timed. Raises GestureError for a wrong first state."""
    session.forget()
    reading = session.page.open()
    session.clocks.opened()
    if not session.task.times_loading:
        if reading.reason:
            raise GestureError(f"first state: {reading.reason}")
        session.rest()
        return
    yield session.sample(reading, "load", "cold", 0)
    yield from _parts(session, reading, "cold")
    if session.task.reopens:
        reading = session.page.open_again()
        session.clocks.opened()
        yield session.sample(reading, "load", "warm", 1)
        yield from _parts(session, reading, "warm")


def _parts(session: _Session, reading: Reading, load: str) -> Iterator[Measurement]:
    """Yield the parts of a load where the page's Python runs in the browser. `load`: cold or warm."""
    if session.page.runs_in == "browser" and reading.right_ms is not None and not session.task.rtt_ms:
        for metric, value_ms in parts(marks_of(session.page), reading.right_ms):
            yield _measurement(session.task, metric, value_ms, control=load)


def _one_offs(browser: Browser, session: _Session) -> Iterator[Interaction | Failure]:
    task = session.task

    @contextmanager
    def other() -> Iterator[Page]:
        with _page(browser, session.served, task) as second:
            second.open()
            yield second

    state = (task.actions[-1].after if task.actions else None) or initial_app()
    for sequence, done in enumerate(carry_out(session.page, other, state, task.one_offs, session.rest, time.monotonic)):
        if done.result:
            yield session.sample(done.result, done.action.scenario, done.action.control, sequence)
        elif done.reason:
            yield Failure(
                **origin_fields(task.origin),
                scope="step",
                instrument="browser",
                step=f"browser: {done.action.scenario}",
                reason=done.reason,
            )


def _page(browser: Browser, served: ServedPage, task: BrowserTask, relay: str | None = None) -> Page:
    return Page(browser, served.variant, served.url, task.initial, task.hold_ms, relay=relay)


def _one_a_control(actions: Iterable[Action]) -> Iterator[Action]:
    """Yield the actions up to the first of a control seen before: they can be carried out in a row."""
    seen: set[str] = set()
    for action in actions:
        control = action.control.partition("-")[0]
        if control in seen:
            return
        seen.add(control)
        yield action


def _interaction(
    task: BrowserTask,
    reading: Reading,
    scenario: str,
    control: str,
    sequence: int,
    warmup: bool,
    code: UserCode,
    cpu: CpuTime,
) -> Interaction:
    return Interaction(
        **origin_fields(origin_at(task.origin, task.cell_costs, control)),
        instrument="browser",
        scenario=scenario,
        control=control.partition("-")[0],
        sessions=1,
        session=0,
        sequence=sequence,
        warmup=warmup,
        started_ns=reading.started_ns,
        right_ms=reading.right_ms,
        visible_ms=reading.visible_ms,
        painted_ms=reading.painted_ms,
        output_ms={name: ends.right_ms for name, ends in reading.outputs.items()},
        output_visible_ms={name: it.visible_ms for name, it in reading.outputs.items() if it.visible_ms is not None},
        output_painted_ms={name: it.painted_ms for name, it in reading.outputs.items() if it.painted_ms is not None},
        update_ms=list(reading.update_ms) or None,
        input_delay_ms=reading.input_delay_ms,
        arrived_ms=reading.arrived_ms,
        sent_ms=reading.sent_ms,
        rtt_ms=task.rtt_ms,
        flickers=reading.flickers,
        ok=reading.reason is None,
        reason=reading.reason,
        **code,
        **cpu,
    )


def _measurement(task: BrowserTask, metric: str, value: float | None, **more: Any) -> Measurement:
    origin = origin_fields(task.origin)
    return Measurement(**origin, instrument="browser", metric=metric, value=value, sessions=1, **more)
