"""What the process of the wire's checks is told, in the environment variable of the wire."""

from pydantic import BaseModel, ConfigDict

from pyuibench.instruments.wire.config import Target


class WireChecks(BaseModel):
    """What is checked: the target's page, and the scenarios that a session carries out once. Nothing is stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Target
    one_offs: tuple[str, ...] = ()
    timeout_s: float
    open_timeout_s: float
