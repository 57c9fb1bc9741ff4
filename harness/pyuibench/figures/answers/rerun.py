"""What a rerun costs against a callback, and whether the difference is significant."""

from collections.abc import Iterator, Mapping, Sequence

from pyuibench.analysis.moderation import Spread
from pyuibench.analysis.ranks import beyond_noise, paired_difference
from pyuibench.contract.known_delays import KINDS
from pyuibench.figures import problems, scaling
from pyuibench.figures.answers.base import Question, apps, listed, named
from pyuibench.figures.base import Figure
from pyuibench.figures.format import estimated, interval, quantity, share_range
from pyuibench.figures.known_delays import recovered_delays
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.scaling import TaxRow, block_slopes_of, computed_again, spreads_of_slopes, tax_rows
from pyuibench.figures.view import RunView

RERUN, CALLBACK = "rerun", "callback"
"""The execution models that the suite's question is about."""


def _tax(view: RunView) -> Iterator[str]:
    rows = [(row, row.browser) for row in _with_work(view) if isinstance(row.browser, Figure)]
    shares = computed_again(view)
    if not rows or not shares:
        return
    by_share: dict[str, list[str]] = {}
    for model, pool in shares.items():
        by_share.setdefault(share_range(pool), []).append(model)
    told = "; ".join(f"{listed(models)}: {percent}" for percent, models in by_share.items())
    yield f"When one part of a page changes, how much of the rest is recomputed? {told}."
    reruns = [(row, slope) for row, slope in rows if row.variant.model == RERUN]
    for row, slope in reruns:
        yield f"In {named(row.variant)} each untouched part, with {_work(row)}, adds {_slope(slope)} to a change."
        yield from _whose(row)
    others = sorted(
        ((row, slope) for row, slope in rows if row.variant.model != RERUN), key=lambda it: it[1].estimate.value
    )
    if others:
        (lowest, least), (highest, most) = others[0], others[-1]
        ends = [f"{quantity(least.estimate.value, 'ms')} ({named(lowest.variant)})"]
        if len(others) > 1:
            ends.append(f"{quantity(most.estimate.value, 'ms')} ({named(highest.variant)})")
        which = "The other frameworks add" if reruns else f"Each untouched part, with {_work(lowest)}, adds"
        yield f"{which} {' to '.join(ends)}."


def _slope(figure: Figure) -> str:
    """Return milliseconds for each part with their interval."""
    return f"{quantity(figure.estimate.value, 'ms')} {interval(figure.estimate, 'ms')}"


def _work(row: TaxRow) -> str:
    return f"{row.cost_ms:g} ms of code {KINDS[row.cost_kind]}"


def _whose(row: TaxRow) -> Iterator[str]:
    """Yield whose doing a variant's slope is, where that is known."""
    if isinstance(row.user_code, Figure) and isinstance(row.own, Figure):
        yield (
            f"Of that {quantity(row.user_code.estimate.value, 'ms')} is the app's own code, run again, and "
            f"{quantity(row.own.estimate.value, 'ms')} is framework overhead."
        )


def _is_it_real(view: RunView) -> Iterator[str]:
    rows = _with_work(view)
    slopes = {row.variant: block_slopes_of(view, row.variant, row.cost_ms, row.cost_kind) for row in rows}
    spreads = spreads_of_slopes(view, rows[0].cost_ms, rows[0].cost_kind) if rows else {}
    callbacks = {it: slopes[it] for it in slopes if it.model == CALLBACK}
    told = [
        sentence
        for variant, own in slopes.items()
        if variant.model == RERUN
        for sentence in _apart(variant, callbacks, own, spreads, view.level)
    ]
    yield from told
    if told:
        yield from noise(view)
        yield from _known_delays(view)


def _apart(
    variant: VariantInfo,
    others: Mapping[VariantInfo, dict[int, float]],
    own: dict[int, float],
    spreads: Mapping[str, Spread],
    level: float,
) -> Iterator[str]:
    """Yield from how many others a variant's slope differs significantly, and by how much at least; nothing for no other."""

    def spread(other: VariantInfo) -> Spread | None:
        both = [spreads[it.id] for it in (variant, other) if it.id in spreads]
        return both[0] + both[1] if len(both) > 1 else None

    found = {
        it: paired_difference(own, theirs, level, spread(it))
        for it, theirs in others.items()
        if own.keys() & theirs.keys()
    }
    if not found:
        return
    real = beyond_noise({it: p for it, (_, p) in found.items()}, level)
    larger = [it for it in real if found[it][0].value > 0]
    together = f"{CALLBACK} frameworks (all compared together, {100 * level:.0f} %)"
    if larger:
        verdict = "Yes" if len(larger) == len(found) else "Not against every one"
        more = f"{len(larger)} of {len(found)} {together}"
        yield f"{verdict}: for each untouched part {named(variant)} adds significantly more than {more}."
    else:
        more = f"any of {len(found)} {together}"
        yield f"Not shown by this run: for each untouched part {named(variant)} doesn't add significantly more than {more}."
    nearest, (least, _) = min(found.items(), key=lambda it: it[1][0].value)
    difference = estimated(Figure(least, "ms"))
    yield f"The smallest difference is {difference}, to {named(nearest)} (paired within {least.boots} blocks)."


def noise(view: RunView) -> Iterator[str]:
    """Yield what the run's A/A test says: the baseline against itself."""
    if found := problems.noise(view):
        yield (
            f"Noise (A/A test): two copies of the baseline agree to within ±{100 * found.median_half_width:.0f} %; "
            f"{found.held} of {found.counted} confidence intervals include 1, {view.level * found.counted:.0f} expected."
        )


def _known_delays(view: RunView) -> Iterator[str]:
    """Yield how the shortest delays were measured that were put in by hand."""
    found = [it for it in recovered_delays(view) if it.instrument == "browser"]
    least_ms = min((it.truth.delay_ms for it in found), default=0.0)
    least = [it for it in found if it.truth.delay_ms == least_ms]
    if least:
        told = [f"{estimated(Figure(it.estimate, 'ms'))} ({KINDS[it.truth.kind]})" for it in least]
        yield f"A delay of {least_ms:g} ms put into the baseline's server was measured as {listed(told)}."


def _with_work(view: RunView) -> Sequence[TaxRow]:
    """Return the slopes at a cell's lowest cost, on the CPU if there was one: of each framework as it is meant to be used."""
    meant = {variant for variant in apps(view) if variant.is_as_meant}
    rows = [row for row in tax_rows(view) if row.cost_ms and isinstance(row.browser, Figure) and row.variant in meant]
    shown = min(((row.cost_kind != "cpu", row.cost_ms, row.cost_kind) for row in rows), default=None)
    return [row for row in rows if shown and (row.cost_ms, row.cost_kind) == shown[1:]]


TAX = Question("tax", f"What does a {RERUN} cost against a {CALLBACK}?", scaling.SECTION.id, _tax)
REAL = Question("real", "Is that difference significant?", scaling.SECTION.id, _is_it_real)
