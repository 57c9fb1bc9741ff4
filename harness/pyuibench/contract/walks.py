"""A session's actions without end: rounds of the app page, and changes of the scaling page."""

import itertools
import random
from collections.abc import Iterator

import workload
from pyuibench.contract.scenarios import SCENARIOS, Value
from pyuibench.contract.states import Action, initial_app, initial_grid


def app_actions(
    seed: int, scenarios: tuple[str, ...] = ("unrelated", "local", "global"), downward: bool = False
) -> Iterator[Action]:
    """Yield actions without end: rounds of one action a control, each round in an order of its own.

    No pair of category and min_units comes twice within 60 rounds, so a cache of results can't answer for the server; what
    it saves is what the *other* actions recompute. For the same reason a second session of the same server can go `downward`
    with the slider: but for the first round it meets no pair that a session going upward has met, within 19 rounds.
    """
    chance = random.Random(seed)
    state = initial_app()
    controls = [(name, control) for name in scenarios for control in SCENARIOS[name].controls]
    categories = _walk(workload.CATEGORIES.index(workload.DEFAULT_CATEGORY), 0, len(workload.CATEGORIES) - 1)
    units = _walk(workload.DEFAULT_MIN_UNITS, 1, workload.MAX_MIN_UNITS, downward)
    granularities = itertools.cycle(workload.GRANULARITIES[1:] + workload.GRANULARITIES[:1])
    letters = itertools.cycle("Grace Hopper Ada Lovelace Barbara Liskov ".replace(" ", ""))
    for _ in itertools.count():
        chance.shuffle(controls)
        for scenario, control in _category_first(controls):
            value: Value
            moves = 1
            if control == "increment":
                value = state.inputs.clicks + 1
            elif control == "name":
                value = state.inputs.name + next(letters)
            elif control == "granularity":
                value = next(granularities)
            elif control == "category":
                index, moves = next(categories)
                value = workload.CATEGORIES[index]
            else:
                value, moves = next(units)
            state, action = state.act(scenario, control, value, SCENARIOS[scenario].changes[control], moves)
            yield action


def grid_actions(seed: int, cells: int, downward: bool = False) -> Iterator[Action]:
    """Yield actions without end, each on a cell chosen by chance, its slider moved by one step; `downward` as above."""
    chance = random.Random(seed)
    state = initial_grid(cells)
    walks = [_walk(workload.DEFAULT_CELL_VALUE, 0, workload.MAX_CELL_VALUE, downward) for _ in range(cells)]
    while True:
        index = chance.randrange(cells)
        value, moves = next(walks[index])
        state, action = state.act(index, value, moves)
        yield action


def _category_first(controls: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return a round with the category before min_units: the slider moves on before the category can turn back to a pair."""
    filters = iter(sorted(pair for pair in controls if pair[0] == "global"))
    return [next(filters) if pair[0] == "global" else pair for pair in controls]


def _walk(start: int, lowest: int, highest: int, downward: bool = False) -> Iterator[tuple[int, int]]:
    """Yield (position, step): one step at a time, up to the top, down to the bottom, and so on, or down first."""
    position, step = start, -1 if downward else 1
    while True:
        if not lowest <= position + step <= highest:
            step = -step
        position += step
        yield position, step
