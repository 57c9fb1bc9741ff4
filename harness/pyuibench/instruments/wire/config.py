"""What a Locust process is told, as JSON in one environment variable."""

import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pyuibench.contract.scenarios import ROUNDS, SCENARIOS, TASKS, PageName
from pyuibench.contract.service_level import Slo
from pyuibench.contract.visits import CONTROLS
from pyuibench.errors import UserError
from pyuibench.instruments.wire.arrivals import Arrivals
from pyuibench.instruments.wire.levels import MOST_HOLD_S
from pyuibench.results.records import CellCosts, Origin

WIRE_VARIABLE = "PYUIBENCH_WIRE"
# Ten sessions that open at once may each need a second of one core: that is slow, but no failure.
OPEN_TIMEOUT_S = 60.0
OPEN_EACH_S = 3.0
"""What a session may take on average where many open, which may take turns."""
SETTLE_S = 1.0
"""For how long sessions of a load stay closed before it is looked at what the server holds on to."""
FOREIGN_EXIT_CODE = 4
"""How a Locust process ends when a session got the answer of another one."""
FOREIGN_MARK = "foreign answer: "
"""What the line of its error output begins with that says which."""
CAUSE_MARK = "the load ended early: "
"""What the line begins with that says why a load couldn't be led to its end; Locust prints much after it."""
AbsolutePath: TypeAlias = Annotated[Path, AfterValidator(Path.absolute)]
"""Of processes that run in another directory."""
Script: TypeAlias = Literal["rounds", "visits"]
First: TypeAlias = Literal["visits", "rests", "crunches"]


class Target(BaseModel):
    """Where the app is, and where samples of it go. Only `entry` and `variant` have to be given.

    `cell_costs`: what each cell of the scaling page costs, where they differ; sessions then go through them in rounds. `url`:
    where sessions find the app, if that isn't where the leader finds it, as on another machine. Sessions share out
    `visitor_ports` ports, from that of the address on, at which a proxy can tell them apart. `servers` are the processes whose
    children are the server, if it runs on this machine; `ledger` is what it writes. Without `samples` and `origin` nothing is
    stored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry: AbsolutePath
    variant: str
    page: PageName = "app"
    grid_cells: int = Field(default=0, ge=0)
    cell_costs: CellCosts = ()
    site_packages: AbsolutePath | None = None
    url: str = ""
    visitor_ports: int = Field(default=1, ge=1)
    servers: tuple[int, ...] = ()
    ledger: AbsolutePath | None = None
    samples: AbsolutePath | None = None
    origin: Origin | None = None

    def at(self, url: str) -> "Target":
        """Return the same app as it is found from elsewhere."""
        return Target.model_validate({**dict(self), "url": url})


class Judging(BaseModel):
    """How long a level is held so that it can be judged, and how near to each other the last held and the first missed one are.

    A level is held on, for `most_hold_s` in all, until each limit of the service level has `fewest_answers` (none: for the hold's
    own time). With `most_gap` levels between the last that was held and the first that was missed are tried, with sessions that
    are opened afresh, until the latter is above the former by no more than this share.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fewest_answers: int = Field(default=0, ge=0)
    most_hold_s: float = Field(default=MOST_HOLD_S, gt=0)
    most_gap: float = Field(default=0.0, ge=0)


