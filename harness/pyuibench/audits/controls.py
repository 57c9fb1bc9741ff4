"""Audits by what is known beforehand: the baseline against itself, and known delays."""

import math
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from pyuibench.analysis.distributions import binomial_up_to
from pyuibench.analysis.estimates import LEVEL, Estimate, ratio_of_medians
from pyuibench.analysis.known_delays import COLUMNS, KNOWN_DELAYS, Recovered, recovered
from pyuibench.audits.base import COMPARED, AuditSpec, Objection, by_name_and_block
from pyuibench.contract.known_delays import KINDS, LEAST_LIMIT_MS, LIMIT_SHARE, PAUSE_MS
from pyuibench.entries.catalog import AGAIN
from pyuibench.results.plan import PlannedBoot, planned
from pyuibench.results.records import CellCosts
from pyuibench.results.store import Run

HEADLINE_TIMES = ("right_ms", "visible_ms", "painted_ms")
"""The ends of an interaction that are compared between variants."""
DELAY_OFF_BY_CHANCE = 0.01
"""In so many runs one of the known delays may seem to be off by chance."""
FEW_BY_CHANCE = 0.001
"""The probability at which so few intervals that contain 1 are no chance any more, if cases were independent.

Cases of a boot resemble each other: simulated with boots that differ by 5 to 10 %, it is 0 to 5 in 1,000 runs.
"""


def known_delays_found(run: Run) -> Iterator[Objection]:
    """Object to an instrument that doesn't recover a delay that was put into the baseline's server.

    All are asked for at once, so each interval is widened from its own level to that of Bonferroni's correction.
    """
    found = recovered(run)
    for it in found:
        if _is_off(it, len(found)):
            yield Objection(
                f"the {it.instrument} finds {it.estimate.value:.2f} ms [{it.estimate.low:.2f}, {it.estimate.high:.2f}] "
                f"of {it.truth.delay_ms:g} ms {KINDS[it.truth.kind]}"
            )
    boots = [boot for boot in planned(run.meta.get("plan") or ()) if boot.origin.experiment == KNOWN_DELAYS]
    delays = {(cost_ms, kind) for boot in boots for cost_ms, kind in _costs(boot) if cost_ms > PAUSE_MS}
    wanted = len(delays) * len(COLUMNS.keys() & set(run.meta.get("instruments") or ()))
    if len(found) < wanted:
        yield Objection(f"only {len(found)} of {wanted} known delays have samples")


def _costs(boot: PlannedBoot) -> CellCosts:
    """Return what the cells of a boot's page cost."""
    return boot.cell_costs or ((boot.origin.grid_cost_ms, boot.origin.grid_cost_kind),)


def _is_off(it: Recovered, among: int) -> bool:
    """Return whether the data rule out, of so many delays looked at, that one is off by no more than its limit."""
    low, high = it.estimate.low, it.estimate.high
    if low is None or high is None:
        return True
    wider = _normal_quantile(1 - DELAY_OFF_BY_CHANCE / among) / _normal_quantile(LEVEL)
    lowest, highest = (it.estimate.value + wider * (end - it.estimate.value) for end in (low, high))
    return lowest > it.truth.delay_ms + it.limit_ms or highest < it.truth.delay_ms - it.limit_ms


def _normal_quantile(level: float) -> float:
    """Return by how many standard deviations a normal interval of a level reaches to each side."""
    return NormalDist().inv_cdf((1 + level) / 2)


def same_app_same_times(run: Run) -> Iterator[Objection]:
    """Object when too few of the 95 % intervals of an app's ratio to itself contain 1.

    The ends of an interaction depend on each other, so a case counts once: by the share of its intervals that contain 1.
    """
    ratios = twin_ratios(run)
    held: dict[str, list[bool]] = {}
    for twin, estimate in ratios.items():
        for low, high in _intervals([estimate]):
            held.setdefault(twin.case, []).append(low <= 1 <= high)
    cases = sum(sum(own) / len(own) for own in held.values())
    if held and binomial_up_to(math.floor(cases), len(held), LEVEL) < FEW_BY_CHANCE:
        every = [each for own in held.values() for each in own]
        yield Objection(f"only {sum(every)} of {len(every)} intervals of an app's ratio to itself include 1")


@dataclass(frozen=True)
class Twin:
    """What is compared with its like: a time of HEADLINE_TIMES, in a case of the browser's."""

    case: str
    time: str


def twin_ratios(run: Run, blocks: Container[int] | None = None) -> dict[Twin, Estimate]:
    """Return what is compared with its like -> the ratio of the baseline's second name to its first, in the browser.

    Page loads are among it, since they are compared too. With `blocks` only these are looked at, as if they were all of the run.
    """
    rows = run.near
    right = rows[rows["ok"].astype(bool) & ~rows["warmup"].astype(bool) & rows["scenario"].isin(COMPARED)]
    shown = right[(right["instrument"] == "browser") & (right["sessions"] <= 1)]
    if blocks is not None:
        # By truth values of a kind of their own: of an empty list pandas takes columns, not rows.
        shown = shown[np.array([block in blocks for block in shown["block"]], dtype=np.bool_)]
    twins = [
        (f"{name}/{next(iter(entry['variants']))}/", f"{name}/{AGAIN}/")
        for name, entry in (run.meta.get("entries") or {}).items()
        if AGAIN in (entry.get("variants") or ())
    ]
    ratios = {}
    for time in HEADLINE_TIMES if twins else ():
        samples = by_name_and_block(shown, time)
        for first, again in twins:
            for key, its in samples.items():
                case = key.removeprefix(again)
                like = samples.get(first + case, {})
                if key.startswith(again) and its.keys() & like.keys():
                    ratios[Twin(case, time)] = ratio_of_medians(its, like)
    return ratios


def _intervals(estimates: Iterable[Estimate]) -> list[tuple[float, float]]:
    return [(it.low, it.high) for it in estimates if it.low is not None and it.high is not None]


AUDITS = (
    AuditSpec("a_a", "A/A", "the baseline under two names has the same times", same_app_same_times),
    AuditSpec(
        "known_delays",
        "known delays",
        f"what was put into the baseline's server is found, within {LEAST_LIMIT_MS:g} ms or {LIMIT_SHARE:.0%}",
        known_delays_found,
    ),
)
