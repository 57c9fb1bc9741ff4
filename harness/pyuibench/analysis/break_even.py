"""From where on a page that computes for itself is sooner than one that asks a server: by distance, and by number of actions.

A server's answer takes longer by a round trip of the network, or several; a page that computes for itself asks nobody, but what
it is made of comes from somewhere as well. What something takes at a distance is a line over the round-trip time, least squares
through what was measured at several.
Each block has its own lines, so what is told of blocks has an interval of their scatter (`estimates.mean`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np

from pyuibench.analysis.distributions import line_slope


@dataclass(frozen=True)
class Line:
    """Milliseconds at a round trip of 0, and how many more for each added millisecond."""

    at_zero_ms: float
    slope: float

    def at(self, rtt_ms: float) -> float:
        """Return the milliseconds at a round-trip time."""
        return self.at_zero_ms + self.slope * rtt_ms

    def exceeds(self, other: "Line") -> float:
        """Return from which round-trip time on it is above another line: 0 where it is at any, infinity where it never is.

        Of two that cross the other way round, where it is above at 0 alone, it is 0 as well: who is near is who asks.
        """
        if self.at_zero_ms >= other.at_zero_ms:
            return 0.0
        steeper = self.slope - other.slope
        return (other.at_zero_ms - self.at_zero_ms) / steeper if steeper > 0 else inf


def line(latencies_ms: Mapping[float, float]) -> Line:
    """Return the line through latencies: round-trip time -> milliseconds. Raises ValueError for fewer than two."""
    if len(latencies_ms) < 2:
        raise ValueError("a line needs two round-trip times")
    rtts, latencies = list(latencies_ms), list(latencies_ms.values())
    slope = line_slope(rtts, latencies)
    return Line(float(np.mean(latencies)) - slope * float(np.mean(rtts)), slope)


def actions_until_paid(
    own_load_ms: float, own_action_ms: float, server_load_ms: float, server_action_ms: float
) -> float:
    """Return after how many actions a page that takes longer to open has paid it back; infinity if its actions aren't sooner."""
    if own_load_ms <= server_load_ms:
        return 0.0
    saved_ms = server_action_ms - own_action_ms
    return (own_load_ms - server_load_ms) / saved_ms if saved_ms > 0 else inf
