"""One wire session: awaits right states and keeps the time; and how sessions take turns to open."""

import importlib.util
import site
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import gevent
from gevent.lock import RLock

from pyuibench.contract.faults import Fault, fault_of
from pyuibench.contract.scenarios import CONTROLS, PageName, Texts, normalised
from pyuibench.contract.states import Action
from pyuibench.contract.visits import OwnValues
from pyuibench.entries.catalog import Variant
from pyuibench.errors import UserError
from pyuibench.instruments.wire.client import Client, ProtocolError, Traffic
from pyuibench.instruments.wire.config import OPEN_TIMEOUT_S
from pyuibench.instruments.wire.limits import is_own_limit

ClientFactory = Callable[[str, PageName, int], Client]


@dataclass(frozen=True)
class Answer:
    """How one action went. Times are milliseconds from sending; `reason` says why it failed, None if it didn't.

    `is_foreign`: what was shown is certainly another session's. `is_own_limit`: this process, not the server, was at a limit.
    """

    started_ns: int
    service_ms: float | None
    output_ms: Mapping[str, float]
    traffic: Traffic
    reason: str | None
    update_ms: tuple[float, ...] = ()
    fault: Fault | None = None
    is_foreign: bool = False
    is_own_limit: bool = False


class Turns:
    """All sessions open at once, but where a framework is known to lose some of them: there one after the other."""

    def __init__(self, gap_ms: float) -> None:
        """Prepare turns; a session waits until the one before is open, and `gap_ms` more. Without a gap there are no turns."""
        self._gap_ms = gap_ms
        self._opening = RLock()

    @contextmanager
    def next(self) -> Iterator[None]:
        """Wait for this session's turn to open."""
        if not self._gap_ms:
            yield
            return
        with self._opening:
            yield
            gevent.sleep(self._gap_ms / 1e3)


