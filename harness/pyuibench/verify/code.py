"""What checks an entry: a proof is as good as the code that made it."""

from functools import cache

from pyuibench.entries.sources import hash_of_code
from pyuibench.project import PACKAGE, WORKLOAD

FOLDERS = ("instruments", "serving", "verify")
"""The folders that serve an entry, drive it and judge it. What the contract declares has a hash of its own."""


@cache
def checks_hash() -> str:
    """Return a short hash of the code that checks entries, and of the workload that they call."""
    return hash_of_code([*(PACKAGE / name for name in FOLDERS), WORKLOAD / "src"])
