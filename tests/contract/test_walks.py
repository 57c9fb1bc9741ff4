import itertools
import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest

import workload
from pyuibench.contract import states, walks
from pyuibench.contract.scenarios import COMPUTED_BY, CONTROLS, FIRST_OUTPUTS, OUTPUTS, SCENARIOS, normalised
from pyuibench.contract.states import Action, AppState, initial_app, initial_grid
from pyuibench.contract.walks import app_actions, grid_actions
from workload import tasks
from workload.expected import Inputs, expected_app, expected_grid

ROUND = 5
IN_ROUNDS = {control for scenario in SCENARIOS.values() if scenario.in_rounds for control in scenario.controls}


def differing(before, after):
    assert before.keys() == after.keys()
    return {output for output in before if before[output] != after[output]}


def app_inputs(seed, actions):
    """The actions, each with the inputs before and after it, followed here and not by the code under test."""
    inputs = Inputs()
    for action in islice(app_actions(seed), actions):
        before, inputs = inputs, inputs.with_value(action.control, action.value)
        yield action, before, inputs


@pytest.fixture
def free_texts(monkeypatch):
    """Actions without what they must lead to, so that many of them can be looked at."""
    monkeypatch.setattr(states, "expected_app", lambda inputs: {})


def test_each_action_changes_what_it_says_and_nothing_else():
    for action, before, after in app_inputs(seed=1, actions=25 * ROUND):
        new = expected_app(after)
        assert action.expected == new
        assert differing(expected_app(before), new) == set(action.changes)
        assert dict(action.awaited) == {output: new[output] for output in action.changes}
        assert action.changes == SCENARIOS[action.scenario].changes[action.control]


def test_what_changes_differs_without_white_space_too():
    for action, before, after in app_inputs(seed=1, actions=25 * ROUND):
        old, new = expected_app(before), expected_app(after)
        for output in action.changes:
            assert normalised(old[output]) != normalised(new[output])


def test_a_long_run_changes_what_it_says_too(free_texts):
    """`rows` alone does not state the filters; it changes if and only if the selection does."""
    for action, before, after in app_inputs(seed=1, actions=200 * ROUND):
        if "rows" in action.changes:
            assert {before.min_units, after.min_units} != {0, 1}


def test_every_round_uses_every_control_once_in_an_order_of_its_own(free_texts):
    controls = [action.control for action in islice(app_actions(3), 40 * ROUND)]
    rounds = [tuple(controls[start : start + ROUND]) for start in range(0, len(controls), ROUND)]
    assert all(set(round_) == IN_ROUNDS for round_ in rounds)
    assert len(set(rounds)) > 10


def test_some_controls_are_used_more_often_and_filters_as_before(free_texts):
    often = {"increment": 5, "name": 2}
    a_round = ROUND + 4 + 1
    actions = list(islice(app_actions(3, often=often), 40 * a_round))
    for start in range(0, len(actions), a_round):
        counts = Counter(action.control for action in actions[start : start + a_round])
        assert counts == {**dict.fromkeys(IN_ROUNDS, 1), **often}
    pairs = list(_filters(iter(actions)))
    assert len(set(pairs)) == len(pairs)
    assert [action.value for action in actions if action.control == "increment"] == list(range(1, 201))


def test_actions_stay_in_range_and_move_one_step(free_texts):
    turns = set()
    for action, before, after in app_inputs(seed=5, actions=420 * ROUND):
        if action.control == "min_units":
            assert 0 <= after.min_units <= workload.MAX_MIN_UNITS
            assert after.min_units - before.min_units == action.moves
            assert abs(action.moves) == 1
            turns.add(after.min_units)
        elif action.control == "category":
            places = [workload.CATEGORIES.index(inputs.category) for inputs in (before, after)]
            assert places[1] - places[0] == action.moves
            assert abs(action.moves) == 1
        elif action.control == "granularity":
            assert after.granularity in workload.GRANULARITIES
            assert after.granularity != before.granularity
        elif action.control == "increment":
            assert after.clicks == before.clicks + 1
        else:
            assert after.name[:-1] == before.name
            assert after.name[-1].isalpha()
    assert workload.MAX_MIN_UNITS in turns


def test_no_choice_of_the_filters_comes_twice_in_sixty_rounds(free_texts):
    for seed in range(20):
        seen = {(Inputs().category, Inputs().min_units)}
        for action, _, after in app_inputs(seed, actions=60 * ROUND):
            if action.control in ("category", "min_units"):
                assert (after.category, after.min_units) not in seen
                seen.add((after.category, after.min_units))


def test_the_same_seed_gives_the_same_actions():
    first, second = (list(islice(app_actions(7), 4 * ROUND)) for _ in range(2))
    assert first == second


def test_a_seed_gives_what_it_always_gave(free_texts):
    """Runs that were made in another year compare the same actions."""
    assert [(action.control, action.value, action.moves) for action in islice(app_actions(7), 2 * ROUND)] == [
        ("category", "Books", 1),
        ("increment", 1, 1),
        ("min_units", 31, 1),
        ("name", "G", 1),
        ("granularity", "quarter", 1),
        ("category", "Clothing", 1),
        ("name", "Gr", 1),
        ("increment", 2, 1),
        ("granularity", "year", 1),
        ("min_units", 32, 1),
    ]
    (first,) = islice(app_actions(7, ("global",), downward=True), 1)
    assert (first.control, first.value, first.moves) == ("category", "Books", 1)


