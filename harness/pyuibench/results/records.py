"""What a run stores: frozen, typed samples with units in the fields' names.

Two tidy tables. `interactions` has a row for each gesture that was timed, right or wrong. `measurements` has a row for
every other figure. A figure that could not be had is None with a `reason`, never a number that stands for nothing.
"""

from dataclasses import MISSING, dataclass, fields
from typing import Any, Literal, TypeAlias

SCHEMA_VERSION = 2
Instrument: TypeAlias = Literal["browser", "wire", "resources", "code", "environment", "server", "resilience"]
INSTRUMENTS: tuple[Instrument, ...] = ("browser", "wire", "resources", "code", "environment", "server", "resilience")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Where a sample belongs: one boot of one variant's page in one block. The unit of replication is the boot.

    `deployment`: with how many workers, where there are more than the one server that the entry starts, or a proxy before it.
    """

    block: int
    boot: str
    entry: str
    variant: str
    role: str
    model: str
    page: str
    grid_cells: int
    grid_cost_ms: float
    grid_cost_kind: str
    deployment: str = ""


@dataclass(frozen=True, kw_only=True)
class Interaction(Cell):
    """One gesture. Times are milliseconds on the machine's monotonic clock since the gesture's start, None if not known.

    `dom_ms`: until every output that must change showed the expected state (browser), or the message that brought the last
    of them was applied (wire). `painted_ms`: until the first frame after that (browser only). On the wire `service_ms`
    counts from the actual sending and `response_ms` from the intended start; in the browser the gesture itself is the start.
    `until_user_code_ms`: until the first workload function was called; `until_user_code_done_ms`: until the last one returned
    that the answer can have waited for. `arrived_ms`: until bytes last came to the page before its state was right.
    `rtt_ms`: how long a relay between browser and server made every round trip.
    `fault`: what kind of wrong a wrong answer on the wire is, a key of `wire.faults.FAULTS`.
    `update_ms` has the times at which an output that comes step by step showed another state, the right one included.
    """

    instrument: Instrument
    scenario: str
    control: str
    sessions: int
    session: int
    sequence: int
    warmup: bool
    started_ns: int
    lag_ms: float | None = None
    dom_ms: float | None = None
    painted_ms: float | None = None
    service_ms: float | None = None
    response_ms: float | None = None
    output_ms: dict[str, float] | None = None
    update_ms: list[float] | None = None
    input_delay_ms: float | None = None
    user_code_calls: int | None = None
    user_code_ms: float | None = None
    user_code_cpu_ms: float | None = None
    until_user_code_ms: float | None = None
    until_user_code_done_ms: float | None = None
    arrived_ms: float | None = None
    rtt_ms: float = 0.0
    bytes_up: int | None = None
    bytes_down: int | None = None
    messages_up: int | None = None
    messages_down: int | None = None
    flickers: int | None = None
    fault: str | None = None
    ok: bool = True
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Measurement(Cell):
    """One other figure: its `metric` is a key of METRICS, which states unit and meaning."""

    instrument: Instrument
    metric: str
    value: float | None
    sessions: int = 0
    detail: str = ""
    reason: str | None = None


AUDIT = "audit"


@dataclass(frozen=True, kw_only=True)
class Failure(Cell):
    """A part of a boot that could not be carried out: `step` is the instrument, or `boot`, and `reason` says why.

    In a report, `step` AUDIT stands where samples were withheld.
    """

    step: str
    reason: str


RECORDS: dict[str, type[Cell]] = {"interactions": Interaction, "measurements": Measurement, "failures": Failure}
TABLES = tuple(RECORDS)


def as_row(record: Cell) -> dict[str, Any]:
    """Return a record as a JSON-able row, with its table and schema version."""
    table = next(name for name, kind in RECORDS.items() if type(record) is kind)
    # Not `asdict`, which copies every value deeply.
    return {"table": table, "schema_version": SCHEMA_VERSION, **vars(record)}


def columns(table: str) -> list[str]:
    """Return the columns of a table, in order."""
    return [field.name for field in fields(RECORDS[table])]


def defaults(table: str) -> dict[str, Any]:
    """Return the columns that a row can do without, as in a run that is older than they are, and what then stands for them."""
    return {field.name: field.default for field in fields(RECORDS[table]) if field.default is not MISSING}


def cell_fields(cell: Cell) -> dict[str, Any]:
    """Return the fields that place a sample, to build one from."""
    return {field.name: getattr(cell, field.name) for field in fields(Cell)}
