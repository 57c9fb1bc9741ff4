"""What the times say at which an answer that comes token by token was shown."""

import numpy as np
import pandas as pd

from pyuibench.analysis.estimates import Floats


def shown_times(rows: pd.DataFrame) -> list[Floats]:
    """Return for each interaction the milliseconds from its start at which a new state was shown."""
    # What is stored without a time is read back as no list.
    return [np.asarray(it if isinstance(it, list | np.ndarray) else (), dtype=np.float64) for it in rows["update_ms"]]


def first_ms(times: list[Floats], interval_ms: float) -> list[float]:
    """Return how long after it was ready, one interval after the start, each answer's first token was shown; NaN for none."""
    return [float(it[0]) - interval_ms if len(it) else np.nan for it in times]


def gap_ms(times: list[Floats]) -> list[float]:
    """Return the longest time in which nothing new of each answer was shown; NaN for fewer than two states."""
    return [float(np.diff(it).max()) if len(it) > 1 else np.nan for it in times]
