"""How a framework is deployed with more than one worker: an entry's `deployment.toml`."""

import tomllib
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pyuibench.catalog import DEPLOYMENT, Variant
from pyuibench.errors import UserError


class Way(BaseModel):
    """The documented way to use more cores; `source` is the documentation's page.

    With `command` one server has as many workers as `{workers}` in it says, which share its port. Without it there are as many
    servers, each started as the entry says. `arguments` and `env` are added. `impossible` says why there is no such way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    source: str
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    env: Mapping[str, str] = Field(default_factory=dict)
    impossible: str = ""

    @property
    def shares_port(self) -> bool:
        """Return whether all workers listen on one port, so that no proxy can tell them apart."""
        return bool(self.command)


COPIES = Way(about="As many servers as there are workers, each started as the entry says.", source="")


def way_of(variant: Variant) -> Way:
    """Return what a variant's entry says of its deployment; copies of its server without a file.

    Nor is there another way known for a variant that is served by a command of its own. Raises UserError for an invalid file.
    """
    file = variant.entry.directory / DEPLOYMENT
    if not file.is_file():
        return COPIES
    try:
        way = Way.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        return COPIES if way.shares_port and variant.table.command else way
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is not valid TOML: {error}.") from error
    except ValidationError as error:
        problem = error.errors()[0]
        raise UserError(f"{file}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}.") from error
