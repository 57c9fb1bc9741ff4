"""The service level: what answers must be like for a server to count as holding its sessions, and when that is decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict

from pyuibench.contract.scenarios import P95_MS

Outcome: TypeAlias = Literal[
    "not-opened", "wrong", "slow", "foreign", "too-few", "generator-lost", "generator-limit", "generator-busy"
]
NOT_OPENED: Final = "not-opened"
WRONG: Final = "wrong"
SLOW: Final = "slow"
FOREIGN: Final = "foreign"
"""How a level of a load is missed: sessions that didn't open, wrong or missing answers, late ones, another session's answer."""
TOO_FEW: Final = "too-few"
LOST: Final = "generator-lost"
LIMIT: Final = "generator-limit"
BUSY: Final = "generator-busy"
"""Why a level is undecided: too few answers, a generator that was lost, one at a limit of its own process, one short of CPU."""
UNDECIDED: Final[frozenset[Outcome]] = frozenset({TOO_FEW, LOST, LIMIT, BUSY})
"""The outcomes that say nothing of the server."""
MOST_GENERATOR_SHARE: Final = 0.5
"""How much of a core a load generator may use before what it measures is its own slowness."""
LATE_SHARE = 0.05
"""The share of answers that a 95th percentile leaves out."""
DOUBT = 0.001
"""The probability of being wrong at which a level is given up before there are enough answers: small, as it is asked often."""


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
    """How a service level was missed, or why that isn't known, for programs, and for people in words."""

    outcome: Outcome
    words: str

    @property
    def is_undecided(self) -> bool:
        """Return whether it says nothing of the server."""
        return self.outcome in UNDECIDED


@dataclass(frozen=True)
class Tally:
    """The answers that one limit is judged on: how many there are, and how many of them are beyond it."""

    answers: int
    beyond: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.answers + other.answers, self.beyond + other.beyond)

    def is_beyond_doubt(self, share: float) -> bool:
        """Return whether more than this share of all answers is beyond the limit, by an exact binomial test at DOUBT.

        The test's p-value is the probability that as many of them would be, or more, if exactly this share were.
        """
        if not 0 < share < 1 or self.beyond <= share * self.answers:
            return False
        probability = below = (1 - share) ** self.answers
        for count in range(1, self.beyond):
            probability *= (self.answers - count + 1) / count * share / (1 - share)
            below += probability
        return 1 - below < DOUBT


def tallies(slo: Slo, responses: Iterable[Response], waiting: Iterable[Response] = ()) -> dict[str, Tally]:
    """Return limit -> what it is judged on so far: each scenario's, and WRONG for the answers of all.

    Of what is `waiting` for its answer only what waits for longer than its limit is known to be beyond it.
    """
    seen, late = list(responses), list(waiting)
    found = {WRONG: Tally(len(seen), sum(not it.ok for it in seen))}
    for scenario, limit_ms in slo.p95_ms.items():
        times = [it.response_ms for it in seen if it.scenario == scenario]
        overdue = sum(it.scenario == scenario and it.response_ms > limit_ms for it in late)
        found[scenario] = Tally(len(times) + overdue, sum(time > limit_ms for time in times) + overdue)
    return found


def is_decided(slo: Slo, found: Mapping[str, Tally], fewest: int) -> bool:
    """Return whether it is time to judge: every limit has its answers, or one is exceeded beyond doubt."""
    return not lacking(slo, found, fewest) or any(
        tally.is_beyond_doubt(slo.most_wrong if limit == WRONG else LATE_SHARE) for limit, tally in found.items()
    )


def lacking(slo: Slo, found: Mapping[str, Tally], fewest: int) -> dict[str, tuple[int, int]]:
    """Return limit -> how many answers there are and are needed, of those that have too few.

    A scenario's limit needs `fewest`; the share of wrong answers as many as it takes for one of them not to exceed it.
    """
    needed = dict.fromkeys(slo.p95_ms, fewest)
    if fewest and 0 < slo.most_wrong < 1:
        needed[WRONG] = int(np.ceil(1 / slo.most_wrong))
    return {limit: (found[limit].answers, most) for limit, most in needed.items() if found[limit].answers < most}


def broken(slo: Slo, responses: Iterable[Response], fewest: int = 0) -> Missed | None:
    """Return how the service level was missed, or why that is undecided; None if it was kept.

    What is given must hold every action that was due, answered or not. A limit is judged on `fewest` answers at least, or when it
    is exceeded beyond doubt; where none was due and none is needed, none was late. A percentile is the nearest rank, no
    interpolation.
    """
    seen = list(responses)
    found = tallies(slo, seen)
    few = lacking(slo, found, fewest)
    wrong = found[WRONG]
    if wrong.beyond > slo.most_wrong * wrong.answers and (WRONG not in few or wrong.is_beyond_doubt(slo.most_wrong)):
        return Missed(WRONG, f"{wrong.beyond} of {wrong.answers} answers wrong or missing")
    for scenario, limit_ms in slo.p95_ms.items():
        if scenario in few and not found[scenario].is_beyond_doubt(LATE_SHARE):
            continue
        times = [it.response_ms for it in seen if it.scenario == scenario]
        if times and (high := p95(times)) > limit_ms:
            return Missed(SLOW, f"p95 of {scenario} is {high:,.0f} ms, more than {limit_ms:,.0f} ms")
    return Missed(TOO_FEW, _told(few)) if few else None


def p95(values: Iterable[float]) -> float:
    """Return the 95th percentile by nearest rank."""
    return float(np.quantile(list(values), 0.95, method="inverted_cdf"))


def _told(few: Mapping[str, tuple[int, int]]) -> str:
    counts = (
        f"{there} of {'all kinds' if limit == WRONG else limit}, {most} are needed"
        for limit, (there, most) in few.items()
    )
    return f"too few answers to judge: {'; '.join(counts)}"
