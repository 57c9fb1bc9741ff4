"""The Locust user of a load: one visitor with a tab open. A process has a crew of them; the first process leads."""

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import gevent
from locust import LoadTestShape, User, events, task
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import MasterRunner, WorkerRunner

from pyuibench.contract.service_level import Response
from pyuibench.contract.states import Action, initial_app
from pyuibench.contract.visits import compute_expected, jobs, visits
from pyuibench.entries.catalog import entry_at
from pyuibench.instruments.wire.client import Traffic
from pyuibench.instruments.wire.config import from_environment
from pyuibench.instruments.wire.crew import Crew
from pyuibench.instruments.wire.due import Due
from pyuibench.instruments.wire.leader import Leader
from pyuibench.instruments.wire.level import Level
from pyuibench.instruments.wire.load_config import LoadConfig
from pyuibench.instruments.wire.sample import interaction
from pyuibench.instruments.wire.samples import Samples
from pyuibench.instruments.wire.session import Answer, Turns, WireSession, client_factory
from pyuibench.results.records import Failure, origin_fields

CONFIG = from_environment(LoadConfig)
VARIANT = entry_at(CONFIG.entry).variant(CONFIG.variant)
NEW_CLIENT = client_factory(VARIANT, CONFIG.site_packages)
TURNS = Turns(VARIANT.entry.table.opening_gap_ms)
INITIAL = initial_app().expected
SAMPLES = Samples(CONFIG)
SPAWNED_PER_S = 50.0
CREWS_APART = 100_000
"""Sessions of one process are numbered from its own multiple of this."""
REOPENED_APART = 1_000_000
LOOK_S = 0.01


@dataclass
class Load:
    """What this process has to do with the load: it leads it, or has a crew in it, or both."""

    leader: Leader | None = None
    crew: Crew | None = None


LOAD = Load()


