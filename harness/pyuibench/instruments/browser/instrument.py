"""Takes the browser's samples of one boot: page loads, gestures, and (untimed) traffic and heap."""

import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action, initial_app
from pyuibench.entries.catalog import Variant
from pyuibench.instruments.browser.page import Page, Reading
from pyuibench.instruments.browser.traffic import TrafficCounter
from pyuibench.instruments.ledger import user_code
from pyuibench.instruments.one_offs import carry_out
from pyuibench.results.records import Failure, Interaction, Measurement, Origin, origin_fields
from pyuibench.serving.relay import Relay
from workload.ledger import LedgerReader


@dataclass(frozen=True)
class BrowserTask:
    """What to do in one boot. Of `actions`, the first `warmup_actions` don't count; `reopens`: a warm load is timed too.

    `tasks` are the scenarios of what comes once after the actions. `rtt_ms` is added to every round trip, by a relay.
    """

    origin: Origin
    variant: Variant
    url: str
    ledger: Path
    initial: Texts
    actions: tuple[Action, ...]
    warmup_actions: int
    tasks: tuple[str, ...]
    reopens: bool
    hold_ms: int
    rest_ms: tuple[float, float]
    seed: int
    rtt_ms: float = 0.0


def timed(
    browser: Browser, task: BrowserTask, relay: str | None = None
) -> Iterator[Interaction | Measurement | Failure]:
    """Yield a cold load, maybe a warm one, every action, and the page's heap after them. Stops after an action that failed.

    `relay` is the address of what the page's connections go through, if anything.
    Raises GestureError when the page doesn't load or a control can't be operated.
    """
    chance = random.Random(task.seed)
    reader = LedgerReader(str(task.ledger))
    with _page(browser, task, relay) as page:
        reader.new_calls()
        yield _interaction(task, page.open(), reader, "load", "cold", 0)
        if task.reopens:
            _rest(task, chance)
            yield _interaction(task, page.open_again(), reader, "load", "warm", 1)
        for sequence, action in enumerate(task.actions):
            _rest(task, chance)
            reader.new_calls()
            reading = page.perform(action)
            control = action.control.partition("-")[0]
            sample = _interaction(task, reading, reader, action.scenario, control, sequence, task.warmup_actions)
            yield sample
            if not sample.ok:
                break
        else:
            yield from _tasks(browser, task, page, reader, chance)
        yield _measurement(task, "js_heap_bytes", page.js_heap_bytes())
        yield _measurement(task, "outside_requests", len(page.outside_requests), ", ".join(page.outside_requests[:5]))


def _tasks(
    browser: Browser, task: BrowserTask, page: Page, reader: LedgerReader, chance: random.Random
) -> Iterator[Interaction | Failure]:
    @contextmanager
    def other() -> Iterator[Page]:
        with _page(browser, task) as second:
            second.open()
            yield second

    def rest() -> None:
        _rest(task, chance)
        reader.new_calls()

    state = (task.actions[-1].after if task.actions else None) or initial_app()
    for sequence, done in enumerate(carry_out(page, other, state, task.tasks, rest, time.monotonic)):
        if done.result:
            control = done.action.control
            yield _interaction(task, done.result, reader, done.action.scenario, control, sequence)
        elif done.reason:
            yield Failure(**origin_fields(task.origin), step=f"browser, {done.action.scenario}", reason=done.reason)


def far_away(browser: Browser, task: BrowserTask) -> Iterator[Interaction | Failure]:
    """Yield a cold load and every action, with the task's `rtt_ms` added to every round trip. Raises as `timed`."""
    with Relay(task.rtt_ms) as relay:
        for sample in timed(browser, task, relay.url):
            if not isinstance(sample, Measurement):
                yield sample


def untimed(browser: Browser, task: BrowserTask) -> Iterator[Measurement]:
    """Yield the traffic of a cold load and of one action of each control, in a page of its own.

    Raises GestureError when the page doesn't load or a control can't be operated.
    """
    with _page(browser, task) as page:
        counter = TrafficCounter(page.cdp)
        page.open()
        counts = counter.take()
        yield _measurement(task, "page_bytes_down", counts.bytes_down)
        yield _measurement(task, "page_requests", counts.requests)
        for action in _one_a_control(task.actions):
            counter.take()
            page.perform(action)
            counts = counter.take()
            yield _measurement(task, "action_bytes_up", counts.bytes_up, action.control)
            yield _measurement(task, "action_bytes_down", counts.bytes_down, action.control)


def _page(browser: Browser, task: BrowserTask, relay: str | None = None) -> Page:
    return Page(browser, task.variant, task.url, task.initial, task.hold_ms, relay=relay)


def _one_a_control(actions: Iterable[Action]) -> Iterator[Action]:
    """Yield the actions up to the first of a control seen before: they can be carried out in a row."""
    seen: set[str] = set()
    for action in actions:
        control = action.control.partition("-")[0]
        if control in seen:
            return
        seen.add(control)
        yield action


def _rest(task: BrowserTask, chance: random.Random) -> None:
    time.sleep(chance.uniform(*task.rest_ms) / 1e3)


def _interaction(
    task: BrowserTask,
    reading: Reading,
    reader: LedgerReader,
    scenario: str,
    control: str,
    sequence: int,
    warmup: int = 0,
) -> Interaction:
    return Interaction(
        **origin_fields(task.origin),
        instrument="browser",
        scenario=scenario,
        control=control,
        sessions=1,
        session=0,
        sequence=sequence,
        warmup=sequence < warmup,
        started_ns=reading.started_ns,
        dom_ms=reading.dom_ms,
        painted_ms=reading.painted_ms,
        output_ms=dict(reading.output_ms),
        update_ms=list(reading.update_ms) or None,
        input_delay_ms=reading.input_delay_ms,
        arrived_ms=reading.arrived_ms,
        rtt_ms=task.rtt_ms,
        flickers=reading.flickers,
        ok=reading.reason is None,
        reason=reading.reason,
        **user_code(reader, reading.started_ns, reading.arrived_ms),
    )


def _measurement(task: BrowserTask, metric: str, value: float, detail: str = "") -> Measurement:
    return Measurement(
        **origin_fields(task.origin), instrument="browser", metric=metric, value=value, sessions=1, detail=detail
    )
