"""Leads a load from level to level: waits until all sessions of one are open, has it held, and judges it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

import gevent
import psutil
from gevent.event import Event

from pyuibench.contract.service_level import (
    BUSY,
    FOREIGN,
    LIMIT,
    LOST,
    MOST_GENERATOR_SHARE,
    NOT_OPENED,
    TOO_FEW,
    Missed,
    Response,
    Tally,
    broken,
    is_decided,
)
from pyuibench.errors import ForeignAnswerError
from pyuibench.instruments.resources import cpu_ms, descendants, measure
from pyuibench.instruments.wire.config import OPEN_EACH_S, SETTLE_S, Load, Target
from pyuibench.instruments.wire.levels import MOST_TRIALS, between
from pyuibench.instruments.wire.limits import whose_limit
from pyuibench.instruments.wire.messages import (
    COUNT,
    COUNTED,
    FOREIGN_ANSWER,
    HOLD,
    JUDGE,
    JUDGED,
    OPEN,
    STATE,
    WARM,
    Unopened,
)
from pyuibench.instruments.wire.samples import Samples, in_words

if TYPE_CHECKING:
    # It changes Python's own modules when it is imported, which is right in its own processes alone.
    from locust.runners import Runner

LOOK_S = 0.05
COUNT_S = 0.25
"""How often crews are asked for how many answers there are."""
OPENED_S = 1.0
"""For how long after its time to open a session may take to say that it didn't."""
ANSWER_S = 10.0
"""For how long after the cool-down a crew may take to say how it went."""
LOST_ONE = Missed(LOST, "a generator was lost")
GONE = "no process of the server ran any more"


@dataclass
class Crew:
    """What the leader knows of one crew. `cpu_share`: how much of a core it used while it opened sessions, or held the level."""

    open: int = 0
    done: int = 0
    unopened: list[Unopened] = field(default_factory=list)
    cpu_share: float = 0.0
    tallies: dict[str, Tally] = field(default_factory=dict)
    judged: list[Response] | None = None


