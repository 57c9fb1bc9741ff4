"""What is said of a framework in public, and how a run may decide whether it holds: an entry's `claims.toml`.

A claim is a question asked of a run's samples, not a part of what is measured: it may be asked of runs that are older than it.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.entries.catalog import Entry
from pyuibench.entries.sources import CLAIMS
from pyuibench.entries.toml_record import declared


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Timed(_Record):
    """A median over boots: a column of a variant's right interactions of one control, with so many sessions at once."""

    kind: Literal["timed"] = "timed"
    variant: str
    scenario: str
    control: str
    instrument: Literal["browser", "wire"] = "browser"
    column: Literal[
        "right_ms", "service_ms", "response_ms", "bytes_up", "bytes_down", "messages_up", "messages_down"
    ] = "right_ms"
    sessions: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _known(self) -> "Timed":
        if self.scenario not in SCENARIOS or self.control not in SCENARIOS[self.scenario].controls:
            raise ValueError(f"there is no control {self.control!r} in a scenario {self.scenario!r}")
        return self


class Opened(_Record):
    """A median over boots: what a lone session takes on the wire, from opening until its first state is right, in ms."""

    kind: Literal["opened"]
    variant: str


class Slope(_Record):
    """What each untouched cell of the scaling page adds to the browser's latency beside its own user code, ms per cell."""

    kind: Literal["slope"]
    variant: str


class Rerun(_Record):
    """The share of the scaling page's untouched cells whose user code a change runs again, by the ledger."""

    kind: Literal["rerun"]
    variant: str


class Leak(_Record):
    """By how many bytes more than the baseline's a server's memory grows with each cycle of sessions opened, used and closed."""

    kind: Literal["leak"]
    variant: str


class Named(_Record):
    """A figure of the run, by the id that reports and `figures.registry` have for it."""

    kind: Literal["named"]
    variant: str
    id: str


class Test(_Record):
    """What decides: `figure`, or its ratio to another by block, lies above or below a limit with its whole interval."""

    __test__ = False  # pytest would take it for one of its own

    figure: Annotated[Timed | Opened | Slope | Rerun | Leak | Named, Field(discriminator="kind")]
    to: Timed | Opened | None = None
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one_side(self) -> "Test":
        if (self.above is None) == (self.below is None):
            raise ValueError("a test needs one of above and below")
        if self.to and not isinstance(self.figure, Timed | Opened):
            raise ValueError("only what is timed can be compared to something")
        if self.to and self.to.kind != self.figure.kind:
            raise ValueError("a test compares figures of one kind")
        return self

    @property
    def unit(self) -> str:
        """Return the unit of the figure and its limit, as `figures.format` knows it; empty where the figure itself has it."""
        if self.to:
            return "ratio"
        if isinstance(self.figure, Timed):
            column = self.figure.column
            return "ms" if column.endswith("_ms") else "bytes" if column.startswith("bytes") else "count"
        return {"opened": "ms", "slope": "ms/cell", "rerun": "calls/cell", "leak": "bytes", "named": ""}[
            self.figure.kind
        ]


class Claim(_Record):
    """A statement with its source, the plan of a test, and the test itself or why there is none yet."""

    text: str
    source: str = Field(pattern="^https://")
    plan: str
    test: Test | None = None
    undecidable: str = ""

    @model_validator(mode="after")
    def _decided_or_not(self) -> "Claim":
        if (self.test is None) == (not self.undecidable):
            raise ValueError("a claim needs a test, or the reason why there is none")
        return self


class _Claims(_Record):
    claim: tuple[Claim, ...] = ()


def claims_of(entry: Entry) -> tuple[Claim, ...]:
    """Return an entry's claims, none if it has no such file. Raises UserError for a file that isn't valid."""
    claims = (declared(entry.directory / CLAIMS, _Claims) or _Claims()).claim
    _require_variants(entry, claims)
    return claims


def all_claims(entries: Iterable[Entry]) -> dict[str, tuple[Claim, ...]]:
    """Return entry's name -> its claims, for those that have any. Raises as `claims_of`."""
    found = {entry.name: claims_of(entry) for entry in entries}
    return {name: claims for name, claims in found.items() if claims}


def _require_variants(entry: Entry, claims: Iterable[Claim]) -> None:
    for claim in claims:
        for part in (claim.test.figure, claim.test.to) if claim.test else ():
            if part:
                entry.variant(part.variant)
