"""Checks of a page on the wire, run as `python -m pyuibench.verify.wire` in a process of its own.

It is told what to check as Locust is, begins when it reads the server's address from its standard input (so that it can be
started early), and prints what it found as JSON on its last line.
"""

from gevent import monkey

monkey.patch_all()

import itertools  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from contextlib import ExitStack, contextmanager  # noqa: E402
from dataclasses import dataclass  # noqa: E402

import gevent  # noqa: E402

from pyuibench.contract.scenarios import Texts, normalised  # noqa: E402
from pyuibench.contract.states import Action, initial_app, initial_grid  # noqa: E402
from pyuibench.contract.visits import OwnValues, in_step  # noqa: E402
from pyuibench.contract.walks import app_actions, grid_actions  # noqa: E402
from pyuibench.entries.catalog import entry_at  # noqa: E402
from pyuibench.errors import UserError  # noqa: E402
from pyuibench.instruments.shared.one_offs import carry_out  # noqa: E402
from pyuibench.instruments.wire.client import ProtocolError  # noqa: E402
from pyuibench.instruments.wire.config import from_environment  # noqa: E402
from pyuibench.instruments.wire.session import Answer, WireSession, client_factory, client_failed  # noqa: E402
from pyuibench.verify.findings import FEWEST_UPDATES, Level, all_at_once  # noqa: E402
from pyuibench.verify.wire_config import WireChecks  # noqa: E402

Said = tuple[str, str, Level]
"""Check, message, and whether it is an error or a note."""
Begin = Callable[..., tuple[WireSession, str | None]]
"""Opens a session, with its visitor's own values if they are known; tells why it didn't begin as it should."""
HOLD_S = 0.25
REST_S = 0.1
TOGETHER = 8
"""So many sessions act at the same moment."""
TOGETHER_S = 3.0
FEWEST_MOMENTS = 5
"""After so long no further moment is begun, but as many are had in any case: a server that computes a whole page for each action
would be at it for half a minute."""
IN_STEP = (*("name", "increment", "name") * 6, "min_units", "granularity")
"""What they do, one control after the other. Most of it is quick: what is shared by mistake is by any of a server's handlers."""


@dataclass(frozen=True)
class Task:
    """What is done and what must come of it: the first state, one visitor's actions, and what another one does.

    `together`: the actions of each of several visitors who act at the same moment.
    """

    initial: Texts
    rounds: tuple[Action, ...]
    other: Action
    one_offs: tuple[str, ...] = ()
    together: tuple[tuple[Action, ...], ...] = ()


def task_of(checks: WireChecks) -> Task:
    """Return what a page is checked with: every control twice. Computing what is right takes a moment."""
    if checks.target.page == "app":
        rounds = tuple(itertools.islice(app_actions(2), 10))
        together = tuple(tuple(in_step(4, number, IN_STEP)) for number in range(TOGETHER))
        return Task(initial_app().expected, rounds, next(app_actions(3)), checks.one_offs, together)
    cells = checks.target.grid_cells
    return Task(
        initial_grid(cells).expected, tuple(itertools.islice(grid_actions(2, cells), 4)), next(grid_actions(3, cells))
    )


def check(checks: WireChecks, task: Task, url: str) -> Iterator[Said]:
    """Yield what is wrong: a first state, each action, a lasting state, two sessions kept apart, and several at one moment."""
    target = checks.target
    new_client = client_factory(entry_at(target.entry).variant(target.variant), target.site_packages)
    with ExitStack() as opened:

        def begin(own: OwnValues | None = None) -> tuple[WireSession, str | None]:
            session = WireSession(
                new_client(url, target.page, target.grid_cells), checks.timeout_s, checks.open_timeout_s, own
            )
            reason = session.open(task.initial).reason
            if reason is None:
                opened.callback(session.close)
            return session, reason

        first, reason = begin()
        if reason:
            yield "open", reason, "error"
            return
        for action in task.rounds:
            if reason := first.perform(action).reason:
                yield "value", f"{_named(action)}: {reason}", "error"
                return
        last = task.rounds[-1]
        if reason := _unsettled(first, last.expected):
            yield "stable", f"some time after its last action, {_named(last)}: {reason}", "error"
            return
        second, reason = begin()
        if reason:
            yield "isolation", f"a second session doesn't begin afresh: {reason}", "error"
            return
        if reason := second.perform(task.other).reason:
            yield "isolation", f"in a second session, {_named(task.other)}: {reason}", "error"
        if reason := _unsettled(first, last.expected):
            yield "isolation", f"the first session changed with what a second one did: {reason}", "error"
            return
        yield from _one_offs(first, begin, last, task.one_offs)
        yield from _at_one_moment(begin, task.together)


