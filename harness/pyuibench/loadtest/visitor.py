"""The Locust user of a load, and the sweep that leads it from level to level."""

import itertools
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import gevent
import psutil
from locust import LoadTestShape, User, events, task
from locust.env import Environment
from locust.exception import StopUser

from pyuibench.catalog import load_entry
from pyuibench.errors import UserError
from pyuibench.loadtest.config import LoadConfig
from pyuibench.loadtest.due import Due
from pyuibench.loadtest.level import Level
from pyuibench.loadtest.slo import Response, broken
from pyuibench.loadtest.visits import compute_expected, visits
from pyuibench.records import Cell, Failure, Measurement, cell_fields
from pyuibench.resources import cpu_ms, measure
from pyuibench.spec import Action, initial_app
from pyuibench.store import SampleFile
from pyuibench.wire.client import Traffic
from pyuibench.wire.config import from_environment
from pyuibench.wire.sample import interaction
from pyuibench.wire.session import Answer, Turns, WireSession, client_factory

CONFIG = from_environment(LoadConfig)
_entry = load_entry(CONFIG.entry)
if _entry is None:
    raise UserError(f"{CONFIG.entry} is not an entry.")
VARIANT = _entry.variant(CONFIG.variant)
NEW_CLIENT = client_factory(VARIANT, CONFIG.site_packages)
TURNS = Turns(_entry.table.opening_gap_ms)
INITIAL = initial_app().expected
SPAWNED_PER_S = 50.0
LOOK_S = 0.05


class Sweep:
    """Goes through the levels: waits until all sessions of one are open, holds it, and judges it."""

    def __init__(self) -> None:
        self.visitors: list[Visitor] = []
        self.levels: list[Level] = []
        self.wanted = CONFIG.levels[0]
        self.opened = 0
        self.unopened: list[str] = []
        self.is_over = False
        self.samples = SampleFile(CONFIG.samples / f"load-{os.getpid()}.jsonl") if CONFIG.samples else None

    def lead(self) -> None:
        """Go through the levels, to the end or until the service level is missed."""
        for sessions in CONFIG.levels:
            self.wanted = sessions
            missed = self._await_open(sessions) or self._held(sessions)
            self._figure("slo_kept", 0.0 if missed else 1.0, sessions, missed or "")
            if missed and not CONFIG.goes_on:
                break
        self.is_over = True

    def level_of(self, due_ns: int) -> Level | None:
        """Return the level in whose hold an action is due, None between levels."""
        return next((level for level in reversed(self.levels) if level.holds(due_ns)), None)

    def close(self) -> None:
        """Store what was never answered, and how long sessions waited in each level, by the generator's own account."""
        for level in self.levels:
            self._figure("waiting_sessions", level.waited_ns / 1e9 / level.hold_s, level.sessions)
        if self.samples:
            self.samples.close()

    def keep(self, record: Cell) -> None:
        """Store a sample."""
        if self.samples and CONFIG.cell:
            self.samples.add(record)

    def _await_open(self, sessions: int) -> str | None:
        """Wait until so many sessions are open; return why they aren't."""
        deadline = time.monotonic() + CONFIG.open_timeout_s
        while self.opened + len(self.unopened) < sessions:
            if time.monotonic() > deadline:
                return f"only {self.opened} of {sessions} sessions were open after {CONFIG.open_timeout_s:g} s"
            gevent.sleep(LOOK_S)
        if self.unopened:
            return f"{len(self.unopened)} of {sessions} sessions didn't open: {self.unopened[0]}"
        return None

    def _held(self, sessions: int) -> str | None:
        """Hold a level and store its figures; return how it missed the service level."""
        server_ms, own_ms = cpu_ms(_server()), cpu_ms([psutil.Process()])
        began_ns = time.monotonic_ns()
        level = Level(sessions, began_ns, began_ns + int(CONFIG.hold_s * 1e9))
        self.levels.append(level)
        gevent.sleep(CONFIG.hold_s)
        elapsed_ms = (time.monotonic_ns() - began_ns) / 1e6
        answered = max(len(level.responses), 1)
        own_share = (cpu_ms([psutil.Process()]) - own_ms) / elapsed_ms
        self._figure("generator_cpu_share", own_share, sessions)
        self._figure("hold_s", level.hold_s, sessions)
        if CONFIG.server:
            figures = measure(_server())
            self._figure("loaded_pss_bytes", figures.pss_bytes, sessions)
            self._figure("server_cpu_ms", (figures.cpu_ms - server_ms) / answered, sessions)
            self._figure("server_cpu_share", (figures.cpu_ms - server_ms) / elapsed_ms, sessions)
        deadline = time.monotonic() + CONFIG.cool_down_s
        while time.monotonic() < deadline and any(self._overdue(level)):
            gevent.sleep(LOOK_S)
        now_ns = time.monotonic_ns()
        late = [Response(scenario, (now_ns - due_ns) / 1e6, True) for scenario, due_ns in self._overdue(level)]
        return broken(CONFIG.slo, level.responses + late)

    def _overdue(self, level: Level) -> Iterator[tuple[str, int]]:
        """Yield scenario and due time of what was due in the hold and isn't answered yet."""
        for visitor in self.visitors:
            for due_ns, action in visitor.overdue(level.ended_ns):
                if level.holds(due_ns):
                    yield action.scenario, due_ns

    def _figure(self, metric: str, value: float, sessions: int, detail: str = "") -> None:
        if CONFIG.cell:
            place = cell_fields(_cell())
            self.keep(
                Measurement(**place, instrument="wire", metric=metric, value=value, sessions=sessions, detail=detail)
            )


