"""Leads a load from level to level: waits until all sessions of one are open, has it held, and judges it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

import gevent
import psutil
from gevent.event import Event
from locust.runners import MasterRunner, Runner

from pyuibench.contract.service_level import LOST, NOT_OPENED, Missed, Response, broken
from pyuibench.instruments.resources import cpu_ms, descendants, measure
from pyuibench.instruments.wire.config import SETTLE_S, Load, Target
from pyuibench.instruments.wire.limits import whose_limit
from pyuibench.instruments.wire.messages import HOLD, JUDGE, JUDGED, STATE
from pyuibench.instruments.wire.samples import Samples, in_words

LOOK_S = 0.05
OPENED_S = 1.0
"""For how long after its time to open a session may take to say that it didn't."""
ANSWER_S = 10.0
"""For how long after the cool-down a crew may take to say how it went."""
LOST_ONE = Missed(LOST, "a generator was lost")
GONE = "no process of the server ran any more"


@dataclass
class Crew:
    """What the leader knows of one crew."""

    open: int = 0
    done: int = 0
    unopened: list[str] = field(default_factory=list)
    judged: list[Response] | None = None


class Leader:
    """The one that decides how many sessions there shall be, in the process that starts the users."""

    def __init__(self, target: Target, load: Load, runner: Runner, samples: Samples) -> None:
        """Listen to the crews of a runner; `samples` takes the leader's figures."""
        self._load = load
        self._servers = target.servers
        self._runner = runner
        self._samples = samples
        self._crews: dict[str, Crew] = {}
        self._news = Event()
        self.begin_again()
        runner.register_message(STATE, self._on_state)
        runner.register_message(JUDGED, self._on_judged)

    def begin_again(self) -> None:
        """Forget what was true of a load that was stopped, before it is started again."""
        self.wanted = self._load.levels[0]
        self.is_over = False
        self.is_leading = False
        self._crews.clear()

    def lead(self) -> None:
        """Go through the load to its end."""
        self.is_leading = True
        try:
            if self._load.is_counted:
                self._count_actions()
            else:
                self._go_through_levels()
        finally:
            self.is_leading, self.is_over = False, True

    def _count_actions(self) -> None:
        """Hold the one level until all that are open have carried out their actions, and wait until they are closed."""
        if missed := self._await_open(self.wanted):
            self._samples.failure(in_words(self.wanted), missed.words)
        if self._open and missed != LOST_ONE:
            if self._held(self.wanted) is None:
                self._samples.failure(in_words(self.wanted), LOST_ONE.words)
            self._until(lambda: not self._open)

    def _go_through_levels(self) -> None:
        """Go through the levels, to the end or until the service level is missed; then through the cycles, if any."""
        for sessions in self._load.levels:
            self.wanted = sessions
            missed = self._missed(sessions)
            self._tell_kept(sessions, missed)
            if missed and not self._load.goes_on:
                return
        self._cycles()

    def _cycles(self) -> None:
        """Close all sessions, and open, use and close as many again and again: what the server holds on to after each time."""
        sessions = self.wanted
        for number in range(1, self._load.cycles + 1):
            self._close_all()
            self._memory("cycle_pss_bytes", 0, at=number)
            if number < self._load.cycles:
                self.wanted = sessions
                if missed := self._missed(sessions):
                    self._tell_kept(sessions, missed)

    def _close_all(self) -> None:
        self.wanted = 0
        self._until(lambda: not self._open, self._load.open_timeout_s)
        gevent.sleep(SETTLE_S)

    def _missed(self, sessions: int) -> Missed | None:
        """Open and hold a level; return how it missed the service level."""
        if missed := self._await_open(sessions):
            return missed
        responses = self._held(sessions)
        return LOST_ONE if responses is None else broken(self._load.slo, responses)

    def _tell_kept(self, sessions: int, missed: Missed | None) -> None:
        outcome, words = (missed.outcome, missed.words) if missed else ("", "")
        self._samples.figure("slo_kept", 0.0 if missed else 1.0, sessions, outcome=outcome, detail=words)

    def _await_open(self, sessions: int) -> Missed | None:
        """Wait until so many sessions are open; return why they aren't."""
        limit_s = self._load.open_timeout_s * (2 if self._load.opens_cold else 1)
        if not self._until(lambda: self._open + len(self._unopened) >= sessions, limit_s + OPENED_S):
            if self._has_lost_a_crew():
                return LOST_ONE
            return self._not_opened(f"only {self._open} of {sessions} sessions were open after {limit_s:g} s")
        if reasons := self._unopened:
            return self._not_opened(f"{len(reasons)} of {sessions} sessions didn't open: {reasons[0]}")
        return None

    def _not_opened(self, words: str) -> Missed:
        own = psutil.Process()
        limit = whose_limit([own, *own.children()], self._server())
        return Missed(NOT_OPENED, f"{words}; {limit}" if limit else words)

    def _held(self, sessions: int) -> list[Response] | None:
        """Hold a level, for its time or until its actions are done, and store its figures; return its answers as `_judged`."""
        before_ms, began = cpu_ms(self._server()), time.monotonic()
        self._runner.send_message(HOLD, {"sessions": sessions, "hold_s": self._load.hold_s})
        self._samples.tell_held()
        if self._load.hold_s is None:
            self._until(lambda: self._done >= self._open)
        else:
            gevent.sleep(self._load.hold_s)
        elapsed_s = time.monotonic() - began
        used_ms = cpu_ms(self._server()) - before_ms
        self._memory("loaded_pss_bytes", sessions)
        hold_s = self._load.hold_s or elapsed_s
        responses = self._judged(sessions, hold_s)
        # A hold in which nothing is done is over at once, and tells nothing.
        if self._load.acts_at_all:
            self._samples.figure("hold_s", hold_s, sessions)
            self._of_server("server_cpu_share", used_ms / 1e3 / elapsed_s, sessions)
            self._of_server("server_cpu_ms", used_ms / max(sum(it.ok for it in responses or ()), 1), sessions)
        return responses

    def _judged(self, sessions: int, hold_s: float) -> list[Response] | None:
        """Return the answers of all crews, None if one of them says nothing any more."""
        for crew in self._crews.values():
            crew.judged = None
        self._runner.send_message(JUDGE, {"sessions": sessions, "hold_s": hold_s})
        crews = self._crews.values()
        if not self._until(lambda: all(it.judged is not None for it in crews), self._load.cool_down_s + ANSWER_S):
            return None
        return [response for crew in crews for response in crew.judged or ()]

    def _until(self, is_so: Callable[[], bool], limit_s: float = inf) -> bool:
        """Wait until something is so; return whether it is, before the limit and before a crew is lost."""
        deadline = time.monotonic() + limit_s
        while not is_so():
            if time.monotonic() > deadline or self._has_lost_a_crew():
                return False
            self._news.clear()
            self._news.wait(LOOK_S)
        return True

    def _has_lost_a_crew(self) -> bool:
        return isinstance(self._runner, MasterRunner) and self._runner.worker_count < len(self._crews)

    @property
    def _open(self) -> int:
        return sum(crew.open for crew in self._crews.values())

    @property
    def _done(self) -> int:
        return sum(crew.done for crew in self._crews.values())

    @property
    def _unopened(self) -> list[str]:
        return [reason for crew in self._crews.values() for reason in crew.unopened]

    def _memory(self, metric: str, sessions: int, at: float | None = None) -> None:
        self._of_server(metric, measure(self._server()).pss_bytes, sessions, at)

    def _of_server(self, metric: str, value: float, sessions: int, at: float | None = None) -> None:
        """Store a figure of the server, if it runs on this machine; of one that is gone there is none."""
        if self._servers:
            is_gone = not self._server()
            self._samples.figure(metric, None if is_gone else value, sessions, at=at, reason=GONE if is_gone else None)

    def _server(self) -> list[psutil.Process]:
        return descendants(self._servers)

    def _on_state(self, msg: Any, **_: Any) -> None:
        crew = self._crews.setdefault(msg.data["crew"], Crew())
        crew.open, crew.done, crew.unopened = msg.data["open"], msg.data["done"], list(msg.data["unopened"])
        self._news.set()

    def _on_judged(self, msg: Any, **_: Any) -> None:
        self._crews[msg.data["crew"]].judged = [Response(*it) for it in msg.data["responses"]]
        self._news.set()
