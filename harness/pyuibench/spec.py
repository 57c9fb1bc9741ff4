"""The contract: pages, controls, outputs, scenarios and the states that they must lead to.

What is right is computed by the workload package, by the functions that the apps call. The hash of this file and of
the workload keys every stored result: after a change of either, old and new are not compared.
"""

import hashlib
import itertools
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias

import workload
from workload.expected import Inputs, expected_app, expected_grid

Value: TypeAlias = str | int
Texts: TypeAlias = Mapping[str, str]
Kind: TypeAlias = Literal["button", "text", "select", "slider", "radio", "file"]
PageName: TypeAlias = Literal["app", "grid"]

CONTROLS: Mapping[str, Kind] = {
    "increment": "button",
    "name": "text",
    "category": "select",
    "min_units": "slider",
    "granularity": "radio",
    "ask": "button",
    "crunch": "button",
    "upload": "file",
}
KPIS = ("orders", "revenue", "average_price", "top_product")
FIRST_OUTPUTS = ("count", "greeting", *KPIS, "chart", "table", "rows")
# Those of the answer, the job and the upload show nothing until their control was used.
OUTPUTS = (*FIRST_OUTPUTS, "answer", "progress", "crunched", "uploaded")
FILTERED = (*KPIS, "chart", "table", "rows")

# The workload function without which an output cannot have been computed: an output that is right before the server
# called it was guessed by the page.
COMPUTED_BY: Mapping[str, str] = {
    "count": "count_text",
    "greeting": "greeting_text",
    **dict.fromkeys(KPIS, "kpis"),
    "chart": "revenue_figure",
    "table": "table_caption",
    "rows": "top_orders",
    "answer": "answer_token",
    "progress": "crunch",
    "crunched": "crunched_text",
    "uploaded": "upload_summary",
    "cell": "cell_value",
}

# Which output's states on the way to the right one are kept.
WATCHED: Mapping[str, str] = {"drag": "orders", "stream": "answer", "job": "progress"}
DRAG_PRESSES = 30
DRAG_INTERVAL_MS = 1000 / 30


@dataclass(frozen=True)
class Action:
    """One gesture: `control` is brought to `value` (a button or an upload has none; `value` is then its uses so far)."""

    scenario: str
    control: str
    value: Value
    expected: Texts
    changes: tuple[str, ...]
    moves: int = 1
    """For a slider or a select driven by arrow keys: +1 or -1."""
    presses: int = 1
    """How often the arrow key is pressed, DRAG_INTERVAL_MS apart."""
    watched: str | None = None
    """An output whose states on the way to the right one are kept with their times."""
    after: "AppState | None" = field(default=None, compare=False, repr=False)
    """The app page's session after it, for what comes next; None on the scaling page."""

    @property
    def awaited(self) -> Texts:
        """Return what the outputs that must change shall show; the rest must stay as it is."""
        return {output: self.expected[output] for output in self.changes}


@dataclass(frozen=True)
class AppState:
    """A session of the app page, as it must be."""

    inputs: Inputs = field(default_factory=Inputs)

    @property
    def expected(self) -> Texts:
        """Return output -> text."""
        return expected_app(self.inputs)

    def act(
        self, scenario: str, control: str, value: Value, changes: tuple[str, ...], moves: int = 1
    ) -> tuple["AppState", Action]:
        """Return the state after `control` was brought to `value`, and the action that does so."""
        after = AppState(self.inputs.with_value(control, value))
        return after, Action(scenario, control, value, after.expected, changes, moves, after=after)

    def use(self, scenario: str) -> Action:
        """Return the gesture of a scenario whose control is a button, an upload or a slider to be dragged, from this state."""
        control = SCENARIOS[scenario].controls[0]
        changes = SCENARIOS[scenario].changes[control]
        if scenario == "drag":
            moves = -1 if self.inputs.min_units > workload.MAX_MIN_UNITS / 2 else 1
            value = self.inputs.min_units + moves * DRAG_PRESSES
            _, action = self.act(scenario, control, value, changes, moves)
            return replace(action, presses=DRAG_PRESSES, watched=WATCHED[scenario])
        _, action = self.act(scenario, control, self.inputs.uses(control) + 1, changes)
        return replace(action, watched=WATCHED.get(scenario))


