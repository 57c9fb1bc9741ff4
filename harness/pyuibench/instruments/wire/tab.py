"""One session of the app: opened, used and closed; what comes of it is stored, and told to Locust."""

import time

import gevent

from pyuibench.contract.states import Action, initial_app
from pyuibench.contract.visits import OwnValues
from pyuibench.instruments.shared.ledger import user_code
from pyuibench.instruments.wire.client import Traffic
from pyuibench.instruments.wire.generator import Generator
from pyuibench.instruments.wire.limits import lack_of_files
from pyuibench.instruments.wire.sample import interaction
from pyuibench.instruments.wire.session import Answer, WireSession, client_failed

LOOK_S = 0.01


class Tab:
    """A session, as the visitor of this number has it open in a tab."""

    def __init__(self, generator: Generator, index: int, host: str, own: OwnValues | None = None) -> None:
        """Prepare a session of the app at `host`, unless the target has an address of its own; nothing is opened yet.

        `own`: its visitor's values, by which another session's are known.
        """
        self._generator = generator
        self._index = index
        load = generator.load
        self.session = WireSession(generator.client(host, index), load.timeout_s, load.open_timeout_s, own)
        self.state = initial_app()
        self._is_open = False

    def open(self, metric: str = "session_ms") -> Answer:
        """Open the session, store the time until its first state was right, and return how it went."""
        here = self._generator
        answer = self._opened()
        self._tell_locust("open", answer, answer.service_ms or 0.0)
        here.samples.figure(metric, answer.service_ms, here.sessions_to_open(), reason=answer.reason)
        if here.ledger:
            here.ledger.new_calls()
        self._is_open = answer.reason is None
        return answer

    def perform(self, action: Action) -> Answer:
        """Carry an action out and await what must come of it."""
        answer = self.session.perform(action)
        self.state = action.after or self.state
        return answer

    def keep(
        self,
        action: Action,
        answer: Answer,
        due_ns: int,
        *,
        sessions: int,
        sequence: int,
        warmup: bool = False,
        held: bool = True,
        is_stored: bool = True,
    ) -> float:
        """Tell Locust how an action went that was due at `due_ns`, and return the milliseconds from then to its answer.

        With `is_stored` it is stored too.
        """
        here = self._generator
        if here.samples and is_stored:
            sample = interaction(
                here.samples.origin_of(action),
                action,
                answer,
                due_ns=due_ns,
                sessions=sessions,
                session=self._index,
                sequence=sequence,
                warmup=warmup,
                held=held,
                code=user_code(here.ledger, answer.started_ns, answer.service_ms),
                server_tree_cpu_ms=here.server_clock.spent_ms() if here.server_clock else None,
            )
            here.samples.keep(sample)
        response_ms = max((answer.started_ns - due_ns) / 1e6, 0.0) + (answer.service_ms or 0.0)
        self._tell_locust(f"{action.scenario} {action.control.partition('-')[0]}", answer, response_ms)
        return response_ms

    def close(self) -> None:
        """End the session."""
        try:
            self.session.close()
        except Exception:
            # A client that was cut off while it opened may have nothing yet that it can close.
            if self._is_open:
                raise

    def _opened(self) -> Answer:
        here = self._generator
        while lack := lack_of_files(here.opening):
            if not here.opening:
                return Answer(time.monotonic_ns(), None, {}, Traffic(), lack, is_own_limit=True)
            # There may be room once those that open have the files they need.
            gevent.sleep(LOOK_S)
        here.opening += 1
        try:
            return self.session.open(here.initial)
        except Exception as error:
            return client_failed(error)
        finally:
            here.opening -= 1

    def _tell_locust(self, name: str, answer: Answer, response_ms: float) -> None:
        self._generator.environment.events.request.fire(  # type: ignore[no-untyped-call]
            request_type=self._generator.variant.id,
            name=name,
            response_time=response_ms,
            response_length=answer.traffic.bytes_down,
            exception=RuntimeError(answer.reason) if answer.reason else None,
            context={},
        )
