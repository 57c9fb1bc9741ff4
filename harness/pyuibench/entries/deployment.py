"""How a framework is deployed with more than one worker: an entry's `deployment.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from pyuibench.entries.catalog import Variant
from pyuibench.entries.sources import DEPLOYMENT
from pyuibench.entries.toml_record import declared


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

FILES = Way(
    about="A site of files, which any file server can serve.",
    source="https://pyodide.org/en/stable/usage/downloading-and-deploying.html",
    impossible="Its Python runs in the browser: there is no worker to add.",
)


def way_of(variant: Variant) -> Way:
    """Return what a variant's entry says of its deployment; copies of its server without a file, of one in the browser its files.

    Nor is there another way known for a variant that is served by a command of its own. Raises UserError for an invalid file.
    """
    if variant.runs_in == "browser":
        return FILES
    way = declared(variant.entry.directory / DEPLOYMENT, Way) or COPIES
    return COPIES if way.shares_port and variant.table.command else way


@dataclass(frozen=True)
class Deployment:
    """How many workers serve, and whether the proxy sends all that a visitor asks to the same one."""

    workers: int
    is_sticky: bool = True


ONE, TWO, APART = "1 worker", "2 workers", "2 workers, not sticky"
DEPLOYMENTS: Mapping[str, Deployment] = {ONE: Deployment(1), TWO: Deployment(2), APART: Deployment(2, is_sticky=False)}


def deployments_of(variant: Variant) -> tuple[str, ...]:
    """Return the deployments that a variant can be brought into; none where its entry says why there are none.

    Of workers that share a port no proxy can choose one, so there is nothing to be had without stickiness.
    """
    way = way_of(variant)
    if way.impossible:
        return ()
    return tuple(name for name, it in DEPLOYMENTS.items() if it.is_sticky or not way.shares_port)
