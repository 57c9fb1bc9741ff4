"""Audits by what is known beforehand: the baseline against itself, and known delays."""

from collections.abc import Container, Iterable, Iterator

from pyuibench.analysis.distributions import binomial_up_to
from pyuibench.analysis.estimates import LEVEL, Estimate, ratio_of_medians
from pyuibench.analysis.known_delays import COLUMNS, KNOWN_DELAYS, recovered
from pyuibench.audits.base import COMPARED, AuditSpec, Objection, by_name_and_block
from pyuibench.contract.known_delays import KINDS, LEAST_LIMIT_MS, LIMIT_SHARE, PAUSE_MS
from pyuibench.entries.catalog import AGAIN
from pyuibench.results.store import Run

TOO_UNLIKELY = 0.01


def known_delays_found(run: Run) -> Iterator[Objection]:
    """Object to an instrument that doesn't recover a delay that was put into the baseline's server."""
    found = recovered(run)
    for it in found:
        if not it.is_found:
            yield Objection(
                f"the {it.instrument} finds {it.estimate.value:.2f} ms [{it.estimate.low:.2f}, {it.estimate.high:.2f}] "
                f"of {it.truth.delay_ms:g} ms {KINDS[it.truth.kind]}"
            )
    plan = [cell for cell in run.meta.get("plan") or () if cell.get("experiment") == KNOWN_DELAYS]
    delays = {(cell["grid_cost_ms"], cell["grid_cost_kind"]) for cell in plan if cell["grid_cost_ms"] > PAUSE_MS}
    planned = len(delays) * len(COLUMNS.keys() & set(run.meta.get("instruments") or ()))
    if len(found) < planned:
        yield Objection(f"only {len(found)} of {planned} known delays have samples")


def same_app_same_times(run: Run) -> Iterator[Objection]:
    """Object when too few of the 95 % intervals of an app's ratio to itself hold 1."""
    ratios = twin_ratios(run)
    held = sum(low <= 1 <= high for low, high in _intervals(ratios.values()))
    counted = len(_intervals(ratios.values()))
    if counted and binomial_up_to(held, counted, LEVEL) < TOO_UNLIKELY:
        yield Objection(f"only {held} of {counted} intervals of an app's ratio to itself hold 1")


def twin_ratios(run: Run, blocks: Container[int] | None = None) -> dict[str, Estimate]:
    """Return what is compared with its like -> the ratio of the baseline's second name to its first, in the browser.

    Page loads are among it, since they are compared too. With `blocks` only these are looked at, as if they were all of the run.
    """
    rows = run.near
    right = rows[rows["ok"].astype(bool) & ~rows["warmup"].astype(bool) & rows["scenario"].isin(COMPARED)]
    samples = by_name_and_block(right[(right["instrument"] == "browser") & (right["sessions"] <= 1)])
    ratios = {}
    for name, entry in (run.meta.get("entries") or {}).items():
        variants = list(entry.get("variants") or ())
        if AGAIN not in variants:
            continue
        first, again = f"{name}/{variants[0]}/", f"{name}/{AGAIN}/"
        for key, its in samples.items():
            wanted = {block: values for block, values in its.items() if blocks is None or block in blocks}
            like = samples.get(first + key.removeprefix(again), {}) if key.startswith(again) else {}
            if wanted.keys() & like.keys():
                ratios[key.removeprefix(again)] = ratio_of_medians(wanted, like)
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
