"""The questions that readers come with, each answered from a run in a few sentences that say how sure they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from pyuibench.analysis.moderation import Spread
from pyuibench.analysis.ranks import beyond_noise, paired_difference
from pyuibench.contract.known_delays import KINDS
from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.contract.service_level import FOREIGN, NOT_OPENED, WRONG
from pyuibench.figures import break_even, chat, latency, load, problems, scaling
from pyuibench.figures.base import Figure, FigureSpec, Missing, Result
from pyuibench.figures.ends import End, headline_end, headline_ends
from pyuibench.figures.format import estimated, interval, number, share, value
from pyuibench.figures.known_delays import recovered_delays
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.scaling import TaxRow, block_slopes_of, computed_again, spreads_of_slopes, tax_rows
from pyuibench.figures.view import RunView

PARTIAL = ("unrelated", "local")
"""Scenarios in which a part of the page changes, the rest of it staying as it is."""
IDIOMATIC = "idiomatic"
TUNED = ("tuned", "tuned-shared")
RERUN, CALLBACK = "rerun", "callback"
"""The execution models that the suite's question is about."""
TAX, REAL, QUICKEST, PER_GIB, PLACE, CHATS = "tax", "real", "quickest", "per-gib", "place", "chats"
"""The ids of the questions."""
BROKEN = {
    NOT_OPENED: "sessions don't open",
    WRONG: "answers are wrong or missing",
    FOREIGN: "answers are another session's",
}
"""How a level of a load is missed other than by slow answers, in words."""


@dataclass(frozen=True)
class Answer:
    """A question, the sentences that answer it, the run that they are from, and the id of the section that has the figures."""

    id: str
    question: str
    sentences: tuple[str, ...]
    run: str
    section: str


def answers(views: Iterable[RunView]) -> tuple[Answer, ...]:
    """Return every question that one of the runs answers, by the first that does."""
    known = tuple(views)
    return tuple(
        answer
        for ask in (_tax, _is_it_real, _quickest, _per_gib, _server_or_browser, _chats)
        if (answer := next((it for view in known if (it := ask(view))), None)) is not None
    )


def _quickest(view: RunView) -> Answer | None:
    rounds = [case for case in view.headline_cases if case.scenario in PARTIAL]
    sentences = tuple(sentence for case in rounds if (sentence := _first_in(view, case)))
    question = "Which framework has the lowest latency for a partial update?"
    return _answer(view, QUICKEST, question, sentences, latency.SECTION.id)


def _first_in(view: RunView, case: Case) -> str:
    """Return who is first in a case, and who may be as well; empty where nobody, or one alone, was measured so."""
    variants = {variant.id: variant for variant in _apps(view)}
    end, *beside = headline_ends(view)
    found = [
        (variants[place.name], figure, place.best)
        for place in latency.ranked(view, case, variants.values())
        if isinstance(figure := latency.latency(view, variants[place.name], case, end), Figure)
    ]
    if not found or (case.way and len(found) == 1):
        return ""
    lead, figure, _ = min(found, key=lambda it: it[1].estimate.value)
    times = _times(view, lead, case, end, figure)
    for other in beside:
        if isinstance(too := latency.latency(view, lead, case, other), Figure):
            times = f"{end.label} {times}; {other.label} {_times(view, lead, case, other, too)}"
    tuned = _lower_tuned(view, case, end, figure)
    others = [_name(variant) for variant, _, best in found if best == 1 and variant != lead]
    as_well = f"may be first too: {', '.join(others)}" if others else "no other may be first"
    what = f"{case.label} ({SCENARIOS[case.scenario].why})"
    return f"{what}: {_in_full(lead)}, {times}; of {len(found)}, {as_well}.{tuned}"


def _lower_tuned(view: RunView, case: Case, end: End, than: Figure) -> str:
    """Return the lowest latency of a tuned app as a sentence, after a space; empty where none is lower."""
    tuned = (variant for variant in view.variants if variant.role in TUNED)
    found = ((variant, latency.latency(view, variant, case, end)) for variant in tuned)
    known = [(variant, figure) for variant, figure in found if isinstance(figure, Figure)]
    variant, lowest = min(known, key=lambda it: it[1].estimate.value, default=(None, than))
    if variant is None or lowest.estimate.value >= than.estimate.value:
        return ""
    return f" Tuned by documented means, the lowest is {_name(variant)}, {_times(view, variant, case, end, lowest)}."


