"""Waits by design: how long a page waits before it sends something, and a server before it runs user code.

Every page needs some time from an input until it sends: for the event, a handler, a frame. What the baseline's page needs for the
same gesture is subtracted. A wait of less than LIMIT_MS can't be told from work.
"""

from collections.abc import Iterable

import numpy as np

LIMIT_MS = 40.0
"""A page may well work for some 20 ms before it sends, and send after its next frame, 16.7 ms later: the slowest takes 25 to 38
(`results/quick`, sliders). The shortest wait that a framework is known to have by design is 50 ms."""


def beyond(ours_ms: Iterable[float], baseline_ms: Iterable[float]) -> float | None:
    """Return by how many milliseconds the median of samples is longer than the baseline's, None where a side has no sample."""
    ours, baseline = _median(ours_ms), _median(baseline_ms)
    return None if ours is None or baseline is None else ours - baseline


def is_wait(beyond_ms: float) -> bool:
    """Return whether a page sends so much later than the baseline's that it waits, or works for long."""
    return beyond_ms > LIMIT_MS


def is_as_stated(beyond_ms: float, shortest_ms: float, longest_ms: float) -> bool:
    """Return whether a measured wait lies between the stated ones, or LIMIT_MS beside them."""
    return shortest_ms - LIMIT_MS <= beyond_ms <= longest_ms + LIMIT_MS


def _median(samples_ms: Iterable[float]) -> float | None:
    known = np.array([it for it in samples_ms if not np.isnan(it)])
    return float(np.median(known)) if len(known) else None
