"""What the contract declares, as plain data: two contracts that declare the same are the same.

It is made of names, constants and expected states, never of source text: a comment, a docstring or a helper that was moved
changes nothing. Left out on purpose are why a scenario is measured, which is prose; service levels, known delays and a profile's
settings, which are stored with each run; and how long the workload's functions take, which a run's ledger records.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import workload
from pyuibench.contract import scenarios
from pyuibench.contract.identity import canonical
from pyuibench.contract.scenarios import MANY_STEPS, SCENARIOS, TASKS, Scenario
from pyuibench.contract.states import Action, initial_app, initial_grid
from pyuibench.contract.visits import jobs, visits
from pyuibench.contract.walks import app_actions, grid_actions
from pyuibench.contract.ways import WAYS
from workload import tasks

WALKS: Mapping[str, tuple[int, bool]] = {"upward": (1, False), "downward": (2, True)}
"""The walks of the app page that are declared: their seeds, and whether the slider goes down first."""
WALK_ACTIONS = 60
SESSIONS = (0, 1)
"""The numbers of the visitors whose actions are declared."""
VISIT_ACTIONS = 20
CELLS = 5
GRID_ACTIONS = 20


def declaration() -> dict[str, Any]:
    """Return subject -> what is declared of it, ready for JSON.

    It computes some 200 expected states and a file of 5 MB, in less than a second.
    """
    return {
        "names": _names(),
        "scenarios": [_scenario(scenario) for scenario in SCENARIOS.values()],
        "workload": _constants(),
        "files": {"1": _digest(tasks.sample_csv(1))},
        "first states": {"app": initial_app().expected, "grid": initial_grid(CELLS).expected},
        "walks": {
            name: _actions(islice(app_actions(seed, downward=downward), WALK_ACTIONS))
            for name, (seed, downward) in WALKS.items()
        },
        "grid walks": {
            name: _actions(islice(grid_actions(seed, CELLS, downward), GRID_ACTIONS))
            for name, (seed, downward) in WALKS.items()
        },
        "visits": [_actions(islice(visits(1, session), VISIT_ACTIONS)) for session in SESSIONS],
        "jobs": _actions(islice(jobs(), 2)),
        "tasks": _actions(_tasks()),
        "charts": {f"{category}, {granularity}": _chart(category, granularity) for category, granularity in _charts()},
        "tables": {category: _table(category) for category in workload.CATEGORIES},
    }


def _names() -> dict[str, Any]:
    """Return the controls and outputs, and what is asked of them in general."""
    return {
        "controls": scenarios.CONTROLS,
        "outputs": scenarios.OUTPUTS,
        "first outputs": scenarios.FIRST_OUTPUTS,
        "computed by": scenarios.COMPUTED_BY,
        "watched": scenarios.WATCHED,
        "ways": {way.id: way.controls for way in WAYS.values()},
        "steps": [scenarios.STEPS, scenarios.STEP_INTERVAL_MS],
    }


def _scenario(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "page": scenario.page,
        "controls": scenario.controls,
        "changes": scenario.changes,
        "in rounds": scenario.in_rounds,
        "steps": scenario.steps,
        "by key": scenario.by_key,
    }


def _constants() -> dict[str, Any]:
    """Return the workload's values that an app shows, or that decide how long something takes."""
    return {
        "category": [workload.CATEGORIES, workload.DEFAULT_CATEGORY],
        "granularity": [workload.GRANULARITIES, workload.DEFAULT_GRANULARITY],
        "min_units": [workload.DEFAULT_MIN_UNITS, workload.MAX_MIN_UNITS],
        "cell": [workload.DEFAULT_CELL_VALUE, workload.MAX_CELL_VALUE],
        "orders": len(_orders()),
        "answer": [[tasks.answer_token(1, index) for index in range(tasks.ANSWER_TOKENS)], tasks.TOKEN_INTERVAL_S],
        "job": [[tasks.progress_text(1, step + 1) for step in range(tasks.CRUNCH_STEPS)], tasks.CRUNCH_STEP_S],
        "upload": tasks.UPLOAD_ROWS,
    }


def _tasks() -> Iterator[Action]:
    """Yield what a session does once, each from the state that the one before left; many steps both ways."""
    state = initial_app()
    for name in (*TASKS, *reversed(MANY_STEPS)):
        action = state.use(name)
        state = action.after or state
        yield action


def _actions(actions: Iterable[Action]) -> list[list[Any]]:
    return [
        [it.scenario, it.control, it.value, it.moves, it.steps, it.changes, it.watched, it.expected] for it in actions
    ]


def _charts() -> Iterator[tuple[str, str]]:
    return ((category, granularity) for category in workload.CATEGORIES for granularity in workload.GRANULARITIES)


def _chart(category: str, granularity: str) -> str:
    """Return a digest of a chart: dates and whole numbers, which are the same under every version of numpy and pandas."""
    units = workload.DEFAULT_MIN_UNITS
    selected = workload.select_orders(_orders(), category, units)
    return _digest(canonical(workload.revenue_figure(selected, category, units, granularity)))


def _table(category: str) -> str:
    """Return a digest of a table's rows: texts and whole numbers."""
    rows = workload.top_orders(workload.select_orders(_orders(), category, workload.DEFAULT_MIN_UNITS))
    return _digest(rows.to_csv(index=False, lineterminator="\n").encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


_orders = cache(workload.orders)