def _apps(view: RunView) -> tuple[VariantInfo, ...]:
    """Return each framework's idiomatic app; of one that was measured without it, those that hold places."""
    idiomatic = {variant.entry for variant in view.variants if variant.role == IDIOMATIC}
    return tuple(it for it in view.variants if it.is_ranked and (it.role == IDIOMATIC or it.entry not in idiomatic))


def _times(view: RunView, variant: VariantInfo, case: Case, end: End, figure: Figure) -> str:
    """Return a latency, and how many times the baseline's it is where that is known."""
    ratio = latency.latency_ratio(view, variant, case, end)
    best = latency.reference(view, case, end)
    over = f" ({best.name})" if best and len(view.baselines) > 1 else ""
    times = f", {estimated(ratio)} the baseline's{over}" if isinstance(ratio, Figure) else ""
    return f"{estimated(figure)}{times}"


def _tax(view: RunView) -> Answer | None:
    rows = _with_work(view)
    shares = computed_again(view)
    if not rows or not shares:
        return None
    models = list(dict.fromkeys(row.variant.model for row in rows))
    by_model = "; ".join(f"{model} {_slopes([row for row in rows if row.variant.model == model])}" for model in models)
    return _answer(
        view,
        TAX,
        f"What does a {RERUN} cost against a {CALLBACK}?",
        (
            "Of the parts of a page that a change leaves untouched, this share is computed again: "
            f"{'; '.join(f'{model} {share(its)}' for model, its in shares.items())}.",
            f"Each untouched part whose code takes {rows[0].cost_ms:g} ms {KINDS[rows[0].cost_kind]} adds to the change, in ms: "
            f"{by_model}.",
            *(sentence for row in rows if row.variant.model == RERUN and (sentence := _whose(row))),
        ),
        scaling.SECTION.id,
    )


def _slopes(rows: Sequence[TaxRow]) -> str:
    """Return a model's ms per untouched cell: of its only variant, with the interval, or of the lowest and the highest."""
    known = [(row.variant, row.browser) for row in rows if isinstance(row.browser, Figure)]
    known.sort(key=lambda it: it[1].estimate.value)
    ends = dict.fromkeys((known[0], known[-1]))
    return " to ".join(f"{_slope(figure)} ({_name(variant)})" for variant, figure in ends)


def _whose(row: TaxRow) -> str:
    """Return whose doing a variant's slope is, and how straight the line is; empty if that isn't known."""
    if isinstance(row.user_code, Missing) or isinstance(row.own, Missing):
        return ""
    return (
        f"Of that of {_name(row.variant)}, {_slope(row.user_code)} are the page's own code, run again, and {_slope(row.own)} "
        f"the framework's doing{_bend(row)}."
    )


def _bend(row: TaxRow) -> str:
    """Return the slopes between neighbouring sizes of the page, of whose medians the variant's slope is the best line."""
    steps = [
        f"{number((more.value - less.value) / (cells - fewer))} between {fewer} and {cells} parts"
        for (fewer, less), (cells, more) in pairwise(row.points)
    ]
    return f"; it is the slope of a line through pages of several sizes: {', '.join(steps)}" if len(steps) > 1 else ""


def _slope(figure: Figure) -> str:
    return f"{number(figure.estimate.value)} {interval(figure.estimate, 'ms')}"


def _is_it_real(view: RunView) -> Answer | None:
    rows = _with_work(view)
    slopes = {row.variant: block_slopes_of(view, row.variant, row.cost_ms, row.cost_kind) for row in rows}
    spreads = spreads_of_slopes(view, rows[0].cost_ms, rows[0].cost_kind) if rows else {}
    sentences = [
        _apart(variant, {it: slopes[it] for it in slopes if it.model == CALLBACK}, own, spreads, view.level)
        for variant, own in slopes.items()
        if variant.model == RERUN
    ]
    if not any(sentences):
        return None
    return _answer(
        view, REAL, "Is that difference real?", (*filter(None, sentences), *_noise(view)), scaling.SECTION.id
    )


