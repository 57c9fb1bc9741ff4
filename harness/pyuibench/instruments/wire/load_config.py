"""What a Locust process of a load is told, as JSON in the environment variable of the wire."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pyuibench.contract.service_level import Slo
from pyuibench.contract.visits import CONTROLS
from pyuibench.instruments.wire.arrivals import Arrivals
from pyuibench.instruments.wire.levels import LEVELS


class LoadConfig(BaseModel):
    """One load: as many sessions as each of `levels` says, one level after the other, until the service level is missed.

    A session's actions are due `interval_ms` apart, as `arrivals` has it, and are chosen from `controls`: pairs of scenario and
    control. A level begins when all its sessions are open, is held for `hold_s`, and then given `cool_down_s` for the answers
    that are still awaited; only what was due during the hold counts. With `goes_on` levels are gone through to the end, even if
    the service level is missed.

    Afterwards, if the last level was reached, its sessions are closed and opened again so that there are `cycles` in all, after
    each of which they stay closed for `settle_s`.

    The first session does as all do (`visits`), only stays open (`rests`), or has one blocking job after the other run
    (`crunches`). Sessions find the app at `target`, where that isn't the leader's. They share out `visitor_ports` ports from the
    URL's, at which a proxy can tell them apart. `servers` are the processes whose children are the server, if it runs on this
    machine; `origin` has the fields of `records.Origin`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry: Path
    variant: str
    site_packages: Path | None = None
    seed: int = 1
    levels: tuple[int, ...] = Field(default=LEVELS, min_length=1)
    hold_s: float = Field(default=10.0, gt=0)
    cool_down_s: float = Field(default=5.0, ge=0)
    arrivals: Arrivals = "poisson"
    interval_ms: float = Field(default=1000.0, gt=0)
    slo: Slo = Slo()
    controls: tuple[tuple[str, str], ...] = CONTROLS
    first: Literal["visits", "rests", "crunches"] = "visits"
    goes_on: bool = False
    cycles: int = Field(default=0, ge=0)
    settle_s: float = Field(default=2.0, ge=0)
    timeout_s: float = 15.0
    open_timeout_s: float = 60.0
    target: str = ""
    visitor_ports: int = Field(default=1, ge=1)
    servers: tuple[int, ...] = ()
    samples: Path | None = None
    origin: dict[str, str | int | float] | None = None
