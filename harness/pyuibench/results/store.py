"""Results on disk: `run.json` and a file of samples for each boot, appended to as they are taken.

    results/<run>/run.json            plan, seed, versions, machine, hashes
    results/<run>/samples/<boot>/*.jsonl   one JSON row a sample, one file for each process that takes samples
    results/<run>/samples/<boot>/end       there when the boot was measured in full
    results/<run>/interactions.parquet, measurements.parquet, failures.parquet   all of them, when the run is over
    results/<run>/logs/<boot>.log      what the server printed

A boot without its `end` was cut off: it is measured again on `--resume`, and what it had is kept beside it.
"""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pyuibench.errors import UserError
from pyuibench.results.meta import read_meta, require_absent, require_finished
from pyuibench.results.records import OUTPUT_TIMES, SCHEMA_VERSION, TABLES, Origin, as_row, columns, defaults

END = "end"
COMPARED = ("rounds", "scaling", "one-offs", "crowd", "load", "beside")
"""The experiments whose samples are compared case by case; others have tables of their own."""
# Samples and columns are picked by their texts again and again, which takes Python's own texts a fifth less time than Arrow's.
pd.set_option("mode.string_storage", "python")


@dataclass(frozen=True)
class Run:
    """A run as it is read back. `meta` is run.json; the frames have the columns of the records of the same names."""

    directory: Path
    meta: Mapping[str, Any]
    interactions: pd.DataFrame
    measurements: pd.DataFrame
    failures: pd.DataFrame

    def settings(self, experiment: str) -> Mapping[str, Any]:
        """Return the settings of an experiment of the run's profile; none where the run is without it."""
        known = self.meta.get("experiments") or ()
        return next((each for each in known if each.get("name") == experiment), {})

    @cached_property
    def near(self) -> pd.DataFrame:
        """Return the interactions of COMPARED experiments that no relay delayed and no other session acted beside."""
        rows = self.interactions
        return rows[rows["experiment"].isin(COMPARED) & (rows["rtt_ms"].fillna(0) == 0) & (rows["beside"] == 0)]


class SampleFile:
    """A file that one process appends samples to. A line is handed to the operating system whole, as it is taken."""

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("a")

    def add(self, *records: Origin) -> None:
        """Append samples."""
        for record in records:
            self._file.write(json.dumps(as_row(record)) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Store:
    """One run's directory, for writing."""

    def __init__(self, directory: Path) -> None:
        # Servers and load generators run elsewhere, and are told where to write.
        self.directory = directory.resolve()

    @classmethod
    def create(cls, directory: Path, meta: Mapping[str, Any]) -> "Store":
        """Make a run's directory. Raises UserError if it is there already."""
        require_absent(directory)
        (directory / "samples").mkdir(parents=True)
        (directory / "logs").mkdir()
        store = cls(directory)
        store.write_meta(meta)
        return store

    def write_meta(self, meta: Mapping[str, Any]) -> None:
        """Replace run.json in one step."""
        new = self.directory / "run.json.new"
        new.write_text(json.dumps({"schema_version": SCHEMA_VERSION, **meta}, indent=2) + "\n")
        new.replace(self.directory / "run.json")

    def begin(self, boot: str) -> Path:
        """Return an empty directory for the samples of a boot; what a cut-off attempt left there is kept beside it."""
        directory = self._samples(boot)
        if directory.exists():
            kept = (directory.with_name(f"{boot}.cut-off-{number}") for number in itertools.count(1))
            (directory / END).unlink(missing_ok=True)
            directory.rename(next(name for name in kept if not name.exists()))
        directory.mkdir()
        return directory

    def end(self, boot: str) -> None:
        """Mark a boot as measured in full."""
        (self._samples(boot) / END).touch()

    def log(self, boot: str) -> Path:
        """Return where the server of a boot prints to."""
        return self.directory / "logs" / f"{boot}.log"

    def is_done(self, boot: str) -> bool:
        """Return whether a boot was measured in full."""
        return (self._samples(boot) / END).is_file()

    def finish(self) -> None:
        """Write the Parquet tables from all samples so far."""
        rows = read_samples(self.directory)
        self.write_tables({table: pd.DataFrame(rows[table], columns=columns(table)) for table in TABLES})

    def write_tables(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Write the Parquet tables."""
        for table, frame in tables.items():
            if table == "interactions":
                frame = frame.copy()
                for name in OUTPUT_TIMES:
                    frame[name] = [json.dumps(value) if value else None for value in frame[name]]
            new = self.directory / f"{table}.parquet.new"
            pq.write_table(
                pa.Table.from_pandas(frame, preserve_index=False), new, compression="zstd", write_page_checksum=True
            )
            new.replace(self.directory / f"{table}.parquet")

    def _samples(self, boot: str) -> Path:
        return self.directory / "samples" / boot


def read_samples(directory: Path) -> dict[str, list[dict[str, Any]]]:
    """Return table -> rows of all boots that were measured in full.

    A last line without its line end was being written when its process was killed, and is left out. Raises UserError for
    any other line that can't be read.
    """
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for path in sorted((directory / "samples").glob("*/*.jsonl")):
        if (path.parent / END).is_file():
            for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
                try:
                    row = json.loads(line)
                    del row["schema_version"]
                    rows[row.pop("table")].append(row)
                except (ValueError, KeyError, TypeError) as error:
                    raise UserError(
                        f"{path}, line {number}, is damaged ({error}); move the file away to leave its samples out."
                    ) from error
    return rows


def load(directory: Path) -> Run:
    """Return a finished run. Raises UserError for a directory that isn't one, or a damaged file."""
    require_finished(directory)
    return Run(directory, read_meta(directory), *(_read_table(directory, table) for table in TABLES))


def _read_table(directory: Path, table: str) -> pd.DataFrame:
    path = directory / f"{table}.parquet"
    try:
        frame: pd.DataFrame = pq.read_table(path, page_checksum_verification=True).to_pandas()
        for name, value in defaults(table).items():
            if name not in frame:
                frame[name] = value
        for name in OUTPUT_TIMES if table == "interactions" else ():
            frame[name] = pd.Series(_decoded(frame[name].tolist()), frame.index, dtype=object)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path} is damaged ({str(error).splitlines()[0]}); "
            f"`pyuibench bench --resume {directory}` writes it again from the samples."
        ) from error
    return frame


def _decoded(stored: Sequence[Any]) -> list[dict[str, float]]:
    """Return stored objects, {} where there is none: all parsed as one text, which takes a fifth of the time."""
    texts = [text if isinstance(text, str) else "{}" for text in stored]
    objects: list[dict[str, float]] = json.loads(f"[{','.join(texts)}]")
    if len(objects) != len(texts):
        raise ValueError("output_ms has more than an object a row")
    return objects