def test_another_seed_gives_another_order(free_texts):
    orders = {tuple(action.control for action in islice(app_actions(seed), 10 * ROUND)) for seed in range(8)}
    assert len(orders) == 8


def test_actions_do_not_touch_the_global_chance(free_texts):
    random.seed(1)
    wanted = random.random()
    random.seed(1)
    list(islice(app_actions(7), 10))
    assert random.random() == wanted


@pytest.mark.parametrize("name", ["unrelated", "local", "global"])
def test_one_scenario_uses_its_controls_only(name):
    actions = list(islice(app_actions(2, (name,)), 4))
    assert {action.scenario for action in actions} == {name}
    assert {action.control for action in actions} == set(SCENARIOS[name].controls)


def test_grid_actions_change_one_cell_by_one_step():
    cells = 7
    values = list(initial_grid(cells).values)
    assert values == [50] * cells
    used = set()
    for action in islice(grid_actions(4, cells), 3000):
        index = int(action.control.removeprefix("cell-"))
        before = expected_grid(tuple(values))
        assert action.value - values[index] == action.moves
        assert abs(action.moves) == 1
        values[index] = action.value
        assert 0 <= action.value <= workload.MAX_CELL_VALUE
        assert action.expected == expected_grid(tuple(values))
        assert differing(before, action.expected) == set(action.changes) == {action.control}
        assert dict(action.awaited) == {action.control: action.expected[action.control]}
        used.add(index)
    assert used == set(range(cells))


def test_grid_actions_in_rounds_change_each_cell_once_a_round():
    cells, rounds = 5, 8
    indices = [
        int(it.control.partition("-")[2]) for it in islice(grid_actions(4, cells, in_rounds=True), cells * rounds)
    ]
    orders = [tuple(indices[at : at + cells]) for at in range(0, len(indices), cells)]
    assert all(sorted(order) == list(range(cells)) for order in orders)
    assert len(set(orders)) > 1


def test_grid_actions_are_the_seeds():
    first, again, other = ([a.control for a in islice(grid_actions(seed, 50), 30)] for seed in (1, 1, 2))
    assert first == again != other


def test_walk_turns_at_both_ends():
    assert [position for position, _ in islice(walks._walk(1, 0, 3), 10)] == [2, 3, 2, 1, 0, 1, 2, 3, 2, 1]
    assert [step for _, step in islice(walks._walk(3, 0, 3), 4)] == [-1, -1, -1, 1]


def test_scenarios_name_known_controls_and_outputs():
    for name, scenario in SCENARIOS.items():
        assert scenario.name == name
        assert set(scenario.controls) <= {*CONTROLS, "cell"}
        for control, changes in scenario.changes.items():
            assert control in (*scenario.controls, "")
            assert set(changes) <= {*OUTPUTS, "cell"}
        assert set(scenario.controls) <= set(scenario.changes) or not scenario.controls


def test_the_contract_names_every_output_and_what_computes_it():
    assert set(initial_app().expected) == set(FIRST_OUTPUTS)
    state = initial_app()
    for task in ("stream", "job", "upload"):
        state = state.use(task).after
    assert set(state.expected) == set(OUTPUTS)
    assert set(COMPUTED_BY) == {*OUTPUTS, "cell"}
    for function in COMPUTED_BY.values():
        assert hasattr(getattr(workload, function, None) or getattr(tasks, function), "__wrapped__")


def test_a_state_is_left_as_it_was():
    state = AppState()
    after, action = state.act("unrelated", "increment", 1, ("count",))
    assert (state.inputs.clicks, after.inputs.clicks) == (0, 1)
    assert action.expected == after.expected != state.expected


def test_normalised_drops_every_white_space():
    assert normalised(" 1\u00a0234 \n\t(All,\u200910+)\u2003") == "1234(All,10+)"


def _filters(actions: Iterator[Action]) -> Iterator[tuple[str, int]]:
    """Yield the pair of category and min_units that each action on either leads to."""
    category, min_units = workload.DEFAULT_CATEGORY, workload.DEFAULT_MIN_UNITS
    for action in actions:
        if action.control == "category":
            category = str(action.value)
        elif action.control == "min_units":
            min_units = int(action.value)
        if action.control in ("category", "min_units"):
            yield category, min_units


@pytest.mark.parametrize("seed", range(5))
def test_a_downward_session_meets_no_pair_of_an_upward_one_after_the_first_round(seed: int) -> None:
    upward = set(itertools.islice(_filters(app_actions(seed)), 2 * 100))
    downward = list(itertools.islice(_filters(app_actions(seed, downward=True)), 2 * 19))
    assert upward.isdisjoint(downward[2:])
    assert len(set(downward)) == len(downward)


def test_a_downward_grid_meets_no_value_of_an_upward_one() -> None:
    upward = {(a.control, a.value) for a in itertools.islice(grid_actions(1, 5), 100)}
    downward = {(a.control, a.value) for a in itertools.islice(grid_actions(1, 5, downward=True), 100)}
    assert upward.isdisjoint(downward)
