"""What a session does once, after its rounds: the same in the browser and on the wire, when measuring and when verifying."""

from collections.abc import Callable, Container, Generator, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

import workload
from pyuibench.contract.scenarios import TASKS, Texts
from pyuibench.contract.states import Action, AppState, initial_app
from workload.tasks import CRUNCH_STEP_S

JOB_S = workload.CRUNCH_STEPS * CRUNCH_STEP_S
# A click that begins later might find the job at its end.
LAST_CLICK_S = 0.75 * JOB_S
MOST_CLICKS = 3
RESTS_BEFORE_JOB = 4
SETTLE_S = 15.0
RUNNING = ("progress", "crunched")


class Result(Protocol):
    """How one action went."""

    @property
    def reason(self) -> str | None:
        """Return why it isn't right, None if it is."""
        ...


R_co = TypeVar("R_co", bound=Result, covariant=True)
R = TypeVar("R", bound=Result)


class Visitor(Protocol[R_co]):
    """One session, in a browser or on the wire."""

    def perform(self, action: Action) -> R_co:
        """Carry an action out and await what must come of it."""
        ...

    def begin(self, action: Action) -> None:
        """Carry an action out without awaiting anything."""
        ...

    def settle(self, expected: Texts, timeout_s: float) -> str | None:
        """Wait for these states; return what is still wrong after `timeout_s`, None if nothing is."""
        ...


@dataclass(frozen=True)
class Done(Generic[R]):
    """One action and how it went; of a job that was only begun there is no `result`, but a `reason` if it failed."""

    action: Action
    result: R | None
    reason: str | None


def carry_out(
    visitor: Visitor[R],
    other: Callable[[], AbstractContextManager[Visitor[R]]],
    state: AppState,
    scenarios: Container[str],
    rest: Callable[[], None],
    now_s: Callable[[], float],
) -> Iterator[Done[R]]:
    """Yield each action of those TASKS that are among `scenarios`, up to the first that goes wrong, with the state after it.

    `other` opens a second session, `rest` waits between actions, `now_s` is a clock.
    """
    for scenario in TASKS:
        if scenario not in scenarios:
            continue
        if scenario == "busy":
            job = replace(state.use("job"), scenario=scenario)
            dones = _meanwhile(visitor, visitor, job, _after(job), scenario, rest, now_s)
        elif scenario == "neighbour":
            job = replace(initial_app().use("job"), scenario=scenario)
            dones = _beside(visitor, other, job, state, rest, now_s)
        else:
            dones = _alone(visitor, state.use(scenario), rest)
        # Closed at once, so that a second session doesn't outlive what went wrong.
        with closing(dones):
            for done in dones:
                yield done
                if done.reason:
                    return
                state = _after(done.action)


def _alone(visitor: Visitor[R], action: Action, rest: Callable[[], None]) -> Generator[Done[R], None, None]:
    rest()
    result = visitor.perform(action)
    yield Done(action, result, result.reason)


def _beside(
    visitor: Visitor[R],
    other: Callable[[], AbstractContextManager[Visitor[R]]],
    job: Action,
    state: AppState,
    rest: Callable[[], None],
    now_s: Callable[[], float],
) -> Generator[Done[R], None, None]:
    with other() as second:
        yield from _meanwhile(visitor, second, job, state, "neighbour", rest, now_s)


def _meanwhile(
    visitor: Visitor[R],
    worker: Visitor[R],
    job: Action,
    state: AppState,
    scenario: str,
    rest: Callable[[], None],
    now_s: Callable[[], float],
) -> Generator[Done[R], None, None]:
    """Have the worker's job run, and the visitor click meanwhile; at last the job must have come to its end."""
    # A button may be locked for a moment after the job before.
    for _ in range(RESTS_BEFORE_JOB):
        rest()
    worker.begin(job)
    begun_s = now_s()
    for _ in range(MOST_CLICKS):
        rest()
        if now_s() - begun_s > LAST_CLICK_S:
            break
        action = state.use(scenario)
        if worker is visitor:
            action = replace(action, expected=_without_job(action.expected))
        result = visitor.perform(action)
        yield Done(action, result, result.reason)
        state = _after(action)
    wanted = {output: job.expected[output] for output in RUNNING}
    reason = worker.settle(wanted, SETTLE_S)
    yield Done(replace(job, after=state), None, reason and f"the job was begun, but never ended as it should: {reason}")


def _without_job(expected: Texts) -> Texts:
    return {output: text for output, text in expected.items() if output not in RUNNING}


def _after(action: Action) -> AppState:
    assert action.after is not None
    return action.after
