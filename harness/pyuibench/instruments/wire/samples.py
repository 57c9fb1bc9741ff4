"""Where a process of a load puts its samples."""

import os

from pyuibench.instruments.wire.load_config import LoadConfig
from pyuibench.results.records import Measurement, Origin, origin_fields
from pyuibench.results.store import SampleFile


class Samples:
    """A file of one process, in the directory of the boot; where the load has none, nothing is stored."""

    def __init__(self, config: LoadConfig) -> None:
        self._cell = Origin(**config.origin) if config.origin else None  # type: ignore[arg-type]
        self._file = (
            SampleFile(config.samples / f"load-{os.getpid()}.jsonl") if config.samples and config.origin else None
        )

    @property
    def origin(self) -> Origin:
        """Return where samples belong. Only asked for where something is stored."""
        assert self._cell
        return self._cell

    def __bool__(self) -> bool:
        return self._file is not None

    def keep(self, record: Origin) -> None:
        """Store a sample."""
        if self._file:
            self._file.add(record)

    def figure(
        self, metric: str, value: float | None, sessions: int, detail: str = "", reason: str | None = None
    ) -> None:
        """Store a figure of the wire."""
        if self._cell:
            self.keep(
                Measurement(
                    **origin_fields(self._cell),
                    instrument="wire",
                    metric=metric,
                    value=value,
                    sessions=sessions,
                    detail=detail,
                    reason=reason,
                )
            )

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()
