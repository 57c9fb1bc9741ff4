"""pyuibench: the same app in every Python UI framework, verified and measured.

>>> import pyuibench
>>> run = pyuibench.load("results/quick-all")
>>> run.interactions.query("instrument == 'browser' and ok").groupby(["entry", "variant"])["right_ms"].median()
"""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyuibench.results.store import Run

__version__ = "0.1.0"


def load(run: str | PathLike[str]) -> "Run":
    """Return a finished run as pandas frames. Raises `pyuibench.errors.UserError` for what isn't one."""
    # Imported when it is needed: the processes around a server start faster without pandas.
    from pyuibench.results import store

    return store.load(Path(run))
