"""The sessions of one Locust process: what they were due to do, how it went, and what the leader is told of it."""

import time
from collections.abc import Iterator
from typing import Any, Protocol

import gevent
import psutil
from gevent.event import Event
from locust.runners import Runner

from pyuibench.contract.states import Action
from pyuibench.instruments.resources import cpu_ms
from pyuibench.instruments.wire.config import Load
from pyuibench.instruments.wire.level import Level
from pyuibench.instruments.wire.messages import HOLD, JUDGE, JUDGED, STATE, Told
from pyuibench.instruments.wire.samples import Samples

LOOK_S = 0.05


class Member(Protocol):
    """One session. `has_job`: whether it has a job run that began in the hold, which nobody's answer waits for."""

    has_job: bool

    def overdue(self, end_ns: int) -> list[tuple[int, Action]]:
        """Return what is due before then and not answered, with its due times."""
        ...


class Crew:
    """The open sessions of this process, and the levels that they have been in."""

    def __init__(self, load: Load, runner: Runner, samples: Samples) -> None:
        """Listen to the leader; `samples` takes what this process has to say of each level."""
        self.levels: list[Level] = []
        self._members: list[Member] = []
        self._done = 0
        self._unopened: list[str] = []
        self._held = Event()
        self._load = load
        self._runner = runner
        self._samples = samples
        runner.register_message(HOLD, self._on_hold)
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

    def not_opened(self, reason: str) -> None:
        """Count a session that didn't open."""
        self._unopened.append(reason)
        self._tell_state()

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

    def begin_again(self) -> None:
        """Forget what was true of a load that was stopped, before it is started again."""
        self._held.clear()
        self._unopened.clear()
        self._done = 0

    def close(self) -> None:
        """Store for how long sessions waited in each level: the generator's own account, kept apart from its samples."""
        for level in self.levels if self._load.acts_at_all else ():
            if level.has_end:
                waiting = level.waiting.total_ns / 1e9 / level.hold_s
                self._samples.figure("waiting_sessions", waiting, level.sessions)

    def _tell_state(self) -> None:
        data = {"crew": self._id, "open": self.sessions, "done": self._done, "unopened": self._unopened}
        self._runner.send_message(STATE, data)

    @property
    def _id(self) -> str:
        return str(self._runner.client_id)  # type: ignore[attr-defined]

    def _on_hold(self, msg: Any, **_: Any) -> None:
        level = Level(msg.data["sessions"], time.monotonic_ns(), own_cpu_ms=cpu_ms([psutil.Process()]))
        if msg.data["hold_s"] is not None:
            level.last(msg.data["hold_s"])
        self.levels.append(level)
        self._held.set()

    def _on_judge(self, msg: Any, **_: Any) -> None:
        level = self.levels[-1]
        if self._load.acts_at_all:
            elapsed_ms = (time.monotonic_ns() - level.began_ns) / 1e6
            share = (cpu_ms([psutil.Process()]) - level.own_cpu_ms) / elapsed_ms
            self._samples.figure("generator_cpu_share", share, level.sessions)
        level.last(msg.data["hold_s"])
        level.over.set()
        gevent.spawn(self._judge, level)

    def _judge(self, level: Level) -> None:
        deadline = time.monotonic() + self._load.cool_down_s
        while time.monotonic() < deadline and (any(self._overdue(level)) or any(it.has_job for it in self._members)):
            gevent.sleep(LOOK_S)
        now_ns = time.monotonic_ns()
        late: list[Told] = [(name, (now_ns - due_ns) / 1e6, True) for name, due_ns in self._overdue(level)]
        told: list[Told] = [(it.scenario, it.response_ms, it.ok) for it in level.responses]
        self._runner.send_message(JUDGED, {"crew": self._id, "responses": told + late})

    def _overdue(self, level: Level) -> Iterator[tuple[str, int]]:
        """Yield scenario and due time of what was due in the hold and isn't answered yet."""
        for member in self._members:
            for due_ns, action in member.overdue(level.ended_ns):
                if level.holds(due_ns):
                    yield action.scenario, due_ns
