"""Where an entry's wire client knowingly parts from the page: its `messages.toml`."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from pyuibench.entries.catalog import Entry
from pyuibench.entries.sources import MESSAGES
from pyuibench.entries.toml_record import declared


class Departures(BaseModel):
    """What is left out when a client's messages are compared with the page's, each with the reason.

    `left_out`: a word of messages that aren't compared at all. `inexact`: a word of messages whose other words aren't
    compared. `random_bytes`: with so many a binary message begins that mean nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    left_out: Mapping[str, str] = {}
    inexact: Mapping[str, str] = {}
    random_bytes: int = Field(default=0, ge=0)


def departures_of(entry: Entry) -> Departures:
    """Return what an entry says of its wire client. Raises UserError for a file that isn't valid."""
    return declared(entry.directory / MESSAGES, Departures) or Departures()
