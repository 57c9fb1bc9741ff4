"""The Locust user: one session that carries out its actions, when they are due, until it has done all of them."""

import itertools
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import gevent
import psutil
from gevent.event import Event
from locust import User, events, task
from locust.env import Environment
from locust.exception import StopUser

from pyuibench.contract.states import Action, initial_app, initial_grid
from pyuibench.contract.walks import app_actions, grid_actions
from pyuibench.entries.catalog import entry_at
from pyuibench.instruments.ledger import user_code
from pyuibench.instruments.one_offs import carry_out
from pyuibench.instruments.process_tree import cpu_ms, measure
from pyuibench.instruments.wire.config import WireConfig, from_environment
from pyuibench.instruments.wire.sample import interaction
from pyuibench.instruments.wire.session import Answer, Turns, WireSession, client_factory
from pyuibench.instruments.wire.waiting import Waiting
from pyuibench.results.records import Failure, Measurement, Origin, origin_fields
from pyuibench.results.store import SampleFile
from workload.ledger import LedgerReader

CONFIG = from_environment(WireConfig)
VARIANT = entry_at(CONFIG.entry).variant(CONFIG.variant)
NEW_CLIENT = client_factory(VARIANT, CONFIG.site_packages)
TURNS = Turns(VARIANT.entry.table.opening_gap_ms)
INITIAL = initial_app().expected if CONFIG.page == "app" else initial_grid(CONFIG.grid_cells).expected


class Hold:
    """The part of a run in which every session is open, and what the server and this process used in it."""

    def __init__(self) -> None:
        self.began = Event()
        self.opened = 0
        self.done = 0
        self.finished = 0
        self.actions = 0
        self.waiting = Waiting()
        self.samples = (
            SampleFile(CONFIG.samples / f"wire-{CONFIG.sessions}-{os.getpid()}.jsonl") if CONFIG.samples else None
        )
        self.ledger = LedgerReader(str(CONFIG.ledger)) if CONFIG.ledger and CONFIG.sessions == 1 else None

    def session_opened(self) -> None:
        """Count a session; with the last of them the hold begins."""
        self.opened += 1
        if self.opened >= (CONFIG.sessions or 0):
            self._start_ns = time.monotonic_ns()
            self._server_cpu_ms = cpu_ms(_server())
            self._own_cpu_ms = cpu_ms([psutil.Process()])
            self.began.set()

    def actions_done(self) -> None:
        """Count a session that has carried out its actions; with the last of them the figures of the hold are taken."""
        self.done += 1
        if self.done == CONFIG.sessions:
            self._measure()

    def session_finished(self, environment: Environment) -> None:
        """Count a session; with the last of them the run ends."""
        self.finished += 1
        if self.finished == CONFIG.sessions and environment.runner:
            gevent.spawn(environment.runner.quit)

    def keep(self, record: Origin) -> None:
        """Store a sample."""
        if self.samples:
            self.samples.add(record)

    def _measure(self) -> None:
        if CONFIG.origin is None or not self.began.is_set():
            return
        elapsed_ms = (time.monotonic_ns() - self._start_ns) / 1e6
        own_cpu_ms = cpu_ms([psutil.Process()]) - self._own_cpu_ms
        figures = measure(_server())
        values = {
            "loaded_pss_bytes": figures.pss_bytes,
            "server_cpu_ms": (figures.cpu_ms - self._server_cpu_ms) / max(self.actions, 1),
            "generator_cpu_share": own_cpu_ms / elapsed_ms,
            "hold_s": elapsed_ms / 1e3,
            "waiting_sessions": self.waiting.total_ns / 1e6 / elapsed_ms,
        }
        for metric, value in values.items():
            self.keep(_measurement(metric, value))


HOLD = Hold()


