"""Waits by design: measured until the page sends, as entries state them, and what else entries say of themselves."""

from collections.abc import Iterator
from functools import partial

from pyuibench.contract.scenarios import CONTROLS, SCENARIOS
from pyuibench.entries.delay import Delay
from pyuibench.figures.base import (
    Figure,
    FigureFamily,
    FigureSpec,
    Missing,
    Problem,
    Result,
    Section,
    TableSpec,
)
from pyuibench.figures.latency import NOT_SEEN, app_cases, case_id
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.view import RunView, median_figure
from pyuibench.figures.waits import SENT, is_noted

SECTION = Section("delays", "Waits by design", 160)
SECTIONS = (SECTION,)


def _sent(view: RunView, variant: VariantInfo, case: Case) -> Figure | Missing:
    boots = view.boots(variant, case, "browser", SENT)
    has_answers = bool(view.boots(variant, case, "browser", "right_ms"))
    why = NOT_SEEN[SENT] if has_answers else partial(view.samples.reason, variant, case, "browser")
    return median_figure(view, boots, "ms", why)


def _is_in(view: RunView, case: Case) -> bool:
    return case in view.headline_cases and is_noted(view)


def _sent_spec(case: Case) -> FigureSpec:
    return FigureSpec(
        f"sent.{case_id(case)}",
        SECTION.id,
        f"{case.label}, sent",
        "ms",
        partial(_sent, case=case),
        "median from the gesture until the page first sends something",
        heading=case.label,
        is_in=partial(_is_in, case=case),
        options=f"--scenario {case.scenario} --instrument browser",
    )


def _on_the_scaling_page(view: RunView) -> tuple[FigureSpec, ...]:
    return tuple(_sent_spec(case) for case in view.headline_cases if case not in app_cases())


def _stated(view: RunView, variant: VariantInfo, control: str) -> Result:
    if variant.is_baseline:
        return Missing("the baseline waits for nothing")
    return variant.delays[control].in_words if control in variant.delays else Missing("not stated")


def _has_frameworks(view: RunView) -> bool:
    return any(not variant.is_baseline for variant in view.variants)


_SENT = tuple(_sent_spec(case) for case in app_cases() if SCENARIOS[case.scenario].in_rounds)
_STATED = tuple(
    FigureSpec(
        f"delays.{control}",
        SECTION.id,
        control,
        "",
        partial(_stated, control=control),
        better="neither",
        is_in=_has_frameworks,
    )
    for control in (*CONTROLS, *SCENARIOS["grid"].controls)
)
FIGURES = (*_SENT, FigureFamily("sent", SECTION.id, _on_the_scaling_page), *_STATED)
TABLES = (
    TableSpec(
        "delays.sent",
        SECTION.id,
        "Until the page sends",
        (*(figure.id for figure in _SENT), "sent"),
        "Median from the gesture until the page first sends something, in the browser: a debounce and a throttle are in it, and "
        "the page's own work. A page that sends of its own accord, as a ping, may seem early. It is part of every latency.",
        rows="with figures",
        in_summary=True,
    ),
    TableSpec(
        "delays.all",
        SECTION.id,
        "What entries state",
        tuple(figure.id for figure in _STATED),
        "What is waited by design when a control is operated, as each entry states it of its framework. It is part of every "
        "latency; the audit of waits holds it against what was measured.",
        rows="frameworks",
        with_intervals=False,
        in_summary=True,
    ),
)


def remarks(view: RunView) -> tuple[Problem, ...]:
    """Return what the entries say of themselves: caveats, what is waited by design, and what they can't do."""
    said = [(variant.id, where, text) for variant in view.variants for where, text in _said(variant)]
    return tuple(Problem(variant, where, text, 1) for variant, where, text in said)


def _said(variant: VariantInfo) -> Iterator[tuple[str, str]]:
    yield from variant.caveats.items()
    yield from ((f"{control}: waits", it.in_words) for control, it in _waiting(variant))
    yield from ((f"{scenario}: not applicable", reason) for scenario, reason in variant.not_applicable.items())
    yield from (
        (f"no variant {role}", reason) for role, reason in variant.without.items() if variant.role == "idiomatic"
    )


def _waiting(variant: VariantInfo) -> Iterator[tuple[str, Delay]]:
    yield from ((control, it) for control, it in variant.delays.items() if it.is_wait)
