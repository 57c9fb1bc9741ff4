"""The service level: what answers must be like for a server to count as holding its sessions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict

from pyuibench.contract.scenarios import P95_MS

Outcome: TypeAlias = Literal["not-opened", "wrong", "slow", "generator-lost"]
NOT_OPENED: Final = "not-opened"
WRONG: Final = "wrong"
SLOW: Final = "slow"
LOST: Final = "generator-lost"
"""How a level of a load is missed: sessions that didn't open, wrong or missing answers, late ones, a generator that was lost."""


class Slo(BaseModel):
    """The 95th percentile of response times, by scenario, and the share of answers that may be wrong or missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    p95_ms: Mapping[str, float] = dict(P95_MS)
    most_wrong: float = 0.01


@dataclass(frozen=True)
class Response:
    """One answer, or what waited for one: its time from the intended start, so far if it is still awaited."""

    scenario: str
    response_ms: float
    ok: bool


@dataclass(frozen=True)
class Missed:
    """How a service level was missed, for programs, and for people in words."""

    outcome: Outcome
    words: str


def broken(slo: Slo, responses: Iterable[Response]) -> Missed | None:
    """Return how the service level was missed, None if it was kept.

    What is given must hold every action that was due, answered or not; where none was, none was late. A percentile of few samples
    is about their largest: the nearest rank, no interpolation.
    """
    seen = list(responses)
    wrong = sum(not it.ok for it in seen)
    if wrong > slo.most_wrong * len(seen):
        return Missed(WRONG, f"{wrong} of {len(seen)} answers wrong or missing")
    for scenario, limit_ms in slo.p95_ms.items():
        times = [it.response_ms for it in seen if it.scenario == scenario]
        if times and (high := p95(times)) > limit_ms:
            return Missed(SLOW, f"p95 of {scenario} is {high:,.0f} ms, more than {limit_ms:,.0f} ms")
    return None


def p95(values: Iterable[float]) -> float:
    """Return the 95th percentile by nearest rank."""
    return float(np.quantile(list(values), 0.95, method="inverted_cdf"))