def _at_one_moment(begin: Begin, together: tuple[tuple[Action, ...], ...]) -> Iterator[Said]:
    """Have sessions of their own act at the same moment, again and again, each with its own values, until something is wrong.

    What one is shown of another is an error. A session that is lost, or an answer that doesn't come, is a note: how many sessions
    a server bears is what loads find out.
    """
    sessions = []
    for number in range(len(together)):
        session, reason = begin(OwnValues(number))
        if reason:
            yield "together", f"session {number + 1} of {len(together)} doesn't begin afresh: {reason}", "note"
            return
        sessions.append(session)
    began_s = time.monotonic()
    for moment, actions in enumerate(zip(*together, strict=True)):
        if moment >= FEWEST_MOMENTS and time.monotonic() - began_s > TOGETHER_S:
            return
        acting = [gevent.spawn(_performed, *each) for each in zip(sessions, actions, strict=True)]
        gevent.joinall(acting)
        wrong = [(each.value, action) for each, action in zip(acting, actions, strict=True) if each.value.reason]
        mixed = [(answer, action) for answer, action in wrong if answer.fault == "foreign"]
        for answer, action in (mixed or wrong)[:1]:
            words = f"{len(together)} sessions at the same moment, {_named(action)}: {answer.reason}"
            yield "together", words, "error" if mixed else "note"
            return


def _performed(session: WireSession, action: Action) -> Answer:
    try:
        return session.perform(action)
    except Exception as error:  # whatever it is, it is told as the answer's
        return client_failed(error)


def _one_offs(first: WireSession, begin: Begin, last: Action, scenarios: tuple[str, ...]) -> Iterator[Said]:
    @contextmanager
    def other() -> Iterator[WireSession]:
        session, reason = begin()
        if reason:
            raise ProtocolError(f"a further session doesn't begin afresh: {reason}")
        yield session

    state = last.after or initial_app()
    for done in carry_out(first, other, state, scenarios, lambda: time.sleep(REST_S), time.monotonic):
        if done.reason:
            yield done.action.scenario, f"{_named(done.action)}: {done.reason}", "error"
        elif done.result and done.action.watched and len(done.result.update_ms) < FEWEST_UPDATES:
            yield done.action.scenario, all_at_once(done.action), "error"


def _named(action: Action) -> str:
    return f"{action.control} to {action.value!r}"


def _unsettled(session: WireSession, expected: Texts) -> str | None:
    """Apply what still comes for a moment; return what is wrong after that, None if nothing is."""
    deadline = time.monotonic() + HOLD_S
    try:
        while (left_s := deadline - time.monotonic()) > 0:
            session.client.receive(left_s)
    except TimeoutError:
        pass
    except (ProtocolError, OSError) as error:
        return str(error)
    texts = session.client.texts
    wrong = [name for name, text in expected.items() if normalised(texts.get(name, "")) != normalised(text)]
    return ", ".join(f"{name} is {texts.get(name)!r} instead of {expected[name]!r}" for name in wrong) or None


def main() -> None:
    """Print the findings as JSON on the last line."""
    try:
        checks = from_environment(WireChecks)
        task = task_of(checks)
        said = list(check(checks, task, sys.stdin.readline().strip()))
    except UserError as error:
        said = [("client", str(error), "error")]
    print(json.dumps(said))


if __name__ == "__main__":
    main()
