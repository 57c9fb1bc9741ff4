"""What a visitor does under load: the contract's controls in an order by chance, in states that tell visitors apart."""

import itertools
import random
from collections.abc import Iterator, Sequence

import workload
from pyuibench.contract.scenarios import ROUNDS, SCENARIOS, Value
from pyuibench.contract.states import Action, AppState, initial_app
from pyuibench.contract.walks import Choices, next_action, one_click_more
from workload.expected import Inputs

# Few enough that what is right for all of them can be computed before a load begins, which must not compute beside it.
MIN_UNITS = tuple(range(5, 65, 5))
CONTROLS = tuple((name, control) for name in ROUNDS for control in SCENARIOS[name].controls)


def visits(seed: int, session: int, controls: Sequence[tuple[str, str]] = CONTROLS) -> Iterator[Action]:
    """Yield a session's actions without end: rounds of one action a control (scenario and name), each in an order of its own.

    The name has the session's number in it, so an answer that was another session's is seen. Filters come again, also in other
    sessions, so a cache that sessions share answers for the server, as it would among people who look at the same data.
    """
    chance = random.Random(f"{seed}-{session}")
    state = initial_app()
    order = list(controls)
    choices = _by_chance(session, chance)
    while True:
        chance.shuffle(order)
        for scenario, control in order:
            state, action = next_action(state, scenario, control, choices)
            yield action


def jobs() -> Iterator[Action]:
    """Yield a session's blocking jobs, one after the other, without end."""
    state = initial_app()
    while True:
        action = state.use("job")
        state = action.after or state
        yield action


def compute_expected() -> Iterator[None]:
    """Have what is right for every state that visitors come to computed, and kept by the workload, one state after the other."""
    units = (workload.DEFAULT_MIN_UNITS, *MIN_UNITS)
    for category, min_units, granularity in itertools.product(workload.CATEGORIES, units, workload.GRANULARITIES):
        _ = AppState(Inputs(category=category, min_units=min_units, granularity=granularity)).expected
        yield


def _by_chance(session: int, chance: random.Random) -> Choices:
    """Return choices of any other value than the one that is set; names have the session's number in them."""
    names = itertools.count(1)

    def other(values: Sequence[Value], value: Value) -> tuple[Value, int]:
        return chance.choice([it for it in values if it != value]), 1

    return {
        "increment": one_click_more,
        "name": lambda _: (f"Visitor {session} {next(names)}", 1),
        "category": lambda inputs: other(workload.CATEGORIES, inputs.category),
        "min_units": lambda inputs: other(MIN_UNITS, inputs.min_units),
        "granularity": lambda inputs: other(workload.GRANULARITIES, inputs.granularity),
    }