class Visitor(User):
    """One visitor with a tab open; one whose session fails opens another, as a person reloads the page."""

    number = itertools.count()

    def on_start(self) -> None:
        """Open the session."""
        assert LOAD.crew
        self.crew = LOAD.crew
        self.index = next(Visitor.number) + CREWS_APART * self.crew.index
        self.is_apart = self.index == 0 and CONFIG.first != "visits"
        self.session: WireSession | None = None
        self.sequences: Counter[int] = Counter()
        self.opens = 0
        self.ahead: list[Action] = []
        if reason := self._open():
            self.crew.not_opened(reason)
            raise StopUser
        self.due = Due(CONFIG.arrivals, CONFIG.interval_ms, CONFIG.seed + self.index, time.monotonic_ns())
        self.crew.join(self)

    @task
    def act(self) -> None:
        """Carry out the next action when it is due."""
        if self.is_apart:
            self._stay_apart()
            return
        due_ns = self.due.next_ns
        wait_s = (due_ns - time.monotonic_ns()) / 1e9
        if wait_s > 0:
            gevent.sleep(wait_s)
        level = self.crew.level_of(due_ns)
        action = self._next(1)[0]
        with level.waiting.one() if level else nullcontext():
            answer = self._perform(action)
        self.ahead.pop(0)
        self.due.done(time.monotonic_ns())
        self._keep(action, answer, due_ns, level)
        if answer.reason:
            self._reopen()

    def overdue(self, end_ns: int) -> list[tuple[int, Action]]:
        """Return what is due before then and not answered, with its due times."""
        if self.is_apart:
            return []
        due = self.due.before(min(end_ns, time.monotonic_ns()))
        return list(zip(due, self._next(len(due)), strict=True))

    def on_stop(self) -> None:
        """Store what was due in a hold and never answered, and close the session."""
        if not self.crew.has(self):
            return
        for due_ns, action in self.overdue(self.crew.last_ns):
            if level := self.crew.level_of(due_ns):
                now_ns = time.monotonic_ns()
                reason = f"not answered {(now_ns - due_ns) / 1e9:.1f} s after it was due, when the load ended"
                self._keep(action, Answer(now_ns, None, {}, Traffic(), reason, fault="lost"), due_ns, level)
        self._leave()
        self.crew.leave(self)

    def _stay_apart(self) -> None:
        """Rest, or have jobs run back to back while a level is held."""
        now_ns = time.monotonic_ns()
        level = self.crew.level_of(now_ns)
        if CONFIG.first == "rests" or level is None:
            gevent.sleep(LOOK_S)
            return
        action = next(self.jobs)
        answer = self._perform(action)
        if SAMPLES:
            self._store(action, answer, now_ns, level.sessions, is_counted=True)
        if answer.reason:
            self._reopen()

    def _perform(self, action: Action) -> Answer:
        assert self.session
        try:
            return self.session.perform(action)
        except Exception as error:
            # Whatever it is, it must not look like a server that is slow.
            return Answer(time.monotonic_ns(), None, {}, Traffic(), f"the client failed: {error!r}")

    def _reopen(self) -> None:
        self._leave()
        if reason := self._open():
            if SAMPLES:
                step = "wire, a session that was opened again"
                SAMPLES.keep(Failure(**origin_fields(SAMPLES.origin), step=step, reason=reason))
            raise StopUser

    def _leave(self) -> None:
        if self.session:
            self.session.close()

    def _open(self) -> str | None:
        """Open a session and return why that failed, None if it didn't."""
        with TURNS.next():
            client = NEW_CLIENT(_url(CONFIG.target or self.host or "", self.index), "app", 0)
            self.session = WireSession(client, CONFIG.timeout_s, CONFIG.open_timeout_s)
            try:
                answer = self.session.open(INITIAL)
            except Exception as error:
                return f"the client failed: {error!r}"
        # A session that is opened again is another one, with a name of its own.
        number = self.index + REOPENED_APART * self.opens
        self.plan: Iterator[Action] = visits(CONFIG.seed, number, CONFIG.controls)
        self.jobs = jobs()
        self.ahead.clear()
        self.opens += 1
        SAMPLES.figure("session_ms", answer.service_ms, self.crew.sessions + 1, reason=answer.reason)
        return answer.reason

    def _next(self, count: int) -> list[Action]:
        """Return the next actions, which stay next until they are done."""
        while len(self.ahead) < count:
            self.ahead.append(next(self.plan))
        return self.ahead[:count]

    def _keep(self, action: Action, answer: Answer, due_ns: int, level: Level | None) -> None:
        if SAMPLES:
            self._store(action, answer, due_ns, level.sessions if level else self.crew.sessions, level is not None)
        lag_ms = max((answer.started_ns - due_ns) / 1e6, 0.0)
        response_ms = lag_ms + (answer.service_ms or 0.0)
        if level:
            level.responses.append(Response(action.scenario, response_ms, answer.reason is None))
        self.environment.events.request.fire(
            request_type=VARIANT.id,
            name=f"{action.scenario} {action.control}",
            response_time=response_ms,
            response_length=answer.traffic.bytes_down,
            exception=RuntimeError(answer.reason) if answer.reason else None,
            context={},
        )

    def _store(self, action: Action, answer: Answer, due_ns: int, sessions: int, is_counted: bool) -> None:
        sample = interaction(
            SAMPLES.origin,
            action,
            answer,
            due_ns=due_ns,
            sessions=sessions,
            session=self.index,
            sequence=self.sequences[sessions],
            warmup=not is_counted,
        )
        self.sequences[sessions] += 1
        SAMPLES.keep(sample)


def _url(url: str, index: int) -> str:
    """Return where a session finds the app: at a port of its own where there are several."""
    place = urlsplit(url)
    if CONFIG.visitor_ports == 1 or place.port is None:
        return url
    return place._replace(netloc=f"{place.hostname}:{place.port + index % CONFIG.visitor_ports}").geturl()


class Levels(LoadTestShape):
    """Asks for as many users as the leader wants, and ends the load with it."""

    def tick(self) -> tuple[int, float] | None:
        """Return how many users there shall be and how many are started a second; None when the load is over."""
        assert LOAD.leader
        return None if LOAD.leader.is_over else (LOAD.leader.wanted, SPAWNED_PER_S)


@events.init.add_listener  # type: ignore[untyped-decorator]
def _take_part(environment: Environment, **_: Any) -> None:
    """Have this process lead, or have a crew, or both."""
    assert environment.runner
    if not isinstance(environment.runner, WorkerRunner):
        LOAD.leader = Leader(CONFIG, environment.runner, SAMPLES)
    if not isinstance(environment.runner, MasterRunner):
        LOAD.crew = Crew(CONFIG, environment.runner, SAMPLES)


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def _begin(environment: Environment, **_: Any) -> None:
    # Clicks on the counter need nothing computed.
    if LOAD.crew and {control for _, control in CONFIG.controls} != {"increment"}:
        compute_expected()
    if LOAD.leader:
        gevent.spawn(LOAD.leader.lead)


@events.test_stop.add_listener  # type: ignore[untyped-decorator]
def _may_begin_again(environment: Environment, **_: Any) -> None:
    if LOAD.leader:
        LOAD.leader.is_over = False


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def _end(environment: Environment, **_: Any) -> None:
    if LOAD.crew:
        LOAD.crew.close()
    SAMPLES.close()
