"""The states of a session, and the actions between them. What is right is computed by the workload, as the apps do."""

from dataclasses import dataclass, field, replace

import workload
from pyuibench.contract.scenarios import SCENARIOS, WATCHED, PageName, Texts, Value
from workload.expected import Inputs, expected_app, expected_grid


@dataclass(frozen=True)
class Action:
    """One gesture: `control` is brought to `value` (a button or an upload has none; `value` is then its uses so far)."""

    scenario: str
    control: str
    value: Value
    expected: Texts
    changes: tuple[str, ...]
    moves: int = 1
    """For a slider, or a select driven by arrow keys: +1 or -1."""
    steps: int = 1
    """How many such steps there are, STEP_INTERVAL_MS apart."""
    by_key: bool = False
    """Whether the control is operated by the keyboard alone."""
    watched: str | None = None
    """An output whose states on the way to the right one are kept with their times."""
    grows: bool = False
    """Whether these states are beginnings of the right one."""
    after: "AppState | None" = field(default=None, compare=False, repr=False)
    """The app page's session after it, for what comes next; None on the scaling page."""

    @property
    def awaited(self) -> Texts:
        """Return what the outputs that must change shall show; the rest must stay as it is."""
        return {output: self.expected[output] for output in self.changes}

    @property
    def path(self) -> tuple[float, ...]:
        """Return where a slider's handle stands before the action and after each step: 0 is the lowest value, 1 the highest."""
        assert isinstance(self.value, int)
        highest = workload.MAX_CELL_VALUE if self.control.startswith("cell-") else workload.MAX_MIN_UNITS
        first = self.value - self.moves * self.steps
        return tuple((first + self.moves * step) / highest for step in range(self.steps + 1))


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
        """Return the gesture of a scenario whose control is a button, an upload or a slider taken many steps, from this state."""
        declared = SCENARIOS[scenario]
        control = declared.controls[0]
        changes = declared.changes[control]
        if declared.steps > 1:
            # On and on in one direction: on the way back a cache would know every step of the drag before.
            moves = 1 if self.inputs.min_units + declared.steps <= workload.MAX_MIN_UNITS else -1
            value = self.inputs.min_units + moves * declared.steps
            _, action = self.act(scenario, control, value, changes, moves)
            return replace(action, steps=declared.steps, by_key=declared.by_key, watched=WATCHED[scenario])
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


def initial_app() -> AppState:
    """Return the app page as it opens."""
    return AppState()


def initial_grid(cells: int) -> GridState:
    """Return the scaling page of so many cells as it opens."""
    return GridState((workload.DEFAULT_CELL_VALUE,) * cells)


def initial_texts(page: PageName, cells: int) -> Texts:
    """Return output -> text of a page as it opens; `cells` are the scaling page's."""
    return (initial_app() if page == "app" else initial_grid(cells)).expected
