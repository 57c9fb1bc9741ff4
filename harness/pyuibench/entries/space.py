"""What a Hugging Face Space needs beyond an entry's files: its `space.toml`."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from pyuibench.entries.catalog import Variant
from pyuibench.entries.sources import SPACE
from pyuibench.entries.toml_record import declared

DOCKER = "docker"
"""The SDK of Spaces that run whatever a Dockerfile says."""


class SpaceNeeds(BaseModel):
    """What is otherwise on a Space than where an entry is measured; `source` is the page that says so.

    `sdk`: the framework's own, where Spaces have one, which runs the app's file; `env` are the variables that it runs with then.
    `emoji` stands beside the title. `packages` are Debian's. `arguments` are added to the command. `replace`: text -> what stands
    in its place in every file of the app, such as the address that it listens on. `impossible` says why there can't be such a
    Space.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = ""
    sdk: str = DOCKER
    env: Mapping[str, str] = Field(default_factory=dict)
    emoji: str = "📊"
    packages: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    replace: Mapping[str, str] = Field(default_factory=dict)
    impossible: str = ""


def space_needs(variant: Variant) -> SpaceNeeds:
    """Return what a variant's entry says of a Space. Raises UserError for an invalid file."""
    return declared(variant.entry.directory / SPACE, SpaceNeeds) or SpaceNeeds()
