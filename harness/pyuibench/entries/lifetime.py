"""How long a framework keeps a session that was closed: an entry's `lifetime.toml`.

A user who comes back within that time finds the session as it was, so the memory is kept on purpose. To see whether it comes back
afterwards, a load's servers are started with the documented setting that shortens it, where there is one. It is no part of what
else is measured.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from pyuibench.entries.catalog import Entry
from pyuibench.entries.sources import LIFETIME
from pyuibench.entries.toml_record import declared


class Lifetime(BaseModel):
    """For how many seconds a closed session is kept by default, and as measured: with `env` and `arguments` added to the command.

    `about` says what is set, or why nothing can be; `source` is the documentation's page.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    default_s: float = Field(default=0.0, ge=0)
    kept_s: float = Field(default=0.0, ge=0)
    about: str = "not stated"
    source: str = ""
    env: Mapping[str, str] = {}
    arguments: tuple[str, ...] = ()


def lifetime_of(entry: Entry) -> Lifetime:
    """Return what an entry says of its closed sessions. Raises UserError for a file that isn't valid."""
    return declared(entry.directory / LIFETIME, Lifetime) or Lifetime()