class Session(User):
    """One visitor with a tab open."""

    number = itertools.count()

    def on_start(self) -> None:
        """Open the session and await its first correct state, then the other sessions."""
        self.reason: str | None = None
        self.session: WireSession | None = None
        self.done = 0
        self.state = initial_app()
        self.index = next(Session.number)
        seed = CONFIG.seed + self.index
        self.chance = random.Random(seed)
        self.actions = enumerate(
            app_actions(seed, CONFIG.scenarios) if CONFIG.page == "app" else grid_actions(seed, CONFIG.grid_cells)
        )
        try:
            self._begin()
        except Exception as error:
            self._give_up(error)

    def _begin(self) -> None:
        if CONFIG.measures_first_session and self.index == 0:
            self._open("first_session_ms").close()
        with TURNS.next():
            self.session = self._open("session_ms")
        if HOLD.ledger:
            HOLD.ledger.new_calls()
        HOLD.session_opened()
        if CONFIG.sessions:
            HOLD.began.wait()
        # A random phase, so that sessions neither march in step nor follow a server's timers.
        self.due_ns = time.monotonic_ns() + int(self.chance.random() * CONFIG.interval_ms * 1e6)

    def _open(self, metric: str) -> WireSession:
        session = WireSession(NEW_CLIENT(self.host or "", CONFIG.page, CONFIG.grid_cells), CONFIG.timeout_s)
        answer = session.open(INITIAL)
        self.reason = answer.reason
        self._tell_locust("open", answer)
        if CONFIG.origin is not None:
            HOLD.keep(_measurement(metric, answer.service_ms, answer.reason))
        return session

    def on_stop(self) -> None:
        """Close the session."""
        if self.session:
            self.session.close()

    @task
    def act(self) -> None:
        """Carry out the next action when it is due; after one that failed, or the last and the tasks, finish."""
        if self.reason or (CONFIG.actions is not None and self.done >= CONFIG.actions + CONFIG.warmup_actions):
            # Tasks are no part of the hold: what they cost the server is not what an action costs.
            HOLD.actions_done()
            if not self.reason:
                self._carry_out_tasks()
            self._finish()
        sequence, action = next(self.actions)
        wait_s = (self.due_ns - time.monotonic_ns()) / 1e9
        if wait_s > 0:
            gevent.sleep(wait_s)
        try:
            self._carry_out(sequence, action)
        except Exception as error:
            self._give_up(error)

    def _carry_out_tasks(self) -> None:
        assert self.session
        try:
            for sequence, done in enumerate(
                carry_out(self.session, self._other, self.state, CONFIG.tasks, self._rest, time.monotonic)
            ):
                if done.result:
                    self._keep(sequence, 0, done.action, done.result)
                elif done.reason and CONFIG.origin is not None:
                    HOLD.keep(
                        Failure(**origin_fields(_origin()), step=f"wire, {done.action.scenario}", reason=done.reason)
                    )
        except Exception as error:
            self._give_up(error)

    @contextmanager
    def _other(self) -> Iterator[WireSession]:
        session = self._open("session_ms")
        try:
            yield session
        finally:
            session.close()

    def _rest(self) -> None:
        gevent.sleep(CONFIG.interval_ms * self.chance.uniform(0.75, 1.25) / 1e3)
        if HOLD.ledger:
            HOLD.ledger.new_calls()
        self.due_ns = time.monotonic_ns()

    def _carry_out(self, sequence: int, action: Action) -> None:
        assert self.session
        with HOLD.waiting.one() if sequence >= CONFIG.warmup_actions else nullcontext():
            answer = self.session.perform(action)
        self.reason = answer.reason
        self.done += 1
        self.state = action.after or self.state
        HOLD.actions += 1
        self._keep(sequence, CONFIG.warmup_actions, action, answer)
        if CONFIG.schedule == "open":
            self.due_ns += int(CONFIG.interval_ms * 1e6)
        else:
            self.due_ns = time.monotonic_ns() + int(CONFIG.interval_ms * self.chance.uniform(0.75, 1.25) * 1e6)

    def _keep(self, sequence: int, warmup_actions: int, action: Action, answer: Answer) -> None:
        self._tell_locust(f"{action.scenario} {action.control.partition('-')[0]}", answer)
        if CONFIG.origin is not None:
            sample = interaction(
                _origin(),
                action,
                answer,
                due_ns=self.due_ns,
                sessions=CONFIG.sessions or 0,
                session=self.index,
                sequence=sequence,
                warmup=sequence < warmup_actions,
                code=user_code(HOLD.ledger, answer.started_ns, answer.service_ms),
            )
            HOLD.keep(sample)

    def _give_up(self, error: Exception) -> None:
        """Record that the client itself failed: an error in it must not look like a server that is slow."""
        self.reason = f"the client failed: {error!r}"
        if CONFIG.origin is not None:
            HOLD.keep(Failure(**origin_fields(_origin()), step=f"wire, {CONFIG.sessions} sessions", reason=self.reason))
        if not HOLD.began.is_set():
            HOLD.session_opened()

    def _finish(self) -> None:
        HOLD.session_finished(self.environment)
        raise StopUser

    def _tell_locust(self, name: str, answer: Answer) -> None:
        self.environment.events.request.fire(
            request_type=VARIANT.id,
            name=name,
            response_time=answer.service_ms or 0.0,
            response_length=answer.traffic.bytes_down,
            exception=RuntimeError(answer.reason) if answer.reason else None,
            context={},
        )


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def _close_samples(environment: Environment, **_: Any) -> None:
    if HOLD.samples:
        HOLD.samples.close()


def _origin() -> Origin:
    return Origin(**CONFIG.origin)  # type: ignore[arg-type]


def _measurement(metric: str, value: float | None, reason: str | None = None) -> Measurement:
    return Measurement(
        **origin_fields(_origin()),
        instrument="wire",
        metric=metric,
        value=value,
        sessions=CONFIG.sessions or 0,
        reason=reason,
    )


def _server() -> list[psutil.Process]:
    return psutil.Process(CONFIG.server).children(recursive=True) if CONFIG.server else []
