"""What a visitor does under load: the contract's controls in an order by chance, in states that tell visitors apart."""

import itertools
import random
import re
from collections.abc import Iterator, Sequence

import workload
from pyuibench.contract.scenarios import ROUNDS, SCENARIOS, Texts, Value
from pyuibench.contract.states import Action, AppState, initial_app
from pyuibench.contract.walks import Choices, next_action, one_click_more
from workload.expected import Inputs

# Few enough that what is right for all of them can be computed before a load begins, which must not compute beside it.
MIN_UNITS = tuple(range(5, 65, 5))
_CHOICES: frozenset[Value] = frozenset({*workload.CATEGORIES, *MIN_UNITS})
_NAME = re.compile(r"VISITOR\s+(\d+)\s+\d+", re.IGNORECASE)
_CLICKS = re.compile(r"^\s*(\d+)\s*clicks\s*$")
_FILTERS = re.compile(r"\(\s*([^,()]+?)\s*,\s*(\d+)\s*\+\s*\)")
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


def in_step(seed: int, session: int, controls: Sequence[str]) -> Iterator[Action]:
    """Yield a session's actions on `controls`, one after the other: the same ones in each session, with values of its own."""
    chance = random.Random(f"{seed}-{session}")
    state, choices = initial_app(), _by_chance(session, chance)
    scenarios = {control: name for name, control in CONTROLS}
    for control in controls:
        state, action = next_action(state, scenarios[control], control, choices)
        yield action


class OwnValues:
    """What a visitor has set so far, by which an output of another session is known as soon as it is shown.

    A name has its visitor's number in it; clicks beyond one too many, and filters that this visitor never chose though others do,
    aren't its own either. What isn't written as the contract has it says nothing here: it is wrong, but nobody's.
    """

    def __init__(self, session: int) -> None:
        self._session = session
        self._clicks = 0
        self._filters: set[Value] = {workload.DEFAULT_CATEGORY, workload.DEFAULT_MIN_UNITS}
        self._looked_at: dict[str, str] = {}
        self._checks = {"greeting": self._greeting, "count": self._count, "table": self._table}

    def acts(self, action: Action) -> None:
        """Note what an action sets, before it is carried out."""
        if action.control == "increment":
            self._clicks = int(action.value)
        elif action.scenario == "global":
            self._filters.add(action.value)

    def foreign(self, texts: Texts) -> str | None:
        """Return which output shows what is another session's, and why it can't be this one's; None if none does."""
        for output, check in self._checks.items():
            text = texts.get(output, "")
            if text != self._looked_at.get(output):
                self._looked_at[output] = text
                if why := check(text):
                    return f"{output} of visitor {self._session} shows {text!r}, {why}"
        return None

    def _greeting(self, text: str) -> str | None:
        found = _NAME.search(text)
        return f"the name of visitor {found[1]}" if found and int(found[1]) != self._session else None

    def _count(self, text: str) -> str | None:
        found = _CLICKS.search(text)
        # One more may be its own click, carried out twice.
        is_too_many = found is not None and int(found[1]) > self._clicks + 1
        return f"though this visitor has clicked {self._clicks} times" if is_too_many else None

    def _table(self, text: str) -> str | None:
        found = _FILTERS.search(text)
        others = [it for it in (found[1], int(found[2])) if it in _CHOICES - self._filters] if found else []
        return f"though this visitor has never chosen {others[0]!r}" if others else None


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
        "ask": lambda inputs: (inputs.asked + 1, 1),
        "name": lambda _: (f"Visitor {session} {next(names)}", 1),
        "category": lambda inputs: other(workload.CATEGORIES, inputs.category),
        "min_units": lambda inputs: other(MIN_UNITS, inputs.min_units),
        "granularity": lambda inputs: other(workload.GRANULARITIES, inputs.granularity),
    }