class WireSession:
    """A client, judged: it has answered when every awaited output has its expected text.

    `own`: the values of its visitor, if another session's are to be known as soon as they are shown.
    """

    def __init__(
        self, client: Client, timeout_s: float, open_timeout_s: float = OPEN_TIMEOUT_S, own: OwnValues | None = None
    ) -> None:
        self.client = client
        self._own = own
        self._earlier: dict[str, set[str]] = {}
        self._timeout_s = timeout_s
        self._open_timeout_s = open_timeout_s

    def open(self, expected: Texts) -> Answer:
        """Open the session and await its first state."""
        self._keep(expected)
        return self._timed(self.client.open, expected, self._open_timeout_s)

    def perform(self, action: Action) -> Answer:
        """Carry an action out and await what it must change; then what it must not change must still be right."""
        before = dict(self.client.texts)
        if self._own:
            self._own.acts(action)
        answer = self._timed(lambda: self.begin(action), action.awaited, self._timeout_s, action.watched)
        if answer.reason is None and (wrong := self._wrong(action.expected)):
            answer = replace(answer, service_ms=None, reason=f"changed though it must not: {wrong}")
        if answer.reason and not answer.is_foreign:
            answer = replace(answer, fault=self._fault(action, before))
        self._keep(action.expected)
        return answer

    def _keep(self, expected: Texts) -> None:
        for output, text in expected.items():
            self._earlier.setdefault(output, set()).add(text)

    def _fault(self, action: Action, before: Texts) -> Fault | None:
        """Return what is wrong with the first output that is, None where all are right by now."""
        for output, text in action.expected.items():
            if not self._shows(output, normalised(text)):
                return fault_of(
                    normalised(self.client.texts.get(output, "")),
                    normalised(before.get(output, "")),
                    {normalised(it) for it in self._earlier.get(output, ())},
                    normalised(_repeated(action).get(output, "")),
                )
        return None

    def begin(self, action: Action) -> None:
        """Carry an action out without awaiting anything."""
        self.client.act(action.control, action.value)

    def settle(self, expected: Texts, timeout_s: float) -> str | None:
        """Apply messages until the outputs are right; return what is still wrong after `timeout_s`, None if nothing is."""
        deadline = time.monotonic() + timeout_s
        try:
            while self._wrong(expected):
                self.client.receive(max(deadline - time.monotonic(), 0.001))
        except TimeoutError:
            return f"not right within {timeout_s:g} s: {self._wrong(expected)}"
        except (ProtocolError, OSError) as error:
            return str(error)
        return None

    def close(self) -> None:
        """End the session; a server that is gone already is no error here."""
        try:
            self.client.close()
        except (ProtocolError, OSError):
            return

    def _timed(self, send: Callable[[], None], awaited: Texts, timeout_s: float, watched: str | None = None) -> Answer:
        missing = {output: normalised(text) for output, text in awaited.items()}
        output_ms: dict[str, float] = {}
        update_ms: list[float] = []
        state = self._shown(watched or "")
        before = self._traffic()
        start_ns = time.monotonic_ns()
        deadline_ns = start_ns + int(timeout_s * 1e9)
        reason, foreign, own_limit = None, None, False
        try:
            send()
            while True:
                if self._own and (foreign := self._own.foreign(self.client.texts)):
                    break
                at_ms = (time.monotonic_ns() - start_ns) / 1e6
                # As in the page: an output that is still empty is no state of it.
                if watched and (now := self._shown(watched)) and now != state:
                    state = now
                    update_ms.append(at_ms)
                for output in [name for name, text in missing.items() if self._shows(name, text)]:
                    del missing[output]
                    output_ms[output] = at_ms
                if not missing:
                    break
                self.client.receive(max((deadline_ns - time.monotonic_ns()) / 1e9, 0.001))
        except TimeoutError:
            reason = f"not right within {timeout_s:g} s: {self._wrong({name: awaited[name] for name in missing})}"
        except (ProtocolError, OSError) as error:
            reason, own_limit = str(error), is_own_limit(error)
        reason = foreign or reason
        service_ms = None if reason else max(output_ms.values())
        spent, states = self._spent(before), tuple(update_ms)
        fault: Fault | None = "foreign" if foreign else None
        return Answer(start_ns, service_ms, output_ms, spent, reason, states, fault, bool(foreign), own_limit)

    def _shows(self, output: str, text: str) -> bool:
        return self._shown(output) == text

    def _shown(self, output: str) -> str:
        return normalised(self.client.texts.get(output, ""))

    def _wrong(self, expected: Texts) -> str:
        texts = self.client.texts
        return ", ".join(
            f"{output} is {texts.get(output)!r}"
            for output, text in expected.items()
            if not self._shows(output, normalised(text))
        )

    def _traffic(self) -> Traffic:
        traffic = self.client.traffic
        return Traffic(traffic.bytes_up, traffic.bytes_down, traffic.messages_up, traffic.messages_down)

    def _spent(self, before: Traffic) -> Traffic:
        after = self._traffic()
        return Traffic(
            after.bytes_up - before.bytes_up,
            after.bytes_down - before.bytes_down,
            after.messages_up - before.messages_up,
            after.messages_down - before.messages_down,
        )


def client_failed(error: Exception) -> Answer:
    """Return an answer that says so: an error of the client must not look like a server that is slow."""
    return Answer(time.monotonic_ns(), None, {}, Traffic(), words_of(error), is_own_limit=is_own_limit(error))


def words_of(error: Exception) -> str:
    """Return an error of the client as a reason."""
    return f"the client failed: {error!r}"


def _repeated(action: Action) -> Texts:
    """Return what outputs would show had the action been carried out twice, nothing where that makes no difference."""
    if action.after is None or CONTROLS.get(action.control) != "button":
        return {}
    after, _ = action.after.act(action.scenario, action.control, int(action.value) + 1, action.changes)
    return after.expected


def client_factory(variant: Variant, site_packages: Path | None) -> ClientFactory:
    """Return the class of a variant's wire client.

    The entry's packages come last on the import path: a client may use what its framework needs to speak (message classes, say),
    and the harness keeps its own. Raises UserError when there is no such class.
    """
    if site_packages:
        site.addsitedir(str(site_packages))
    module = _load(variant.entry.directory / "client.py", f"pyuibench_client_{variant.entry.name}")
    factory = getattr(module, variant.table.client, None)
    if not (isinstance(factory, type) and issubclass(factory, Client)):
        raise UserError(
            f"{variant.entry.directory}/client.py has no class {variant.table.client} that is a wire Client."
        )
    return factory


def _load(path: Path, name: str) -> ModuleType:
    if not path.is_file():
        raise UserError(f"There is no {path}; an entry needs a wire client.")
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
