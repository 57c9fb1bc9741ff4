"""What the times say at which an answer that comes token by token was shown; and figures of pages of other contracts."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from pyuibench.analysis.estimates import Floats
from pyuibench.figures.base import Figure, Missing
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import NOT_MEASURED, RunView, median_figure


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


def median_of_page(
    view: RunView, variant: VariantInfo, boots: Sequence[Floats], unit: str, rows: pd.DataFrame, page: str
) -> Figure | Missing:
    """Return the median over boots of a variant's page, with what is to know of it; without boots why `rows` gave none."""
    why = partial(why_none, view, variant, rows, page)
    return median_figure(view, boots, unit, why, variant.caveats.get(page, ""))


def why_none(view: RunView, variant: VariantInfo, rows: pd.DataFrame, page: str) -> str:
    """Return why none of some rows of a variant's page gave a figure: what was wrong with them, or what failed."""
    wrong = rows.loc[~rows["ok"].astype(bool), "reason"]
    if len(wrong):
        return f"{len(wrong)} of {len(rows)} not ok; the first: {wrong.iloc[0]}"
    failures = view.failures(variant)
    own = failures[failures["page"] == page]
    return f"{own.iloc[0]['step']} failed: {own.iloc[0]['reason']}" if len(own) else NOT_MEASURED
