"""What the ledger says of one interaction: which user code ran, for how long, and when it began."""

from pathlib import Path
from typing import Protocol, TypedDict

from workload.ledger import Call, LedgerReader


class UserCode(TypedDict):
    """The fields of `records.Interaction` that come from the ledger."""

    user_code_calls: int | None
    user_code_ms: float | None
    user_code_cpu_ms: float | None
    until_user_code_ms: float | None
    until_user_code_done_ms: float | None


class Calls(Protocol):
    """Reads which user code ran."""

    @property
    def tells_cpu(self) -> bool:
        """Return whether it knows the CPU time of a call."""
        ...

    def new_calls(self) -> list[Call]:
        """Return the calls that have come since it last looked, by start."""
        ...


class ServerCalls:
    """The calls that a server's processes write under a path."""

    tells_cpu = True

    def __init__(self, ledger: Path) -> None:
        self._reader = LedgerReader(str(ledger))

    def new_calls(self) -> list[Call]:
        """Return the calls that have come since it last looked, by start."""
        return self._reader.new_calls()


UNKNOWN = UserCode(
    user_code_calls=None,
    user_code_ms=None,
    user_code_cpu_ms=None,
    until_user_code_ms=None,
    until_user_code_done_ms=None,
)


def user_code(reader: Calls | None, started_ns: int, answered_ms: float | None) -> UserCode:
    """Return the figures of the calls that have come since the reader last looked, UNKNOWN where there is no reader.

    Only right while one session acts at a time: calls are attributed by time.
    """
    if reader is None:
        return UNKNOWN
    calls = [call for call in reader.new_calls() if call.end_ns >= started_ns]
    return figures(calls, started_ns, answered_ms, reader.tells_cpu)


def figures(calls: list[Call], started_ns: int, answered_ms: float | None, tells_cpu: bool = True) -> UserCode:
    """Return the figures of these calls for an interaction that began at `started_ns`. Calls don't nest.

    A call that ended after the last byte of the answer had come, `answered_ms`, can't have been waited for. `tells_cpu`: whether
    their CPU times are known.
    """
    done_ms = [(call.end_ns - started_ns) / 1e6 for call in calls]
    in_time = [done for done in done_ms if answered_ms is None or done <= answered_ms]
    return UserCode(
        user_code_calls=len(calls),
        user_code_ms=sum(call.end_ns - call.start_ns for call in calls) / 1e6,
        user_code_cpu_ms=sum(call.thread_cpu_ns for call in calls) / 1e6 if tells_cpu else None,
        until_user_code_ms=(min(call.start_ns for call in calls) - started_ns) / 1e6 if calls else None,
        until_user_code_done_ms=max(in_time, default=None),
    )
