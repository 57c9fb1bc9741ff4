"""What is done while a page and a wire client are recorded: the same in both, step by step."""

import itertools

from pyuibench.contract.scenarios import PageName
from pyuibench.contract.states import Action
from pyuibench.contract.walks import app_actions, grid_actions

SEED = 1
CONTROLS = 5
"""Of a round of the app page."""
CELLS_MOVED = 2
ALONE = ("stream", "job", "upload")
"""What a session does once and by itself."""
AFTERWARDS_S = 0.5
"""After each step: what a page sends later, such as the acknowledgement of an update, belongs to it."""
CLIENT_AFTERWARDS_S = 0.8
"""Of the client, which has nothing to paint: its steps take less time than the pages', and have no more signs of life in them."""
LAST_S = 3.0
"""For how long the client stays after the pages: what comes every few seconds has come to it as often by then."""


def steps(page: PageName, cells: int, not_applicable: frozenset[str]) -> tuple[Action, ...]:
    """Return every control brought to a value, then what is done once; of the scaling page some cells."""
    if page == "grid":
        return tuple(itertools.islice(grid_actions(SEED, cells), CELLS_MOVED))
    actions = list(itertools.islice(app_actions(SEED), CONTROLS))
    for scenario in ALONE:
        if scenario not in not_applicable:
            after = actions[-1].after
            assert after is not None
            actions.append(after.use(scenario))
    return tuple(actions)
