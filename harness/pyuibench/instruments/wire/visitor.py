"""The Locust user: one visitor with a tab open, alone, in a crowd, in a load, or beside others."""

import itertools
import sys
import time
import traceback
from collections import Counter
from contextlib import nullcontext
from typing import Any

import gevent
from locust import LoadTestShape, User, events, task
from locust.env import Environment
from locust.exception import StopUser

from pyuibench.contract.service_level import Response
from pyuibench.contract.states import Action
from pyuibench.contract.visits import jobs
from pyuibench.errors import UserError
from pyuibench.instruments.wire.client import Traffic
from pyuibench.instruments.wire.config import WireConfig, from_environment
from pyuibench.instruments.wire.due import Due
from pyuibench.instruments.wire.generator import Generator
from pyuibench.instruments.wire.level import Level
from pyuibench.instruments.wire.one_offs import carry_out_one_offs
from pyuibench.instruments.wire.samples import in_words
from pyuibench.instruments.wire.session import Answer, client_failed, words_of
from pyuibench.instruments.wire.tab import Tab

SPAWNED_PER_S = 50.0
CREWS_APART = 100_000
"""Sessions of one process are numbered from its own multiple of this."""
REOPENED_APART = 1_000_000
LOOK_S = 0.01
READ_S = 0.015
"""For how long before the next action the clocks of the server's processes are read, and its ledger."""
GENERATORS: dict[Environment, Generator] = {}
"""What this process does, from when Locust has an environment for it."""