def _apart(
    variant: VariantInfo,
    others: Mapping[VariantInfo, dict[int, float]],
    own: dict[int, float],
    spreads: Mapping[str, Spread],
    level: float,
) -> str:
    """Return from how many others a variant's slope differs beyond noise, and by how much at least; empty for no other."""

    def spread(other: VariantInfo) -> Spread | None:
        both = [spreads[it.id] for it in (variant, other) if it.id in spreads]
        return both[0] + both[1] if len(both) > 1 else None

    found = {
        it: paired_difference(own, theirs, level, spread(it))
        for it, theirs in others.items()
        if own.keys() & theirs.keys()
    }
    if not found:
        return ""
    real = beyond_noise({it: p for it, (_, p) in found.items()}, level)
    larger = [it for it in real if found[it][0].value > 0]
    nearest, (least, _) = min(found.items(), key=lambda it: it[1][0].value)
    verdict = (
        "Yes" if len(larger) == len(found) else "Not against every framework" if larger else "Not shown by this run"
    )
    return (
        f"{verdict}: what {_name(variant)} adds for each untouched part is more than a {CALLBACK} framework adds, beyond noise, "
        f"in {len(larger)} of {len(found)} comparisons (paired within {least.boots} blocks, all at once with {100 * level:.0f} "
        f"%). The least difference is {number(least.value)} ms {interval(least, 'ms')}, to {_name(nearest)}."
    )


def _noise(view: RunView) -> Iterator[str]:
    """Yield what the run says of its own noise: the baseline against itself, and the least delays that were put in by hand."""
    if noise := problems.noise(view):
        yield (
            f"The baseline under two names: its ratio to itself is known to ±{100 * noise.median_half_width:.0f} %, and "
            f"{noise.held} of {noise.counted} of these intervals include 1 ({100 * view.level:.0f} % should)."
        )
    found = [it for it in recovered_delays(view) if it.instrument == "browser"]
    least_ms = min((it.truth.delay_ms for it in found), default=0.0)
    least = [it for it in found if it.truth.delay_ms == least_ms]
    if least:
        told = (f"{KINDS[it.truth.kind]} as {estimated(Figure(it.estimate, 'ms'))}" for it in least)
        yield f"A delay of {least_ms:g} ms that was put into the baseline's server was found: {', '.join(told)}."


def _per_gib(view: RunView) -> Answer | None:
    held = [
        (variant, figure)
        for variant in view.variants
        if isinstance(figure := view.result(load.PER_GIB, variant), Figure) and not variant.is_baseline
    ]
    held.sort(key=lambda it: it[1].estimate.value, reverse=True)
    told = [f"{_name(variant)} {estimated(figure)}" for variant, figure in held]
    busy = [
        f"{_name(variant)} {estimated(figure)}{_broken(view, variant)}"
        for variant in view.variants
        if isinstance(figure := view.result(load.HELD, variant), Figure) and not variant.is_baseline
    ]
    sentences = (
        f"Sessions per GiB, beyond what the server itself takes, where they take any beyond doubt: {'; '.join(told)}.",
        f"Sessions that one core serves within the service level, at one action per second each: {'; '.join(busy)}.",
    )
    return _answer(view, PER_GIB, "How many users does a GiB hold?", sentences if told else (), load.SECTION.id)


def _server_or_browser(view: RunView) -> Answer | None:
    told = tuple(_in_both_places(view, it) for it in break_even.distances(view, break_even.ACTION))
    first = (
        f"The same app, with its Python in the page or on a server; times are until all is {headline_end(view).label}."
    )
    return _answer(view, PLACE, "Server or browser?", (first, *told) if told else (), break_even.SECTION.id)


def _in_both_places(view: RunView, it: break_even.Distances) -> str:
    """Return what opening and a filter take in both places, and from which distance on the browser is sooner."""
    opens, acts = (
        " and ".join(
            _brief(latency.latency(view, variant, case, headline_end(view))) for variant in (it.variant, it.server)
        )
        for case in (break_even.LOAD, break_even.ACTION)
    )
    return (
        f"{it.server.title} opens cold in {opens}, and a filter's change takes {acts}, in the browser and on the server; "
        f"{_sooner(view.result(break_even.of_case(break_even.ACTION), it.variant))}."
    )


