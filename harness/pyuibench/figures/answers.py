"""The questions that readers come with, each answered from a run in a few sentences that say how sure they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pyuibench.analysis.known_delays import recovered
from pyuibench.analysis.ranks import beyond_noise, paired_difference
from pyuibench.contract.known_delays import KINDS
from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.figures import problems
from pyuibench.figures.base import Figure, Missing
from pyuibench.figures.format import interval, number, quantity, share
from pyuibench.figures.latency import latency_rows, ranked
from pyuibench.figures.load import held_table
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.scaling import TaxRow, block_slopes_of, computed_again, tax_rows
from pyuibench.figures.view import Report

PARTIAL = ("unrelated", "local")
"""Scenarios in which a part of the page changes, the rest of it staying as it is."""
RERUN, CALLBACK = "rerun", "callback"
"""The execution models that the suite's question is about."""
REAL = "Is that difference real?"


@dataclass(frozen=True)
class Answer:
    """A question, the sentences that answer it, the run that they are from, and the section that has the figures."""

    question: str
    sentences: tuple[str, ...]
    run: str
    section: str


def answers(reports: Iterable[Report]) -> tuple[Answer, ...]:
    """Return every question that one of the runs answers, by the first that does."""
    known = tuple(reports)
    return tuple(
        answer
        for ask in (_tax, _is_it_real, _quickest, _per_gib)
        if (answer := next((it for report in known if (it := ask(report))), None)) is not None
    )


def _quickest(report: Report) -> Answer | None:
    rounds = [case for case in report.headline_cases if case.scenario in PARTIAL]
    sentences = tuple(sentence for case in rounds if (sentence := _first_in(report, case)))
    return _answer(report, "Which framework has the lowest latency for a partial update?", sentences, "Latency")


def _first_in(report: Report, case: Case) -> str:
    """Return who is first in a case, and who may be as well; empty where nobody but the baseline was measured."""
    rows = {row.variant.id: row for rows in latency_rows(report) if rows[0].case == case for row in rows}
    found = [
        (rows[place.name].variant, figure, place.best)
        for place in ranked(report, case)
        if isinstance(figure := rows[place.name].dom, Figure)
    ]
    if not found:
        return ""
    lead, figure, _ = min(found, key=lambda it: it[1].estimate.value)
    ratio = rows[lead.id].ratio
    times = f", {_told(ratio)} the baseline's" if isinstance(ratio, Figure) else ""
    others = [_name(variant) for variant, _, best in found if best == 1 and variant != lead]
    as_well = f"may be first too: {', '.join(others)}" if others else "no other may be first"
    return f"{case.label} ({SCENARIOS[case.scenario].why}): {_name(lead)}, {_told(figure)}{times}; of {len(found)}, {as_well}."


def _tax(report: Report) -> Answer | None:
    rows = _with_work(report)
    shares = computed_again(report)
    if not rows or not shares:
        return None
    models = list(dict.fromkeys(row.variant.model for row in rows))
    by_model = "; ".join(f"{model} {_slopes([row for row in rows if row.variant.model == model])}" for model in models)
    return _answer(
        report,
        f"What does a {RERUN} cost against a {CALLBACK}?",
        (
            "Of the parts of a page that a change leaves untouched, this share is computed again: "
            f"{'; '.join(f'{model} {share(its)}' for model, its in shares.items())}.",
            f"An untouched part whose code takes {rows[0].cost_ms:g} ms {KINDS[rows[0].cost_kind]} makes the change so many ms "
            f"longer: {by_model}.",
            *(sentence for row in rows if row.variant.model == RERUN and (sentence := _whose(row))),
        ),
        "The rerun tax",
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


def _is_it_real(report: Report) -> Answer | None:
    rows = _with_work(report)
    slopes = {row.variant: block_slopes_of(report, row.variant, row.cost_ms, row.cost_kind) for row in rows}
    sentences = [
        _apart(variant, {it: slopes[it] for it in slopes if it.model == CALLBACK}, own, report.level)
        for variant, own in slopes.items()
        if variant.model == RERUN
    ]
    if not any(sentences):
        return None
    return _answer(report, REAL, (*filter(None, sentences), *_noise(report)), "The rerun tax")


def _apart(
    variant: VariantInfo, others: Mapping[VariantInfo, dict[int, float]], own: dict[int, float], level: float
) -> str:
    """Return from how many others a variant's slope differs beyond noise, and by how much at least; empty for no other."""
    found = {it: paired_difference(own, theirs, level) for it, theirs in others.items() if own.keys() & theirs.keys()}
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


def _noise(report: Report) -> Iterator[str]:
    """Yield what the run says of its own noise: the baseline against itself, and the least delays that were put in by hand."""
    if noise := problems.noise(report):
        yield (
            f"The baseline under two names: its ratio to itself is known to ±{100 * noise.median_half_width:.0f} %, and "
            f"{noise.held} of {noise.counted} of these intervals hold 1 ({100 * report.level:.0f} % should)."
        )
    found = [it for it in recovered(report.run) if it.instrument == "browser"]
    least_ms = min((it.truth.delay_ms for it in found), default=0.0)
    least = [it for it in found if it.truth.delay_ms == least_ms]
    if least:
        told = (f"{KINDS[it.truth.kind]} as {_told(Figure(it.estimate, 'ms'))}" for it in least)
        yield f"A delay of {least_ms:g} ms that was put into the baseline's server was found: {', '.join(told)}."


def _per_gib(report: Report) -> Answer | None:
    table = held_table(report)
    labels = [column.label for column in table.columns]
    by_id = {variant.id: variant for variant in report.variants}
    held = [
        (by_id[row.variant], figure, row.cells[labels.index("sessions held")])
        for row in table.rows
        if isinstance(figure := row.cells[labels.index("sessions per GiB")], Figure)
    ]
    held.sort(key=lambda it: it[1].estimate.value, reverse=True)
    told = [f"{_name(variant)} {_told(figure)}" for variant, figure, _ in held if not variant.is_baseline]
    busy = [f"{_name(variant)} {levels}" for variant, _, levels in held if not variant.is_baseline]
    sentences = (
        f"Sessions per GiB, beyond what the server itself takes: {'; '.join(told)}.",
        f"One core answers so many of them in time when each acts once a second: {'; '.join(busy)}.",
    )
    return _answer(report, "How many users does a GiB hold?", sentences if told else (), "Many sessions")


def _with_work(report: Report) -> tuple[TaxRow, ...]:
    """Return the slopes at a cell's lowest cost, on the CPU if there was one: of frameworks that are used as they are meant."""
    rows = [
        row
        for row in tax_rows(report)
        if row.cost_ms
        and isinstance(row.browser, Figure)
        and not row.variant.is_baseline
        and row.variant.role != "contrast"
    ]
    shown = min(((row.cost_kind != "cpu", row.cost_ms, row.cost_kind) for row in rows), default=None)
    return tuple(row for row in rows if shown and (row.cost_ms, row.cost_kind) == shown[1:])


def _answer(report: Report, question: str, sentences: Sequence[str], section: str) -> Answer | None:
    run = str(report.run.meta.get("run_id", report.run.directory.name))
    return Answer(question, tuple(sentences), run, section) if sentences else None


def _told(figure: Figure) -> str:
    return f"{quantity(figure.estimate.value, figure.unit)} {interval(figure.estimate, figure.unit)}"


def _name(variant: VariantInfo) -> str:
    return variant.title if variant.role == "idiomatic" else f"{variant.title} {variant.name}"
