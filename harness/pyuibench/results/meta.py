"""What can be said of a run's directory without reading its samples: `run.json`, and which tables are there."""

import json
from pathlib import Path
from typing import Any

from pyuibench.errors import UserError
from pyuibench.results.records import SCHEMA_VERSION, TABLES


def read_meta(directory: Path) -> dict[str, Any]:
    """Return run.json. Raises UserError for a directory that isn't a run, or one of another schema."""
    path = directory / "run.json"
    if not path.is_file():
        raise UserError(f"{directory} is not a run: it has no run.json.")
    try:
        meta: dict[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise UserError(f"{path} is damaged ({error}); the samples beside it are untouched.") from error
    if not isinstance(meta, dict):
        raise UserError(f"{path} is damaged (not an object); the samples beside it are untouched.")
    if meta.get("schema_version") != SCHEMA_VERSION:
        raise UserError(
            f"{directory} was written with schema {meta.get('schema_version')}, this program reads {SCHEMA_VERSION}."
        )
    return meta


def require_finished(directory: Path) -> None:
    """Raise UserError for a directory that isn't a run, or one that lacks a table."""
    read_meta(directory)
    for table in TABLES:
        if not (directory / f"{table}.parquet").is_file():
            raise UserError(
                f"{directory} is not finished: it has no {table}.parquet; "
                f"go on with `pyuibench bench --resume {directory}`."
            )


def require_absent(directory: Path) -> None:
    """Raise UserError when the directory of a run that is to begin is there already."""
    if directory.exists():
        raise UserError(f"{directory} exists; go on with --resume {directory}, or choose another with --out.")
