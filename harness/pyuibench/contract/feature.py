"""The feature: a fourth filter, which says how many rows the table shows and feeds nothing else.

It is no part of the reference app: the hash of the contract doesn't change with it. What must be shown is computed by the
workload's own functions, which take the number of rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import workload
from pyuibench.contract.scenarios import SCENARIOS, Kind, Texts
from pyuibench.contract.states import Action, AppState, initial_app
from workload.expected import Inputs

FEATURE = "fourth-filter"
CONTROL = "row_count"
CHOICES = (10, 25, 50, 100)
DEFAULT = 50
CHANGES = ("table",)
KINDS: Mapping[str, Kind] = {CONTROL: "select"}
"""The kind of control, which decides the key that moves it."""
SERVES = frozenset({"select_orders", "table_caption", "top_orders"})
"""The workload's functions that the table is made by: any other that runs for it is computed again in vain."""


def steps() -> Iterator[Action]:
    """Yield what a session does with the new filter: less and less, then another category, which must keep it, then more."""
    state = initial_app()
    first = CHOICES.index(DEFAULT)
    yield _set(state, CHOICES[first - 1], moves=-1)
    yield _set(state, CHOICES[first - 2], moves=-1)
    category = workload.CATEGORIES[1]
    state, action = state.act("global", "category", category, SCENARIOS["global"].changes["category"])
    yield replace(action, expected=expected(state.inputs, CHOICES[first - 2]))
    yield _set(state, CHOICES[first - 1], moves=1)


def declaration() -> list[Any]:
    """Return all that is declared of the feature, ready for JSON: what a proof of a patched entry holds for."""
    did = [[it.control, it.value, it.moves, it.changes, it.expected] for it in steps()]
    return [FEATURE, dict(KINDS), sorted(SERVES), did]


def expected(inputs: Inputs, row_count: int) -> Texts:
    """Return output -> text for the app page with so many rows asked for."""
    selected = workload.select_orders(_orders(), inputs.category, inputs.min_units)
    caption = workload.table_caption(selected, inputs.category, inputs.min_units, row_count)
    return {**AppState(inputs).expected, "table": caption}


def _set(state: AppState, row_count: int, moves: int) -> Action:
    return Action(FEATURE, CONTROL, row_count, expected(state.inputs, row_count), CHANGES, moves)


_orders = cache(workload.orders)
