"""Where a process of a load puts its samples."""

import os

from pyuibench.contract.states import Action
from pyuibench.instruments.wire.config import Target
from pyuibench.instruments.wire.run import HELD_FILE
from pyuibench.results.records import Failure, Measurement, Origin, origin_at, origin_fields
from pyuibench.results.store import SampleFile


class Samples:
    """A file of one process, in the directory of the boot; where the target has none, nothing is stored."""

    def __init__(self, target: Target) -> None:
        self._origin = target.origin
        self._cell_costs = target.cell_costs
        self._directory = target.samples if target.origin else None
        self._file = SampleFile(self._directory / f"load-{os.getpid()}.jsonl") if self._directory else None

    @property
    def origin(self) -> Origin:
        """Return where samples belong. Only asked for where something is stored."""
        assert self._origin
        return self._origin

    def origin_of(self, action: Action) -> Origin:
        """Return where the sample of an action belongs."""
        return origin_at(self.origin, self._cell_costs, action.control)

    def __bool__(self) -> bool:
        return self._file is not None

    def keep(self, record: Origin) -> None:
        """Store a sample."""
        if self._file:
            self._file.add(record)

    def figure(
        self,
        metric: str,
        value: float | None,
        sessions: int,
        *,
        at: float | None = None,
        outcome: str = "",
        detail: str = "",
        reason: str | None = None,
    ) -> None:
        """Store a figure of the wire."""
        if self._file:
            self.keep(
                Measurement(
                    **origin_fields(self.origin),
                    instrument="wire",
                    metric=metric,
                    value=value,
                    sessions=sessions,
                    at=at,
                    outcome=outcome,
                    detail=detail,
                    reason=reason,
                )
            )

    def failure(self, step: str, reason: str) -> None:
        """Store that a step couldn't be carried out."""
        if self._file:
            self.keep(Failure(**origin_fields(self.origin), scope="step", instrument="wire", step=step, reason=reason))

    def tell_held(self) -> None:
        """Let others see that a level is held."""
        if self._directory:
            (self._directory / HELD_FILE).touch()

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()


def in_words(sessions: int) -> str:
    """Return so many sessions as a step is named."""
    return "one session" if sessions == 1 else f"{sessions} sessions"