class Visitor(User):
    """One visitor with a tab open; one whose session fails opens another, as a person reloads the page."""

    number = itertools.count()

    def on_start(self) -> None:
        """Open the session."""
        self.index = next(Visitor.number)
        self.session: WireSession | None = None
        self.sequences: Counter[int] = Counter()
        self.opens = 0
        self.ahead: list[Action] = []
        self.due = Due(CONFIG.arrivals, CONFIG.interval_ms, CONFIG.seed + self.index, time.monotonic_ns())
        reason = self._open()
        if reason:
            SWEEP.unopened.append(reason)
            raise StopUser
        self.due = Due(CONFIG.arrivals, CONFIG.interval_ms, CONFIG.seed + self.index, time.monotonic_ns())
        SWEEP.visitors.append(self)
        SWEEP.opened += 1

    @task
    def act(self) -> None:
        """Carry out the next action when it is due."""
        due_ns = self.due.next_ns
        wait_s = (due_ns - time.monotonic_ns()) / 1e9
        if wait_s > 0:
            gevent.sleep(wait_s)
        level = SWEEP.level_of(due_ns)
        action = self._next(1)[0]
        with level.waiting() if level else nullcontext():
            answer = self._perform(action)
        self.ahead.pop(0)
        self.due.done(time.monotonic_ns())
        self._keep(action, answer, due_ns, level)
        if answer.reason:
            self._leave()
            if reason := self._open():
                SWEEP.keep(Failure(**cell_fields(_cell()), step="wire, a session that was opened again", reason=reason))
                raise StopUser

    def _perform(self, action: Action) -> Answer:
        assert self.session
        try:
            return self.session.perform(action)
        except Exception as error:
            # Whatever it is, it must not look like a server that is slow.
            return Answer(time.monotonic_ns(), None, {}, Traffic(), f"the client failed: {error!r}")

    def overdue(self, end_ns: int) -> list[tuple[int, Action]]:
        """Return what is due before then and not answered, with its due times."""
        due = self.due.before(min(end_ns, time.monotonic_ns()))
        return list(zip(due, self._next(len(due)), strict=True))

    def on_stop(self) -> None:
        """Store what was due in a hold and never answered, and close the session."""
        if self not in SWEEP.visitors:
            return
        ended_ns = max((level.ended_ns for level in SWEEP.levels), default=0)
        for due_ns, action in self.overdue(ended_ns):
            if level := SWEEP.level_of(due_ns):
                now_ns = time.monotonic_ns()
                reason = f"not answered {(now_ns - due_ns) / 1e9:.1f} s after it was due, when the load ended"
                self._keep(action, Answer(now_ns, None, {}, Traffic(), reason, fault="lost"), due_ns, level)
        self._leave()

    def _leave(self) -> None:
        if self.session:
            self.session.close()

    def _open(self) -> str | None:
        """Open a session and return why that failed, None if it didn't."""
        with TURNS.next():
            client = NEW_CLIENT(self.host or "", "app", 0)
            self.session = WireSession(client, CONFIG.timeout_s, CONFIG.open_timeout_s)
            try:
                answer = self.session.open(INITIAL)
            except Exception as error:
                return f"the client failed: {error!r}"
        # A session that is opened again is another one, with a name of its own.
        self.plan = visits(CONFIG.seed, self.index + 1000 * self.opens)
        self.ahead.clear()
        self.opens += 1
        if CONFIG.cell:
            SWEEP.keep(
                Measurement(
                    **cell_fields(_cell()),
                    instrument="wire",
                    metric="session_ms",
                    value=answer.service_ms,
                    sessions=SWEEP.wanted,
                    reason=answer.reason,
                )
            )
        return answer.reason

    def _next(self, count: int) -> list[Action]:
        """Return the next actions, which stay next until they are done."""
        while len(self.ahead) < count:
            self.ahead.append(next(self.plan))
        return self.ahead[:count]

    def _keep(self, action: Action, answer: Answer, due_ns: int, level: Level | None) -> None:
        sessions = level.sessions if level else SWEEP.wanted
        if CONFIG.cell:
            sample = interaction(
                _cell(),
                action,
                answer,
                due_ns=due_ns,
                sessions=sessions,
                session=self.index,
                sequence=self.sequences[sessions],
                warmup=level is None,
            )
            SWEEP.keep(sample)
        self.sequences[sessions] += 1
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


class Levels(LoadTestShape):
    """Asks for as many users as the sweep wants, and ends the load with it."""

    def tick(self) -> tuple[int, float] | None:
        """Return how many users there shall be and how many are started a second; None when the load is over."""
        return None if SWEEP.is_over else (SWEEP.wanted, SPAWNED_PER_S)


SWEEP = Sweep()


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def _begin(environment: Environment, **_: Any) -> None:
    compute_expected()
    gevent.spawn(SWEEP.lead)


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def _end(environment: Environment, **_: Any) -> None:
    SWEEP.close()


def _cell() -> Cell:
    return Cell(**CONFIG.cell)  # type: ignore[arg-type]


def _server() -> list[psutil.Process]:
    return psutil.Process(CONFIG.server).children(recursive=True) if CONFIG.server else []
