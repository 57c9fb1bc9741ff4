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


@dataclass(frozen=True)
class Metric:
    """What a figure of `measurements` is: its unit and what it says."""

    unit: str
    about: str
    better: Literal["lower", "higher", "neither"] = "lower"


METRICS: dict[str, Metric] = {
    "install_s": Metric("s", "building the entry's environment from its lock, with the package cache as it was found"),
    "build_s": Metric("s", "building what the entry serves, where it has to be built"),
    "build_bytes": Metric("bytes", "what building adds to the entry's directory"),
    "environment_bytes": Metric("bytes", "apparent size of the entry's environment"),
    "environment_packages": Metric("count", "packages in the entry's environment"),
    "boot_ready_ms": Metric("ms", "from starting the server's process until the app itself answers HTTP"),
    "first_session_ms": Metric("ms", "from opening the first session of a boot until all its outputs are right (wire)"),
    "first_answer_ms": Metric("ms", "boot_ready_ms + first_session_ms: a cold server's first correct answer"),
    "session_ms": Metric("ms", "from opening a further session until all its outputs are right (wire)"),
    "idle_pss_bytes": Metric("bytes", "proportional set size of the server's process tree after its first session"),
    "idle_uss_bytes": Metric("bytes", "unique set size of the server's process tree after its first session"),
    "loaded_pss_bytes": Metric("bytes", "proportional set size while the sessions are open"),
    "threads": Metric("count", "threads of the server's process tree", "neither"),
    "handles": Metric("count", "open file descriptors of the server's process tree", "neither"),
    "processes": Metric("count", "processes of the server's tree", "neither"),
    "server_cpu_ms": Metric("ms", "CPU time of the server's process tree per interaction (wire)"),
    "server_cpu_share": Metric(
        "share", "CPU time of the server's process tree per second of a load's hold, of one core"
    ),
    "slo_kept": Metric(
        "count", "1 where a load kept the service level; if 0, `detail` says how it was missed", "higher"
    ),
    "closed_pss_bytes": Metric(
        "bytes", "proportional set size some time after the last session of a load was closed; `detail` says how long"
    ),
    "cycle_pss_bytes": Metric(
        "bytes", "the same after each of several cycles of opening, using and closing sessions; `detail` is its number"
    ),
    "generator_cpu_share": Metric("share", "CPU time of the load generator per second of its run, of one core"),
    "hold_s": Metric("s", "how long all sessions of a load were open and acting (wire)", "neither"),
    "waiting_sessions": Metric("count", "sessions that wait for an answer, on average over the hold (wire)", "neither"),
    "js_heap_bytes": Metric("bytes", "the page's JavaScript heap after forced collection"),
    "page_bytes_down": Metric("bytes", "bytes on the network of a cold page load, as sent (compressed or not)"),
    "page_requests": Metric("count", "requests of a cold page load"),
    "action_bytes_up": Metric("bytes", "payload that the page sent for one action; `detail` is the control"),
    "action_bytes_down": Metric("bytes", "payload that the page received for one action; `detail` is the control"),
    "outside_requests": Metric("count", "requests of the page to any other host (blocked)"),
    "cut_ms": Metric(
        "ms", "from the end of a cut of the connection until a click is answered; `detail` says what was kept"
    ),
    "reload_ms": Metric("ms", "from reloading the page until a click is answered; `detail` says what was kept"),
    "restart_ms": Metric("ms", "from a restart of the server until a click is answered; `detail` says what was kept"),
    "leftover_processes": Metric(
        "count", "processes that outlived the server's own shutdown (then ended by the harness)"
    ),
    "logical_lines": Metric("lines", "statements by AST, docstrings not counted"),
    "change_lines": Metric("lines", "lines added and taken away to give the app a fourth filter that feeds one output"),
    "change_places": Metric("count", "places of the app's files where those lines are: runs of changed lines"),
    "tokens": Metric("count", "tokens of the formatted source, comments and docstrings not counted"),
    "cyclomatic_complexity": Metric("count", "sum over functions and module of 1 + decisions (McCabe)"),
    "framework_names": Metric("count", "distinct names of the framework that the source uses"),
}


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
