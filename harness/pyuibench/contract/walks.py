"""A session's actions without end: rounds of the app page, and changes of the scaling page."""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import workload
from pyuibench.contract.scenarios import ROUNDS, SCENARIOS, WATCHED, Value
from pyuibench.contract.states import Action, AppState, initial_app, initial_grid
from workload.expected import Inputs

Choices: TypeAlias = Mapping[str, Callable[[Inputs], tuple[Value, int]]]
"""For each control: what it is brought to next, and which way a slider or a list goes for that: 1 or -1."""


NOT_OFTEN: Mapping[str, int] = {}


def next_action(state: AppState, scenario: str, control: str, choices: Choices) -> tuple[AppState, Action]:
    """Return the state after a control was brought to what is chosen for it, and the action that does so."""
    value, moves = choices[control](state.inputs)
    after, action = state.act(scenario, control, value, SCENARIOS[scenario].changes[control], moves)
    return after, replace(action, watched=WATCHED.get(scenario))


def one_click_more(inputs: Inputs) -> tuple[Value, int]:
    """Return what a click brings the counter to."""
    return inputs.clicks + 1, 1


def app_actions(
    seed: int, scenarios: tuple[str, ...] = ROUNDS, downward: bool = False, often: Mapping[str, int] = NOT_OFTEN
) -> Iterator[Action]:
    """Yield actions without end: rounds of one action a control, each round in an order of its own.

    `often`: how many actions of a control are in each round, where it is more than one; not for filters, whose pairs would come
    again.
    No pair of category and min_units comes twice within 60 rounds, so a cache of results can't answer for the server; what
    it saves is what the *other* actions recompute. For the same reason a second session of the same server can go `downward`
    with the slider: but for the first round it meets no pair that a session going upward has met, within 19 rounds.
    """
    chance = random.Random(seed)
    state = initial_app()
    controls = [
        (name, control)
        for name in scenarios
        for control in SCENARIOS[name].controls
        for _ in range(often.get(control, 1))
    ]
    choices = _one_after_the_other(downward)
    while True:
        chance.shuffle(controls)
        for scenario, control in _category_first(controls):
            state, action = next_action(state, scenario, control, choices)
            yield action


def _one_after_the_other(downward: bool) -> Choices:
    """Return choices that go through a control's values in order, so that no pair of filters comes again for long."""
    categories = _walk(workload.CATEGORIES.index(workload.DEFAULT_CATEGORY), 0, len(workload.CATEGORIES) - 1)
    units = _walk(workload.DEFAULT_MIN_UNITS, 1, workload.MAX_MIN_UNITS, downward)
    granularities = itertools.cycle(workload.GRANULARITIES[1:] + workload.GRANULARITIES[:1])
    letters = itertools.cycle("Grace Hopper Ada Lovelace Barbara Liskov ".replace(" ", ""))

    def category(_: Inputs) -> tuple[Value, int]:
        index, moves = next(categories)
        return workload.CATEGORIES[index], moves

    return {
        "increment": one_click_more,
        "name": lambda inputs: (inputs.name + next(letters), 1),
        "category": category,
        "min_units": lambda _: next(units),
        "granularity": lambda _: (next(granularities), 1),
    }


def grid_actions(seed: int, cells: int, downward: bool = False, in_rounds: bool = False) -> Iterator[Action]:
    """Yield actions without end, each on a cell chosen by chance, its slider moved by one step; `downward` as above.

    `in_rounds`: each round has one action a cell, in an order by chance.
    """
    chance = random.Random(seed)
    state = initial_grid(cells)
    walks = [_walk(workload.DEFAULT_CELL_VALUE, 0, workload.MAX_CELL_VALUE, downward) for _ in range(cells)]
    for index in _rounds(chance, cells) if in_rounds else _by_chance(chance, cells):
        value, moves = next(walks[index])
        state, action = state.act(index, value, moves)
        yield action


def _by_chance(chance: random.Random, cells: int) -> Iterator[int]:
    while True:
        yield chance.randrange(cells)


def _rounds(chance: random.Random, cells: int) -> Iterator[int]:
    while True:
        yield from chance.sample(range(cells), cells)


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
