"""What a Locust process is told, as JSON in one environment variable."""

import os
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pyuibench.contract.scenarios import PageName
from pyuibench.errors import UserError

WIRE_VARIABLE = "PYUIBENCH_WIRE"


class WireConfig(BaseModel):
    """One Locust run. Only `entry` and `variant` have to be given, so that `locust -f` by hand stays easy.

    `origin` has the fields of `records.Origin`; `server` is the process whose children are the server. `schedule`: `closed` begins
    an action `interval_ms` after the last one was answered; `open` has it due every `interval_ms`, answered or not, and keeps
    the intended start. `tasks`: the scenarios of what a session that is alone does once after its actions. With
    `measures_first_session` a session is opened and closed first: that of a cold server.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry: Path
    variant: str
    page: PageName = "app"
    grid_cells: int = 10
    site_packages: Path | None = None
    seed: int = 1
    scenarios: tuple[str, ...] = ("unrelated", "local", "global")
    sessions: int | None = None
    actions: int | None = None
    warmup_actions: int = 0
    tasks: tuple[str, ...] = ()
    schedule: Literal["closed", "open"] = "closed"
    interval_ms: float = 1000.0
    timeout_s: float = 15.0
    measures_first_session: bool = False
    ledger: Path | None = None
    server: int | None = None
    samples: Path | None = None
    origin: dict[str, str | int | float] | None = None


Config = TypeVar("Config", bound=BaseModel)


def from_environment(kind: type[Config]) -> Config:
    """Return the configuration of a kind. Raises UserError when the variable is missing or not valid."""
    text = os.environ.get(WIRE_VARIABLE)
    if not text:
        raise UserError(f'{WIRE_VARIABLE} is not set; give it as {{"entry": "apps/NAME", "variant": "VARIANT"}}.')
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors()[0]
        raise UserError(f"{WIRE_VARIABLE} is not valid: {problem['loc']}: {problem['msg']}.") from error
