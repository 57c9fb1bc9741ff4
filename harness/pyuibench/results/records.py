"""What a run stores: frozen, typed samples with units in the fields' names.

Two tidy tables. `interactions` has a row for each gesture that was timed, right or wrong. `measurements` has a row for
every other figure. A figure that could not be had is None with a `reason`, never a number that stands for nothing.
"""

from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, Literal, TypeAlias

SCHEMA_VERSION = 4
Scope: TypeAlias = Literal["environment", "build", "boot", "step", "audit"]
LEVEL = 0.95
"""The confidence level of every interval, where nothing else is asked for."""
OUTPUT_TIMES = ("output_ms", "output_visible_ms", "output_painted_ms")
"""The columns of interactions that have a time for each output."""
STATIC = "static"
"""The experiment, and the boot, of figures that need no running server."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a sample belongs: one boot of one variant's page in one block. The unit of replication is the boot.

    `experiment`: the name of the experiment that took the sample. `role` and `model` are the variant's. `grid_*`: the scaling
    page's size and what one of its cells costs: the one that was changed, where they differ. `job_kind`: how the app's job is
    spent. `tokens_per_s`: the pace of its answers, 0 where it is the workload's own. `turns`: those that a conversation had had
    when its page was opened. `deployment`: with how many workers, where there are more than the one server that the entry starts,
    or a proxy before it.
    """

    block: int
    boot: str
    entry: str
    variant: str
    role: str
    model: str
    experiment: str
    page: str
    grid_cells: int = 0
    grid_cost_ms: float = 0.0
    grid_cost_kind: str = ""
    job_kind: str = ""
    tokens_per_s: float = 0.0
    turns: int = 0
    deployment: str = ""

    @property
    def variant_id(self) -> str:
        """Return `entry/variant`, which names the variant everywhere."""
        return f"{self.entry}/{self.variant}"


CellCosts: TypeAlias = tuple[tuple[float, str], ...]
"""What each cell of a scaling page costs, where they differ: milliseconds and how they are spent; empty where they don't."""


def origin_at(origin: Origin, cell_costs: CellCosts, control: str) -> Origin:
    """Return where a sample of a control belongs: that of a cell is stored with what this cell costs."""
    _, is_one_of_many, index = control.partition("-")
    if not (cell_costs and is_one_of_many):
        return origin
    cost_ms, kind = cell_costs[int(index)]
    return replace(origin, grid_cost_ms=cost_ms, grid_cost_kind=kind)


@dataclass(frozen=True, kw_only=True)
class Interaction(Origin):
    """One gesture. Times are milliseconds on the machine's monotonic clock since the gesture's start, None if not known.

    `right_ms`: until every output that must change showed the expected state (browser), or the message that brought the last
    of them was applied (wire). In the browser only: `visible_ms`: until a person could see all of that, `painted_ms`: until the
    first frame that shows it. `output_ms`, `output_visible_ms` and `output_painted_ms`: the same three of each output. On the
    wire `service_ms` counts from the actual sending and `response_ms` from the intended start; in the browser the gesture
    itself is the start. `until_user_code_ms`: until the first workload function was called; `until_user_code_done_ms`: until
    the last one returned that the answer can have waited for. `arrived_ms`: until bytes last came to the page before its state
    was right. `sent_ms`: until the page first sent something, None if it sent nothing.
    `server_tree_cpu_ms`, `renderer_cpu_ms` and `main_thread_cpu_ms`: CPU time of the server's processes, of the process that runs
    the page, and of its main thread, from the gesture until the session has rested after it, whatever they did meanwhile.
    `rtt_ms`: how long a relay between browser and server made every round trip.
    `fault`: what kind of wrong a wrong answer on the wire is, a key of `wire.faults.FAULTS`.
    `held`: whether it was due while its level of a load was held; `beside`: how many other sessions acted meanwhile.
    `update_ms` has the times at which an output that comes step by step showed another state, the right one included.

    It has more fields than a record should: it is a row of a tidy table, which every instrument fills in part.
    """

    instrument: str
    scenario: str
    control: str
    sessions: int
    session: int
    sequence: int
    warmup: bool
    started_ns: int
    lag_ms: float | None = None
    right_ms: float | None = None
    visible_ms: float | None = None
    painted_ms: float | None = None
    service_ms: float | None = None
    response_ms: float | None = None
    output_ms: dict[str, float] | None = None
    output_visible_ms: dict[str, float] | None = None
    output_painted_ms: dict[str, float] | None = None
    update_ms: list[float] | None = None
    input_delay_ms: float | None = None
    user_code_calls: int | None = None
    user_code_ms: float | None = None
    user_code_cpu_ms: float | None = None
    until_user_code_ms: float | None = None
    until_user_code_done_ms: float | None = None
    arrived_ms: float | None = None
    sent_ms: float | None = None
    server_tree_cpu_ms: float | None = None
    renderer_cpu_ms: float | None = None
    main_thread_cpu_ms: float | None = None
    rtt_ms: float = 0.0
    held: bool = True
    beside: int = 0
    bytes_up: int | None = None
    bytes_down: int | None = None
    messages_up: int | None = None
    messages_down: int | None = None
    flickers: int | None = None
    fault: str | None = None
    ok: bool = True
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Measurement(Origin):
    """One other figure: its `metric` is a key of METRICS, which states unit and meaning.

    `control`: the control that it is about, if any. `at`: where along its experiment it was taken, such as the number of a cycle
    or of the actions so far. `outcome`: what became of it, where a figure has a verdict. `detail` is for people only.
    """

    instrument: str
    metric: str
    value: float | None
    sessions: int = 0
    control: str = ""
    at: float | None = None
    outcome: str = ""
    detail: str = ""
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Failure(Origin):
    """A part of a run that could not be carried out, and why.

    `scope`: how much is missing: all that needs the `environment`, the `build` or the `boot`, or one `step`; `audit` stands where
    samples were withheld. `instrument`: that of the step, "" for none. `step` says for people what was tried.
    """

    scope: Scope
    step: str
    reason: str
    instrument: str = ""


RECORDS: dict[str, type[Origin]] = {"interactions": Interaction, "measurements": Measurement, "failures": Failure}
TABLES = tuple(RECORDS)


def as_row(record: Origin) -> dict[str, Any]:
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


def origin_fields(origin: Origin) -> dict[str, Any]:
    """Return the fields that place a sample, to build one from."""
    return {field.name: getattr(origin, field.name) for field in fields(Origin)}
