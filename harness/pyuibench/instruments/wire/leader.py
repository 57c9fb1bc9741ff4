"""Leads a load from level to level: waits until all sessions of one are open, has it held, and judges it."""

import time
from dataclasses import dataclass, field
from typing import Any

import gevent
import psutil
from locust.runners import MasterRunner, Runner

from pyuibench.contract.service_level import Response, broken
from pyuibench.instruments.process_tree import cpu_ms, measure
from pyuibench.instruments.wire.load_config import LoadConfig
from pyuibench.instruments.wire.messages import HOLD, JUDGE, JUDGED, OPENED
from pyuibench.instruments.wire.samples import Samples

LOOK_S = 0.05
ANSWER_S = 10.0
"""For how long after the cool-down a crew may take to say how it went."""


@dataclass
class Crew:
    """What the leader knows of one crew."""

    open: int = 0
    unopened: list[str] = field(default_factory=list)
    judged: list[Response] | None = None


class Leader:
    """The one that decides how many sessions there shall be, in the process that starts the users."""

    def __init__(self, config: LoadConfig, runner: Runner, samples: Samples) -> None:
        """Listen to the crews of a runner; `samples` takes the leader's figures."""
        self.wanted = config.levels[0]
        self.is_over = False
        self._config = config
        self._runner = runner
        self._samples = samples
        self._crews: dict[str, Crew] = {}
        runner.register_message(OPENED, self._on_opened)
        runner.register_message(JUDGED, self._on_judged)

    def lead(self) -> None:
        """Go through the levels, to the end or until the service level is missed; then through the cycles, if any."""
        for sessions in self._config.levels:
            self.wanted = sessions
            missed = self._await_open(sessions) or self._held(sessions)
            self._samples.figure("slo_kept", 0.0 if missed else 1.0, sessions, missed or "")
            if missed and not self._config.goes_on:
                break
        else:
            self._cycles()
        self.is_over = True

    def _cycles(self) -> None:
        """Close all sessions, and open, use and close as many again and again: what the server holds on to after each time."""
        sessions = self.wanted
        for number in range(1, self._config.cycles + 1):
            self._close_all()
            self._memory("cycle_pss_bytes", 0, str(number))
            if number < self._config.cycles:
                self.wanted = sessions
                if missed := self._await_open(sessions) or self._held(sessions):
                    self._samples.figure("slo_kept", 0.0, sessions, missed)

    def _close_all(self) -> None:
        self.wanted = 0
        deadline = time.monotonic() + self._config.open_timeout_s
        while self._open and time.monotonic() < deadline:
            gevent.sleep(LOOK_S)
        gevent.sleep(self._config.settle_s)

    @property
    def _open(self) -> int:
        return sum(crew.open for crew in self._crews.values())

    def _await_open(self, sessions: int) -> str | None:
        """Wait until so many sessions are open; return why they aren't."""
        deadline = time.monotonic() + self._config.open_timeout_s
        while True:
            unopened = [reason for crew in self._crews.values() for reason in crew.unopened]
            if self._open + len(unopened) >= sessions:
                return f"{len(unopened)} of {sessions} sessions didn't open: {unopened[0]}" if unopened else None
            if time.monotonic() > deadline:
                return f"only {self._open} of {sessions} sessions were open after {self._config.open_timeout_s:g} s"
            gevent.sleep(LOOK_S)

    def _held(self, sessions: int) -> str | None:
        """Hold a level and store its figures; return how it missed the service level."""
        config = self._config
        server_ms, began = cpu_ms(self._server()), time.monotonic()
        self._runner.send_message(HOLD, {"sessions": sessions, "hold_s": config.hold_s})
        gevent.sleep(config.hold_s)
        used_ms, elapsed_ms = cpu_ms(self._server()) - server_ms, (time.monotonic() - began) * 1e3
        self._memory("loaded_pss_bytes", sessions)
        responses = self._judged(sessions)
        self._samples.figure("hold_s", config.hold_s, sessions)
        if config.servers:
            right = sum(it.ok for it in responses or ())
            self._samples.figure("server_cpu_share", used_ms / elapsed_ms, sessions)
            self._samples.figure("server_cpu_ms", used_ms / max(right, 1), sessions)
        if responses is None:
            return "a generator was lost"
        return broken(config.slo, responses)

    def _judged(self, sessions: int) -> list[Response] | None:
        """Return the answers of all crews, None if one of them says nothing any more."""
        for crew in self._crews.values():
            crew.judged = None
        self._runner.send_message(JUDGE, {"sessions": sessions})
        deadline = time.monotonic() + self._config.cool_down_s + ANSWER_S
        while not all(crew.judged is not None for crew in self._crews.values()):
            if time.monotonic() > deadline or self._has_lost_a_crew():
                return None
            gevent.sleep(LOOK_S)
        return [response for crew in self._crews.values() for response in crew.judged or ()]

    def _has_lost_a_crew(self) -> bool:
        return isinstance(self._runner, MasterRunner) and self._runner.worker_count < len(self._crews)

    def _memory(self, metric: str, sessions: int, detail: str = "") -> None:
        if self._config.servers:
            self._samples.figure(metric, measure(self._server()).pss_bytes, sessions, detail)

    def _server(self) -> list[psutil.Process]:
        return [it for pid in self._config.servers for it in psutil.Process(pid).children(recursive=True)]

    def _on_opened(self, msg: Any, **_: Any) -> None:
        crew = self._crews.setdefault(msg.data["crew"], Crew())
        crew.open, crew.unopened = msg.data["open"], list(msg.data["unopened"])

    def _on_judged(self, msg: Any, **_: Any) -> None:
        self._crews[msg.data["crew"]].judged = [Response(*it) for it in msg.data["responses"]]