@dataclass(frozen=True)
class GridState:
    """A session of the scaling page: the value of every cell's slider."""

    values: tuple[int, ...]

    @property
    def expected(self) -> Texts:
        """Return output -> text."""
        return expected_grid(self.values)

    def act(self, index: int, value: int, moves: int) -> tuple["GridState", Action]:
        """Return the state after the slider of cell `index` was brought to `value`, and the action."""
        after = GridState((*self.values[:index], value, *self.values[index + 1 :]))
        cell = f"cell-{index}"
        return after, Action("grid", cell, value, after.expected, (cell,), moves)


@dataclass(frozen=True)
class Scenario:
    """What is done, what must change, and why it is measured."""

    name: str
    page: PageName
    controls: tuple[str, ...]
    changes: Mapping[str, tuple[str, ...]]
    why: str
    in_rounds: bool = False
    """Whether a session does it again and again, one action of each control a round."""


SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("load", "app", (), {"": FIRST_OUTPUTS}, "time to the first correct state"),
        Scenario(
            "unrelated",
            "app",
            ("increment", "name"),
            {"increment": ("count",), "name": ("greeting",)},
            "what an update costs that needs none of the data",
            in_rounds=True,
        ),
        Scenario("local", "app", ("granularity",), {"granularity": ("chart",)}, "a part of the page", in_rounds=True),
        Scenario(
            "global",
            "app",
            ("min_units", "category"),
            {"min_units": FILTERED, "category": FILTERED},
            "the control: here the models should nearly agree",
            in_rounds=True,
        ),
        Scenario(
            "drag", "app", ("min_units",), {"min_units": FILTERED}, "30 steps in a second: staleness, dropped work"
        ),
        Scenario("stream", "app", ("ask",), {"ask": ("answer",)}, "server push: first token, pace"),
        Scenario("job", "app", ("crunch",), {"crunch": ("progress", "crunched")}, "blocking work, with progress"),
        Scenario("busy", "app", ("increment",), {"increment": ("count",)}, "is the page usable while its own job runs"),
        Scenario(
            "neighbour", "app", ("increment",), {"increment": ("count",)}, "does another session's job hold this one up"
        ),
        Scenario("upload", "app", ("upload",), {"upload": ("uploaded",)}, "bytes in: a CSV file of 5 MB"),
        Scenario("grid", "grid", ("cell",), {"cell": ("cell",)}, "the slope of latency against untouched work"),
    )
}


# What a session does once, after its rounds.
TASKS = tuple(
    name
    for name, scenario in SCENARIOS.items()
    if scenario.page == "app" and scenario.controls and not scenario.in_rounds
)


def controls_of(scenarios: Iterable[str]) -> set[str]:
    """Return the controls that the scenarios use, `cell` for every cell."""
    return {control for name in _with_job(scenarios) for control in SCENARIOS[name].controls}


def outputs_of(scenarios: Iterable[str]) -> set[str]:
    """Return the outputs that the scenarios look at, `cell` for every cell."""
    return {
        output for name in _with_job(scenarios) for outputs in SCENARIOS[name].changes.values() for output in outputs
    }


def _with_job(scenarios: Iterable[str]) -> set[str]:
    """Return the scenarios, and the job where something is done beside one."""
    names = set(scenarios)
    return names | {"job"} if names & {"busy", "neighbour"} else names


def initial_app() -> AppState:
    """Return the app page as it opens."""
    return AppState()


def initial_grid(cells: int) -> GridState:
    """Return the scaling page of so many cells as it opens."""
    return GridState((workload.DEFAULT_CELL_VALUE,) * cells)


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


def normalised(text: str) -> str:
    """Return a text as outputs are compared: without white space, which frameworks lay out as they like."""
    return "".join(text.split())


def spec_hash() -> str:
    """Return a short hash of the contract: of this file and of the workload's sources."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for source in sorted(Path(workload.__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:12]
