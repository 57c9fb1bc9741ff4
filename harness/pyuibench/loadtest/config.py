"""What a Locust process of a load is told, as JSON in the environment variable of the wire."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from pyuibench.loadtest.arrivals import Arrivals
from pyuibench.loadtest.slo import Slo

LEVELS = (1, 2, 5, 10, 20, 50, 100, 200)
MOST_SESSIONS = 5000


class LoadConfig(BaseModel):
    """One load: as many sessions as each of `levels` says, one level after the other, until the service level is missed.

    A session's actions are due `interval_ms` apart, as `arrivals` has it. A level begins when all its sessions are open, is held
    for `hold_s`, and then given `cool_down_s` for the answers that are still awaited; only what was due during the hold counts.
    With `goes_on` levels are gone through to the end, whatever the service level. `server` is the process whose children are the
    server, if it runs on this machine; `cell` has the fields of `records.Cell`.
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
    goes_on: bool = False
    timeout_s: float = 15.0
    open_timeout_s: float = 60.0
    server: int | None = None
    samples: Path | None = None
    cell: dict[str, str | int | float] | None = None
