"""The files that are sent in, on disk, as a browser wants them."""

import os
from pathlib import Path

from pyuibench.contract.identity import contract_hash
from pyuibench.project import CACHE
from workload.tasks import sample_csv


def csv_file(number: int, cache: Path = CACHE / "uploads") -> Path:
    """Return the path of a session's `number`-th file, written if it isn't there."""
    path = cache / contract_hash() / f"{number}" / "orders.csv"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(sample_csv(number))
        part.replace(path)
    return path