class Leader:
    """The one that decides how many sessions there shall be, in the process that starts the users."""

    def __init__(self, target: Target, load: Load, runner: "Runner", samples: Samples) -> None:
        """Listen to the crews of a runner; `samples` takes the leader's figures."""
        self._load = load
        self._servers = target.servers
        self._runner = runner
        self._samples = samples
        self._crews: dict[str, Crew] = {}
        self._news = Event()
        self._leading: gevent.Greenlet | None = None
        self.foreign_answer: str | None = None
        """What a session got that was another one's, whenever that was; None if none did."""
        self.begin_again()
        runner.register_message(STATE, self._on_state)
        runner.register_message(COUNTED, self._on_counted)
        runner.register_message(JUDGED, self._on_judged)
        runner.register_message(FOREIGN_ANSWER, self._on_foreign_answer)

    def begin_again(self) -> None:
        """Forget what was true of a load that was stopped, before it is started again."""
        self.wanted = self._load.levels[0]
        self.is_over = False
        self.is_leading = False
        self._crews.clear()

    def lead(self) -> None:
        """Go through the load to its end. Raises ForeignAnswerError when a session got the answer of another one."""
        self._leading, self.is_leading = gevent.getcurrent(), True
        try:
            if self._load.is_counted:
                self._count_actions()
            else:
                self._go_through_levels()
        except ForeignAnswerError as error:
            if not self._load.is_counted:
                self._tell_kept(self.wanted, Missed(FOREIGN, str(error)))
            raise
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
        """Go through the levels, to the end or until one isn't held; then nearer to the last that was, or through the cycles."""
        held = 0
        for sessions in self._load.levels:
            missed = self._tried(sessions)
            if missed and not self._load.goes_on:
                if not missed.is_undecided:
                    self._close_in(held, sessions)
                return
            held = sessions
        self._cycles()

    def _close_in(self, held: int, missed: int) -> None:
        """Try levels between one that was held (0 for none) and one that was missed, until they are near or one is undecided.

        Each has sessions of its own: those of a server that was overloaded have actions that are overdue. Memory isn't looked at,
        as what closed sessions have left is in it.
        """
        for _ in range(MOST_TRIALS if self._load.judging.most_gap else 0):
            sessions = between(held, missed, self._load.judging.most_gap)
            if sessions is None:
                return
            self._close_all()
            found = self._tried(sessions, has_memory=False)
            if found and found.is_undecided:
                return
            held, missed = (held, sessions) if found else (sessions, missed)

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

    def _tried(self, sessions: int, has_memory: bool = True) -> Missed | None:
        """Open and hold a level, store what became of it, and return that."""
        missed = self._missed(sessions, has_memory)
        self._tell_kept(sessions, missed)
        return missed

    def _missed(self, sessions: int, has_memory: bool = True) -> Missed | None:
        """Open and hold a level; return how it missed the service level, or why that isn't known."""
        if missed := self._await_open(sessions):
            return missed
        if self._load.warmup_s:
            self._runner.send_message(WARM)
            gevent.sleep(self._load.warmup_s)
        responses = self._held(sessions, has_memory)
        if responses is None:
            return LOST_ONE
        if not responses and self._load.acts_at_all and not self._load.judging.fewest_answers:
            return Missed(TOO_FEW, "nothing was due while the level was held")
        return self._unless_busy(broken(self._load.slo, responses, self._load.judging.fewest_answers))

    def _tell_kept(self, sessions: int, missed: Missed | None) -> None:
        kept = 1.0 if missed is None else None if missed.is_undecided else 0.0
        outcome, words = (missed.outcome, missed.words) if missed else ("", "")
        reason = words if kept is None else None
        self._samples.figure("slo_kept", kept, sessions, outcome=outcome, detail=words, reason=reason)

    def _unless_busy(self, missed: Missed | None) -> Missed | None:
        """Return how a level was missed, or that this may be the doing of a generator that was short of CPU."""
        share = max((crew.cpu_share for crew in self._crews.values()), default=0.0)
        if missed is None or missed.is_undecided or share <= MOST_GENERATOR_SHARE:
            return missed
        words = f"the load generator used {share:.0%} of a core, so this may be its own doing: {missed.words}"
        return Missed(BUSY, words)

    def _await_open(self, sessions: int) -> Missed | None:
        """Have so many sessions opened, and wait for them; return why they aren't all open.

        It is waited on as long as sessions open: how fast they are started, or whether they take turns, is up to the generator.
        """
        self.wanted = sessions
        for crew in self._crews.values():
            crew.unopened = []
        self._runner.send_message(OPEN)
        each_s = self._load.open_timeout_s * (2 if self._load.opens_cold else 1) + OPENED_S
        began, seen = time.monotonic(), -1
        while (known := self._open + len(self._unopened)) < sessions and known > seen:
            seen = known
            self._until(lambda: self._open + len(self._unopened) > seen, each_s)  # noqa: B023
            if self._has_lost_a_crew():
                return LOST_ONE
            if time.monotonic() - began > each_s + sessions * OPEN_EACH_S:
                break
        return self._unopened_of(sessions, time.monotonic() - began)

    def _unopened_of(self, sessions: int, took_s: float) -> Missed | None:
        """Return why not all of a level's sessions are open: a limit of the generator's own first, None if they are."""
        if self._open >= sessions:
            return None
        own = psutil.Process()
        limits = [reason for reason, is_own_limit in self._unopened if is_own_limit]
        limits += filter(None, [whose_limit([own, *own.children()], [])])
        if limits:
            unopened = f"{sessions - self._open} of {sessions} sessions"
            return Missed(LIMIT, f"{unopened} couldn't be opened by the load generator: {limits[0]}")
        if reasons := self._unopened:
            words = f"{len(reasons)} of {sessions} sessions didn't open: {reasons[0][0]}"
        else:
            words = f"only {self._open} of {sessions} sessions were open after {took_s:.0f} s"
        limit = whose_limit([], self._server())
        return self._unless_busy(Missed(NOT_OPENED, f"{words}; {limit}" if limit else words))

    def _held(self, sessions: int, has_memory: bool = True) -> list[Response] | None:
        """Hold a level, and store its figures; return its answers as `_judged`."""
        before_ms, began = cpu_ms(self._server()), time.monotonic()
        hold_s = self._hold(sessions)
        elapsed_s = time.monotonic() - began
        used_ms = cpu_ms(self._server()) - before_ms
        hold_s = hold_s or elapsed_s
        responses = self._judged(sessions, hold_s)
        # Afterwards: reading it takes 5 ms a process, in which no answer of the hold could be read.
        if has_memory:
            self._memory("loaded_pss_bytes", sessions)
        # A hold in which nothing is done is over at once, and tells nothing.
        if self._load.acts_at_all:
            self._samples.figure("hold_s", hold_s, sessions)
            self._of_server("server_cpu_share", used_ms / 1e3 / elapsed_s, sessions)
            self._of_server("server_cpu_ms", used_ms / max(sum(it.ok for it in responses or ()), 1), sessions)
        return responses

    def _hold(self, sessions: int) -> float | None:
        """Hold a level until it is over, and return for how long crews were told beforehand; None where they weren't."""
        load, judging = self._load, self._load.judging
        told_s = None if judging.fewest_answers else load.hold_s
        for crew in self._crews.values():
            crew.tallies = {}
        self._runner.send_message(HOLD, {"sessions": sessions, "hold_s": told_s})
        self._samples.tell_held()
        if load.hold_s is None:
            self._until(lambda: self._done >= self._open)
            return None
        gevent.sleep(load.hold_s)
        if judging.fewest_answers:
            self._until(self._is_decided, judging.most_hold_s - load.hold_s, COUNT_S)
        return told_s

    def _is_decided(self) -> bool:
        """Ask the crews how many answers there are, and return whether these are enough to judge."""
        self._runner.send_message(COUNT)
        found: dict[str, Tally] = {}
        for crew in self._crews.values():
            for limit, tally in crew.tallies.items():
                found[limit] = found.get(limit, Tally(0, 0)) + tally
        return bool(found) and is_decided(self._load.slo, found, self._load.judging.fewest_answers)

    def _judged(self, sessions: int, hold_s: float) -> list[Response] | None:
        """Return the answers of all crews, None if one of them says nothing any more."""
        for crew in self._crews.values():
            crew.judged = None
        self._runner.send_message(JUDGE, {"sessions": sessions, "hold_s": hold_s})
        crews = self._crews.values()
        if not self._until(lambda: all(it.judged is not None for it in crews), self._load.cool_down_s + ANSWER_S):
            return None
        return [response for crew in crews for response in crew.judged or ()]

    def _until(self, is_so: Callable[[], bool], limit_s: float = inf, look_s: float = LOOK_S) -> bool:
        """Wait until something is so; return whether it is, before the limit and before a crew is lost."""
        deadline = time.monotonic() + limit_s
        while not is_so():
            if time.monotonic() > deadline or self._has_lost_a_crew():
                return False
            self._news.clear()
            self._news.wait(look_s)
        return True

    def _has_lost_a_crew(self) -> bool:
        # Workers that are there; one process alone counts as one.
        workers: int | None = getattr(self._runner, "worker_count", None)
        return workers is not None and workers < len(self._crews)

    @property
    def _open(self) -> int:
        return sum(crew.open for crew in self._crews.values())

    @property
    def _done(self) -> int:
        return sum(crew.done for crew in self._crews.values())

    @property
    def _unopened(self) -> list[Unopened]:
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
        crew, told = self._crews.setdefault(msg.data["crew"], Crew()), msg.data
        crew.open, crew.done, crew.cpu_share = told["open"], told["done"], told["cpu_share"]
        crew.unopened = [(reason, is_own_limit) for reason, is_own_limit in told["unopened"]]
        self._news.set()

    def _on_counted(self, msg: Any, **_: Any) -> None:
        told = msg.data["tallies"]
        self._crews[msg.data["crew"]].tallies = {limit: Tally(*counts) for limit, counts in told.items()}

    def _on_judged(self, msg: Any, **_: Any) -> None:
        crew = self._crews[msg.data["crew"]]
        crew.judged = [Response(*it) for it in msg.data["responses"]]
        crew.cpu_share = msg.data["cpu_share"]
        self._news.set()

    def _on_foreign_answer(self, msg: Any, **_: Any) -> None:
        # It counts too when nothing is led any more, as after a generator was lost.
        self.foreign_answer = self.foreign_answer or str(msg.data["words"])
        if self._leading and self.is_leading:
            self._leading.kill(ForeignAnswerError(msg.data["words"]), block=False)