def _brief(found: Result) -> str:
    return value(found) if isinstance(found, Figure) else "a time that isn't known"


def _sooner(found: Result) -> str:
    if not isinstance(found, Figure):
        return (
            f"from which round trip on the browser is sooner: {found.reason if isinstance(found, Missing) else found}"
        )
    it = found.estimate
    if not it.value:
        return "for a filter the browser is sooner at any distance"
    if it.low is not None and it.low <= 0:
        return f"from which round trip on the browser is sooner for a filter isn't decided, {estimated(found)}"
    return f"for a filter the browser is sooner from round trips of {estimated(found)} on"


def _chats(view: RunView) -> Answer | None:
    """Answer for the slowest pace that a run has, which is that of a person who reads along."""
    setting = min(chat.settings(view), key=lambda it: it.pace, default=None)
    if setting is None:
        return None
    apps = [variant for variant in _apps(view) if not variant.is_baseline]
    held = _in_order(view, chat.held_spec(setting), apps, reverse=True)
    first = _in_order(view, chat.first_token_spec(setting), apps)
    many = f"{setting.together} chats"
    told = [
        f"So many keep their pace of {setting.pace:g} tokens a second each: "
        f"{'; '.join(f'{_name(variant)} {_at_least(figure)}' for variant, figure in held)}."
    ]
    if first:
        told.append(
            f"With {many} the first token is shown, in 19 of 20 answers, within: "
            f"{'; '.join(f'{_name(variant)} {value(figure)}' for variant, figure in first)}."
        )
    question = f"Which framework keeps {many} flowing on a core?"
    return _answer(view, CHATS, question, told if held else (), chat.SECTION.id)


def _in_order(
    view: RunView, spec: FigureSpec, variants: Iterable[VariantInfo], reverse: bool = False
) -> list[tuple[VariantInfo, Figure]]:
    """Return the variants that have a figure, with it, from the lowest on or from the highest."""
    found = [(it, figure) for it in variants if isinstance(figure := view.result(spec, it), Figure)]
    return sorted(found, key=lambda pair: pair[1].estimate.value, reverse=reverse)


def _at_least(figure: Figure) -> str:
    """Return how many are held, or that it is as many or more where the most that were tried were."""
    return f"{value(figure)} or more" if figure.estimate.high == inf else estimated(figure)


def _with_work(view: RunView) -> tuple[TaxRow, ...]:
    """Return the slopes at a cell's lowest cost, on the CPU if there was one: of each framework as it is meant to be used."""
    apps = {variant for variant in _apps(view) if variant.is_as_meant}
    rows = [row for row in tax_rows(view) if row.cost_ms and isinstance(row.browser, Figure) and row.variant in apps]
    shown = min(((row.cost_kind != "cpu", row.cost_ms, row.cost_kind) for row in rows), default=None)
    return tuple(row for row in rows if shown and (row.cost_ms, row.cost_kind) == shown[1:])


def _broken(view: RunView, variant: VariantInfo) -> str:
    """Return in brackets what breaks where more sessions aren't merely served too slowly."""
    how = load.broken_at(view, variant)
    told = [words for outcome, words in BROKEN.items() if outcome in how]
    return f" (beyond that {' and '.join(told)})" if told else ""


def _answer(view: RunView, id: str, question: str, sentences: Sequence[str], section: str) -> Answer | None:
    return Answer(id, question, tuple(sentences), view.name, section) if sentences else None


def _in_full(variant: VariantInfo) -> str:
    """Return a variant's name with what a reader has to know of its framework, where the run says that."""
    if not (variant.released or variant.widgets):
        return _name(variant)
    return variant.framework if variant.role == "idiomatic" else f"{variant.framework} {variant.name}"


def _name(variant: VariantInfo) -> str:
    return variant.title if variant.role == "idiomatic" else f"{variant.title} {variant.name}"
