"""The sessions of one Locust process: what they were due to do, how it went, and what the leader is told of it."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import gevent
from gevent.event import Event

from pyuibench.contract.service_level import Response, tallies
from pyuibench.contract.states import Action
from pyuibench.instruments.wire.config import Load
from pyuibench.instruments.wire.level import Level, Used
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
    Told,
    Unopened,
)
from pyuibench.instruments.wire.samples import Samples

if TYPE_CHECKING:
    # It changes Python's own modules when it is imported, which is right in its own processes alone.
    from locust.runners import Runner

AT_WORK_S = 1.0
"""A generator that is busy for less than this isn't short of CPU: a session that is refused at once takes a few milliseconds."""
LOOK_S = 0.05


class Member(Protocol):
    """One session. `has_job`: whether it has a job run that began in the hold, which nobody's answer waits for."""

    has_job: bool

    def overdue(self, end_ns: int) -> list[tuple[int, Action]]:
        """Return what is due before then and not answered, with its due times."""
        ...

    def begin_afresh(self) -> None:
        """Forget what was due by now and isn't begun."""
        ...


class Crew:
    """The open sessions of this process, and the levels that they have been in."""

    def __init__(self, load: Load, runner: "Runner", samples: Samples) -> None:
        """Listen to the leader; `samples` takes what this process has to say of each level."""
        self.levels: list[Level] = []
        self.is_acting = False
        """Whether all sessions are open, so that those act too that do something of their own."""
        self.is_after_hold = False
        """Whether a hold is over and no other level is asked for: what is done then counts nowhere, and warms nothing up."""
        self._members: list[Member] = []
        self._done = 0
        self._unopened: list[Unopened] = []
        self._opening = Used()
        self._held = Event()
        self._load = load
        self._runner = runner
        self._samples = samples
        runner.register_message(OPEN, self._on_open)
        runner.register_message(WARM, self._on_warm)
        runner.register_message(HOLD, self._on_hold)
        runner.register_message(COUNT, self._on_count)
        runner.register_message(JUDGE, self._on_judge)

    @property
    def index(self) -> int:
        """Return the number of this crew among all."""
        return int(getattr(self._runner, "worker_index", 0))

    def join(self, member: Member) -> None:
        """Count a session that is open."""
        self._members.append(member)
        self._tell_state()

    def leave(self, member: Member) -> None:
        """Count a session that was closed."""
        self._members.remove(member)
        self._tell_state()

    def not_opened(self, reason: str, is_own_limit: bool) -> None:
        """Count a session that didn't open. `is_own_limit`: because of a limit of this process."""
        self._unopened.append((reason, is_own_limit))
        self._tell_state()

    def got_foreign_answer(self, words: str) -> None:
        """Tell the leader that a session got the answer of another one."""
        self._runner.send_message(FOREIGN_ANSWER, {"crew": self._id, "words": words})

    def has(self, member: Member) -> bool:
        """Return whether a session is open."""
        return member in self._members

    def await_level(self) -> Level:
        """Wait until a level is held, and return it."""
        self._held.wait()
        return self.levels[-1]

    def actions_done(self) -> None:
        """Count a session that has carried out all its actions, or given up."""
        self._done += 1
        self._tell_state()

    @property
    def sessions(self) -> int:
        """Return how many sessions are open in this process."""
        return len(self._members)

    @property
    def last_ns(self) -> int:
        """Return when the last hold ended, or will end; 0 before the first."""
        return max((level.ended_ns for level in self.levels), default=0)

    def level_of(self, due_ns: int) -> Level | None:
        """Return the level in whose hold an action is due, None between levels."""
        return next((level for level in reversed(self.levels) if level.holds(due_ns)), None)

    @property
    def is_opening(self) -> bool:
        """Return whether sessions are being opened: what the others do meanwhile is neither measured nor warm-up."""
        return not (self.is_acting or self.is_after_hold)

    def warms_up(self, level: Level | None) -> bool:
        """Return whether what is due now in this level, or in none, comes before a hold."""
        return level is None and not self.is_after_hold

    def begin_again(self) -> None:
        """Forget what was true of a load that was stopped, before it is started again."""
        self._held.clear()
        self._unopened.clear()
        self._done = 0
        self.is_acting = self.is_after_hold = False

    def close(self) -> None:
        """Store for how long sessions waited in each level: the generator's own account, kept apart from its samples."""
        for level in self.levels if self._load.acts_at_all else ():
            if level.has_end:
                waiting = level.waiting.total_ns / 1e9 / level.hold_s
                self._samples.figure("waiting_sessions", waiting, level.sessions)

    def _tell_state(self) -> None:
        # How busy this process was only matters where sessions didn't open.
        share = self._opening.share(AT_WORK_S) if self._unopened else 0.0
        data = {"open": self.sessions, "done": self._done, "unopened": self._unopened, "cpu_share": share}
        self._runner.send_message(STATE, {"crew": self._id, **data})

    @property
    def _id(self) -> str:
        return str(self._runner.client_id)  # type: ignore[attr-defined]

    def _on_open(self, **_: Any) -> None:
        # It isn't told: a crew that the leader knows is lost if it isn't heard of, and this one may still compute what is right.
        self._unopened.clear()
        self._opening = Used()
        self.is_acting = self.is_after_hold = False

    def _on_warm(self, **_: Any) -> None:
        for member in self._members:
            member.begin_afresh()
        self.is_acting = True

    def _on_hold(self, msg: Any, **_: Any) -> None:
        level = Level(msg.data["sessions"], time.monotonic_ns(), Used())
        if msg.data["hold_s"] is not None:
            level.last(msg.data["hold_s"])
        self.levels.append(level)
        self.is_acting = True
        self._held.set()

    def _on_count(self, **_: Any) -> None:
        level, now_ns = self.levels[-1], time.monotonic_ns()
        found = tallies(self._load.slo, level.responses, self._waiting(level, now_ns))
        told = {limit: (tally.answers, tally.beyond) for limit, tally in found.items()}
        self._runner.send_message(COUNTED, {"crew": self._id, "tallies": told})

    def _on_judge(self, msg: Any, **_: Any) -> None:
        level = self.levels[-1]
        share = level.used.share()
        if self._load.acts_at_all:
            self._samples.figure("generator_cpu_share", share, level.sessions)
        level.last(msg.data["hold_s"])
        level.responses += self._held_up(level)
        level.over.set()
        self.is_after_hold = True
        gevent.spawn(self._judge, level, share)

    def _judge(self, level: Level, share: float) -> None:
        # A crew that was told late to hold a level isn't done with it yet: what is due in the rest must be answered too.
        gevent.sleep(max(level.ended_ns - time.monotonic_ns(), 0) / 1e9)
        deadline = time.monotonic() + self._load.cool_down_s
        while time.monotonic() < deadline and (any(self._overdue(level)) or any(it.has_job for it in self._members)):
            gevent.sleep(LOOK_S)
        self.is_acting = False
        given = [*level.responses, *self._waiting(level, time.monotonic_ns())]
        told: list[Told] = [(it.scenario, it.response_ms, it.ok) for it in given]
        self._runner.send_message(JUDGED, {"crew": self._id, "responses": told, "cpu_share": share})

    def _waiting(self, level: Level, now_ns: int) -> list[Response]:
        """Return what was due in the hold and isn't answered yet, with the time that it has waited so far."""
        return [Response(name, (now_ns - due_ns) / 1e6, True) for name, due_ns in self._overdue(level)]

    def _held_up(self, level: Level) -> list[Response]:
        """Return what sessions that act one after the other waited for all through the hold: nothing of theirs was due in it.

        Without them a server that answers nobody would keep every limit.
        """
        if self._load.arrivals != "closed":
            return []
        asked = [(due_ns, action) for member in self._members for due_ns, action in member.overdue(level.began_ns)]
        return [Response(action.scenario, (level.ended_ns - due_ns) / 1e6, True) for due_ns, action in asked]

    def _overdue(self, level: Level) -> Iterator[tuple[str, int]]:
        """Yield scenario and due time of what was due in the hold and isn't answered yet."""
        for member in self._members:
            for due_ns, action in member.overdue(level.ended_ns):
                if level.holds(due_ns):
                    yield action.scenario, due_ns
