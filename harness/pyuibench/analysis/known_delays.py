"""What a run's instruments recover of the known delays that were put into the baseline's server."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pyuibench.analysis.estimates import LEVEL, Estimate, Floats
from pyuibench.contract.known_delays import PAUSE_MS, SEED, Truth, limit_ms
from pyuibench.results.store import Run

KNOWN_DELAYS = "known-delays"
"""The experiment whose samples these are."""
RESAMPLES = 9999
COLUMNS = {"browser": "right_ms", "wire": "service_ms"}
_ORIGIN = ["experiment", "scenario", "instrument", "block", "grid_cost_ms", "grid_cost_kind"]
_COLUMNS = [*_ORIGIN, "ok", "warmup", *COLUMNS.values()]


@dataclass(frozen=True)
class Recovered:
    """What an instrument recovers of a delay, in milliseconds, with its 95 % interval."""

    instrument: str
    truth: Truth
    estimate: Estimate

    @property
    def limit_ms(self) -> float:
        """Return by how much it may be off."""
        return limit_ms(self.truth.delay_ms)

    @property
    def is_found(self) -> bool:
        """Return whether the data allow that it is off by no more than its limit."""
        low, high = self.estimate.low, self.estimate.high
        if low is None or high is None:
            return False
        return low <= self.truth.delay_ms + self.limit_ms and high >= self.truth.delay_ms - self.limit_ms


def recovered(run: Run) -> tuple[Recovered, ...]:
    """Return what each instrument recovers of each delay of a run: the mean over blocks of median with less median without.

    The interval is of the differences of medians within blocks (percentile bootstrap, as scipy.stats.bootstrap draws and counts
    it). Since 2026-11-29 all delays take turns in one boot, whose own pace is in both medians. Runs from before had a boot a
    delay, and too few of them to say how far boots differ: their intervals are too narrow by that.
    """
    rows = run.interactions[_COLUMNS]
    moved = rows[(rows["experiment"] == KNOWN_DELAYS) & (rows["scenario"] == "grid")]
    right = moved[moved["ok"].astype(bool) & ~moved["warmup"].astype(bool)]
    return tuple(
        Recovered(instrument, truth, _difference(pairs))
        for instrument, column in COLUMNS.items()
        for truth in _truths(right)
        if truth.delay_ms and (pairs := list(_pairs(right[right["instrument"] == instrument], column, truth)))
    )


def _truths(rows: pd.DataFrame) -> list[Truth]:
    costs = rows[["grid_cost_ms", "grid_cost_kind"]].drop_duplicates().itertuples(index=False, name=None)
    return sorted((Truth(cost_ms - PAUSE_MS, kind) for cost_ms, kind in costs), key=lambda it: (it.delay_ms, it.kind))


def _pairs(rows: pd.DataFrame, column: str, truth: Truth) -> Iterator[tuple[Floats, Floats]]:
    """Yield the samples with the delay and those of the pause alone, of each block that has both."""
    of_kind = rows[(rows["grid_cost_kind"] == truth.kind) & rows[column].notna()]
    for _, block in of_kind.groupby("block"):
        with_it = block.loc[block["grid_cost_ms"] == truth.cost_ms, column].to_numpy(dtype=np.float64)
        without = block.loc[block["grid_cost_ms"] == PAUSE_MS, column].to_numpy(dtype=np.float64)
        if len(with_it) > 1 and len(without) > 1:
            yield with_it, without


def _difference(pairs: Sequence[tuple[Floats, Floats]]) -> Estimate:
    random = np.random.default_rng(SEED)
    sides = [np.asarray(side) for pair in pairs for side in pair]
    drawn = [side[random.integers(0, len(side), (RESAMPLES, len(side)))] for side in sides]
    replicates = np.sort(_mean_difference(drawn))
    tail = (1 - LEVEL) / 2
    low, high = (_quantile_of_sorted(replicates, share) for share in (tail, 1 - tail))
    n = sum(len(with_it) for with_it, _ in pairs)
    return Estimate(float(_mean_difference(sides)), low, high, n, len(pairs))


def _mean_difference(sides: Sequence[Floats]) -> Floats:
    """Return the mean over pairs of the difference of their medians; `sides` has both of each pair, one after the other."""
    medians = [_medians(side) for side in sides]
    differences: Floats = np.mean([medians[at] - medians[at + 1] for at in range(0, len(medians), 2)], axis=0)
    return differences


def _medians(samples: Floats) -> Floats:
    """Return the medians along the last axis: as numpy's, which is several times slower for many short rows."""
    ordered = np.sort(samples, axis=-1)
    half = samples.shape[-1] // 2
    medians: Floats = ordered[..., half] if samples.shape[-1] % 2 else (ordered[..., half - 1] + ordered[..., half]) / 2
    return medians


def _quantile_of_sorted(values: Floats, share: float) -> float:
    """Return a quantile as scipy.stats.quantile does: type 7, which numpy rounds otherwise in the last bit."""
    place = share * len(values) + (1 - share)
    below, beyond = int(place) - 1, place % 1
    return float((1 - beyond) * values[below] + beyond * values[min(below + 1, len(values) - 1)])