class Visitor(User):
    """One visitor; in a load that is held for a time, one whose session fails opens another, as a person reloads the page."""

    def on_start(self) -> None:
        """Open the session."""
        self.here = GENERATORS[self.environment]
        assert self.here.crew
        self.crew, self.load = self.here.crew, self.here.load
        self.index = next(self.here.numbers) + CREWS_APART * self.crew.index
        self.has_job = False
        self.is_apart = self.index == 0 and self.load.first != "visits"
        self.tab: Tab | None = None
        self.due: Due | None = None
        self.opens = 0
        self.done = 0
        self.sequences: Counter[int] = Counter()
        self.ahead: list[Action] = []
        if self.load.opens_cold and self.index == 0:
            cold = self._new_tab()
            cold.open("first_session_ms")
            cold.close()
        opened = self._open()
        if opened.reason:
            self.crew.not_opened(opened.reason, opened.is_own_limit)
            raise StopUser
        if not self.load.is_counted:
            self.due = self._schedule()
        self.crew.join(self)

    @task
    def act(self) -> None:
        """Carry out the next action when it is due, or all of them where they are counted."""
        if self.is_apart:
            self._stay_apart()
        elif self.load.is_counted:
            self._carry_out_all()
        elif self._act_when_due():
            self._reopen()

    def overdue(self, end_ns: int) -> list[tuple[int, Action]]:
        """Return what is due before then and not answered, with its due times; where actions are counted nothing ever is."""
        if self.is_apart or self.due is None or self.load.is_counted:
            return []
        due = self.due.before(min(end_ns, time.monotonic_ns()))
        return list(zip(due, self._next(len(due)), strict=True))

    def begin_afresh(self) -> None:
        """Forget what was due by now and isn't begun: other sessions were being opened meanwhile."""
        if self.due:
            self.due.forget_overdue(time.monotonic_ns())

    def on_stop(self) -> None:
        """Store what was due in a hold and never answered, and close the session."""
        if self.tab and self.crew.has(self):
            for due_ns, action in self.overdue(self.crew.last_ns):
                if level := self.crew.level_of(due_ns):
                    now_ns = time.monotonic_ns()
                    reason = f"not answered {(now_ns - due_ns) / 1e9:.1f} s after it was due, when the load ended"
                    self._keep(action, Answer(now_ns, None, {}, Traffic(), reason, fault="lost"), due_ns, level)
        self._leave()
        if self.crew.has(self):
            self.crew.leave(self)

    def _carry_out_all(self) -> None:
        """Carry out so many actions from when the level is held, and the one-offs after it; then finish."""
        level = self.crew.await_level()
        self.due = self._schedule()
        reason: str | None = None
        try:
            for _ in range(self.load.warmup_actions + (self.load.actions or 0)):
                if reason := self._act_when_due():
                    break
        except Exception as error:
            reason = words_of(error)
            self.here.samples.failure(in_words(level.sessions), reason)
        self.crew.actions_done()
        # One-offs are no part of the hold: what they cost the server is not what an action costs.
        level.over.wait()
        if not reason and self.tab:
            carry_out_one_offs(self.here, self.tab, self._new_tab)
        raise StopUser

    def _act_when_due(self) -> str | None:
        """Carry out the next action when it is due, and return why it failed."""
        assert self.due
        action = self._next(1)[0]
        due_ns = self.due.next_ns
        wait_s = (due_ns - time.monotonic_ns()) / 1e9
        if wait_s > 0:
            gevent.sleep(wait_s)
        level = self.crew.level_of(due_ns)
        warmup = self.done < self.load.warmup_actions or self.crew.warms_up(level)
        clock = self.here.server_clock
        with level.waiting.one() if level and not warmup else nullcontext():
            if clock:
                clock.start()
            answer = self._perform(action)
        self.ahead.pop(0)
        self.due.done(time.monotonic_ns())
        self.done += 1
        # What must come of the next one is computed while the session rests: READ_S before it is due there is no time left.
        self._next(1)
        if clock:
            # What the server does after its answer is part of what the action takes.
            gevent.sleep(max(0.0, (self.due.next_ns - time.monotonic_ns()) / 1e9 - READ_S))
        self._keep(action, answer, due_ns, level, warmup)
        if self.load.memory_every and self.done % self.load.memory_every == 0:
            self.here.store_memory(self.done)
        return answer.reason

    def _stay_apart(self) -> None:
        """Rest, or have jobs run back to back while all sessions act."""
        now_ns = time.monotonic_ns()
        level = self.crew.level_of(now_ns)
        if self.load.first == "rests" or not (level or self.crew.is_acting):
            gevent.sleep(LOOK_S)
            return
        action = next(self.jobs)
        self.has_job = True
        answer = self._perform(action)
        self._store(action, answer, now_ns, level, warmup=self.crew.warms_up(level))
        self.has_job = False
        if answer.reason:
            self._reopen()

    def _perform(self, action: Action) -> Answer:
        assert self.tab
        try:
            return self.tab.perform(action)
        except Exception as error:
            if self.load.is_counted:
                raise
            return client_failed(error)

    def _keep(self, action: Action, answer: Answer, due_ns: int, level: Level | None, warmup: bool = False) -> None:
        response_ms = self._store(action, answer, due_ns, level, warmup)
        if level:
            level.responses.append(Response(action.scenario, response_ms, answer.reason is None))

    def _store(self, action: Action, answer: Answer, due_ns: int, level: Level | None, warmup: bool) -> float:
        """Store how an action went, and return the milliseconds from when it was due to its answer.

        What goes well while sessions are opened isn't stored: nothing is told of it.
        """
        assert self.tab
        sessions = level.sessions if level else self.crew.sessions
        # A level of many sessions takes minutes to open, in which as many answers come as in all holds together.
        is_stored = level is not None or not self.crew.is_opening or answer.reason is not None
        response_ms = self.tab.keep(
            action,
            answer,
            due_ns,
            sessions=sessions,
            sequence=self._sequence(sessions) if is_stored else 0,
            warmup=warmup,
            held=level is not None,
            is_stored=is_stored,
        )
        self._look_at(answer)
        return response_ms

    def _look_at(self, answer: Answer) -> None:
        """Tell the leader at once of an answer that was another session's."""
        if answer.is_foreign and answer.reason:
            self.crew.got_foreign_answer(answer.reason)

    def _sequence(self, sessions: int) -> int:
        number = self.sequences[sessions]
        self.sequences[sessions] += 1
        return number

    def _new_tab(self) -> Tab:
        return Tab(self.here, self.index, self.host or "", self.here.own_values(self._number))

    @property
    def _number(self) -> int:
        """Return the number of the visitor: a session that is opened again is another one, with a name of its own."""
        return self.index + REOPENED_APART * self.opens

    def _open(self) -> Answer:
        """Open a session and return how that went."""
        with self.here.turns.next():
            self.tab = self._new_tab()
            opened = self.tab.open()
        self.plan = self.here.actions(self._number)
        self.jobs = jobs()
        self.ahead.clear()
        self.opens += 1
        self._look_at(opened)
        return opened

    def _reopen(self) -> None:
        self._leave()
        if reason := self._open().reason:
            self.here.samples.failure("a session that was opened again", reason)
            raise StopUser

    def _leave(self) -> None:
        if self.tab:
            self.tab.close()

    def _schedule(self) -> Due:
        return Due(self.load.arrivals, self.load.interval_ms, self.load.seed + self.index, time.monotonic_ns())

    def _next(self, count: int) -> list[Action]:
        """Return the next actions, which stay next until they are done."""
        self.ahead += itertools.islice(self.plan, max(count - len(self.ahead), 0))
        return self.ahead[:count]


class Levels(LoadTestShape):
    """Asks for as many users as the leader wants, and ends the load with it."""

    def tick(self) -> tuple[int, float] | None:
        """Return how many users there shall be and how many are started a second; None when the load is over."""
        assert self.runner
        leader = GENERATORS[self.runner.environment].leader
        assert leader
        return None if leader.is_over else (leader.wanted, SPAWNED_PER_S)


@events.init.add_listener  # type: ignore[untyped-decorator]
def _take_part(environment: Environment, **_: Any) -> None:
    """Have this process lead, or have a crew, or both."""
    try:
        GENERATORS[environment] = Generator(from_environment(WireConfig), environment)
    except Exception as error:
        # Locust itself would only log it, and go on.
        sys.exit(str(error) if isinstance(error, UserError) else traceback.format_exc())


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def _begin(environment: Environment, **_: Any) -> None:
    GENERATORS[environment].begin()


@events.test_stop.add_listener  # type: ignore[untyped-decorator]
def _stop(environment: Environment, **_: Any) -> None:
    GENERATORS[environment].stop()


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def _end(environment: Environment, **_: Any) -> None:
    GENERATORS[environment].close()