class Load(BaseModel):
    """What sessions do: as many as each of `levels` says, one level after the other, until the service level is missed.

    A level begins when all its sessions are open, and have then acted for `warmup_s`. Either it is held for `hold_s`, or as long
    as `judging` asks for, and then given `cool_down_s` for the answers that are still awaited: only what is due during the hold
    counts, and a session that fails is opened again. Or, in a load of one level, each session carries out `warmup_actions` and
    then `actions`: one that fails gives up, and no service level is judged.

    A session's actions are due `interval_ms` apart, as `arrivals` has it. `rounds` are those of `scenarios`, in which no pair of
    filters comes again; `visits` are of `controls`, pairs of scenario and control, in states that tell sessions apart.

    The first session does as all do (`visits`), only stays open (`rests`), or has one blocking job after the other run
    (`crunches`). With `opens_cold` it is opened and closed once before. With `goes_on` levels are gone through to the end, even
    if the service level is missed. After the levels, if the last was reached, sessions are closed and opened again so that there
    are `cycles` in all, after each of which they stay closed for SETTLE_S.

    A session that is alone carries out `one_offs`, scenarios, after its actions. After each `memory_every` of its actions the
    server's memory is stored.

    It has more fields than a record should: it is all that a Locust process is told, in one flat JSON object.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 1
    levels: tuple[int, ...] = Field(default=(1,), min_length=1)
    hold_s: float | None = Field(default=None, gt=0)
    warmup_s: float = Field(default=0.0, ge=0)
    judging: Judging = Judging()
    actions: int | None = Field(default=None, ge=0)
    warmup_actions: int = Field(default=0, ge=0)
    arrivals: Arrivals = "closed"
    interval_ms: float = Field(default=1000.0, gt=0)
    script: Script = "rounds"
    scenarios: tuple[str, ...] = ROUNDS
    controls: tuple[tuple[str, str], ...] = Field(default=CONTROLS, min_length=1)
    first: First = "visits"
    one_offs: tuple[str, ...] = ()
    opens_cold: bool = False
    slo: Slo = Slo()
    goes_on: bool = False
    cycles: int = Field(default=0, ge=0)
    cool_down_s: float = Field(default=5.0, ge=0)
    timeout_s: float = Field(default=15.0, gt=0)
    open_timeout_s: float = Field(default=OPEN_TIMEOUT_S, gt=0)
    memory_every: int = Field(default=0, ge=0)

    @property
    def is_lone(self) -> bool:
        """Return whether there is one session alone."""
        return self.levels == (1,)

    @property
    def is_counted(self) -> bool:
        """Return whether the sessions carry out so many actions, instead of acting for a time."""
        return self.actions is not None

    @property
    def acts_at_all(self) -> bool:
        """Return whether a session does anything but open, stay open, and carry out what comes once."""
        return not self.is_counted or self.warmup_actions + (self.actions or 0) > 0

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        problem = next((words for is_so, words in self._problems() if is_so), None)
        if problem:
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[tuple[bool, str]]:
        yield (self.hold_s is None) == (self.actions is None), "give either hold_s or actions"
        yield self.levels[0] < 1 or any(a >= b for a, b in pairwise(self.levels)), "levels must grow, from 1 or more"
        yield not self.scenarios and self.acts_at_all, "acting needs scenarios"
        yield self.is_counted and len(self.levels) > 1, "a number of actions needs one level"
        yield self.is_counted and self.cycles > 0, "cycles need hold_s"
        yield self.is_counted and self.warmup_s > 0, "warmup_s needs hold_s"
        yield self.is_counted and self.judging != Judging(), "judging needs hold_s"
        yield self.is_counted and self.first != "visits", f"a first session that {self.first} needs hold_s"
        yield not self.is_counted and self.warmup_actions > 0, "warmup_actions need actions"
        yield not self.is_counted and bool(self.one_offs), "one_offs need actions"
        yield bool(self.one_offs) and not self.is_lone, "one_offs need a session that is alone"
        yield self.memory_every > 0 and not self.is_lone, "memory_every needs a session that is alone"
        yield from _unknown("scenarios", self.scenarios, ROUNDS)
        yield from _unknown("one_offs", self.one_offs, TASKS)
        pairs = [(name, control) for name, it in SCENARIOS.items() for control in it.controls]
        yield from _unknown("controls", self.controls, pairs)


def _unknown(setting: str, given: Sequence[object], known: Sequence[object]) -> Iterator[tuple[bool, str]]:
    for it in given:
        yield it not in known, f"{it!r} is none of the {setting} that there can be"


class WireConfig(BaseModel):
    """One load on one app: everything that a Locust process is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Target
    load: Load

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.target.page == "grid":
            if not self.target.grid_cells:
                raise ValueError("the scaling page needs grid_cells")
            if self.load.script != "rounds" or self.load.one_offs or self.load.first == "crunches":
                raise ValueError("the scaling page has rounds only")
        return self


Config = TypeVar("Config", bound=BaseModel)


def process_env(config: BaseModel) -> dict[str, str]:
    """Return the environment variables of a process that is told this configuration.

    Locust takes settings from variables too: those are the user's for other loads, and would change this one.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}
    return {**own, WIRE_VARIABLE: config.model_dump_json()}


def from_environment(kind: type[Config]) -> Config:
    """Return the configuration of a kind. Raises UserError when the variable is missing or not valid."""
    text = os.environ.get(WIRE_VARIABLE)
    if not text:
        raise UserError(
            f"{WIRE_VARIABLE} is not set; give it as "
            '{"target": {"entry": "apps/NAME", "variant": "VARIANT"}, "load": {"hold_s": 10}}.'
        )
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(it) for it in problem["loc"]) or "the whole"
        raise UserError(f"{WIRE_VARIABLE} is not valid: {place}: {problem['msg']}.") from error
