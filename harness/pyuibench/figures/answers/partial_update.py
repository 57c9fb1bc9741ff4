"""Who answers soonest when a part of the page changes."""

from collections.abc import Iterator

from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.figures import latency
from pyuibench.figures.answers.base import TUNED, Question, apps, in_full, listed, named
from pyuibench.figures.base import Figure
from pyuibench.figures.ends import End, headline_ends
from pyuibench.figures.format import estimated, value
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.view import RunView

PARTIAL = ("unrelated", "local")
"""Scenarios in which a part of the page changes, the rest of it staying as it is."""


def _sentences(view: RunView) -> Iterator[str]:
    for case in view.headline_cases:
        if case.scenario in PARTIAL:
            yield from _first_in(view, case)


def _first_in(view: RunView, case: Case) -> Iterator[str]:
    """Yield who is first in a case and who isn't significantly slower; nothing where nobody, or one alone, was measured so."""
    variants = {variant.id: variant for variant in apps(view)}
    end, *beside = headline_ends(view)
    found = [
        (variants[place.name], figure, place.best)
        for place in latency.ranked(view, case, variants.values())
        if isinstance(figure := latency.latency(view, variants[place.name], case, end), Figure)
    ]
    if not found or (case.way and len(found) == 1):
        return
    lead, figure, _ = min(found, key=lambda it: it[1].estimate.value)
    times = [f"{estimated(figure)} until {end.label}{_ratio(view, lead, case, end)}"]
    for other in beside:
        if isinstance(too := latency.latency(view, lead, case, other), Figure):
            times.append(f"{value(too)} until {other.label}")
    yield f"{case.label} ({SCENARIOS[case.scenario].why}): {in_full(lead)} is fastest, {listed(times)}."
    others = [named(variant) for variant, _, best in found if best == 1 and variant != lead]
    yield f"Not significantly slower, of {len(found)}: {listed(others) or 'none'}.{_tuned(view, case, end, figure)}"


def _ratio(view: RunView, variant: VariantInfo, case: Case, end: End) -> str:
    """Return how many times the baseline's a latency is, in brackets, where that is known."""
    ratio = latency.latency_ratio(view, variant, case, end)
    return f" ({estimated(ratio)} the baseline's)" if isinstance(ratio, Figure) else ""


def _tuned(view: RunView, case: Case, end: End, than: Figure) -> str:
    """Return the lowest latency of a tuned app as a sentence, after a space; empty where none is lower."""
    tuned = (variant for variant in view.variants if variant.role in TUNED)
    found = ((variant, latency.latency(view, variant, case, end)) for variant in tuned)
    known = [(variant, figure) for variant, figure in found if isinstance(figure, Figure)]
    variant, lowest = min(known, key=lambda it: it[1].estimate.value, default=(None, than))
    if variant is None or lowest.estimate.value >= than.estimate.value:
        return ""
    return f" Of the tuned apps {named(variant)} is fastest, {estimated(lowest)}."


QUICKEST = Question("quickest", "Which framework updates a part of the page soonest?", latency.SECTION.id, _sentences)
