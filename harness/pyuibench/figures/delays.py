"""What to know when reading figures: what frameworks wait by design, and what entries say of themselves."""

from functools import partial

from pyuibench.contract.scenarios import CONTROLS, SCENARIOS
from pyuibench.figures.base import FigureSpec, Missing, Problem, Result, Section, TableSpec
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView

SECTION = Section("delays", "Debounce and throttle", 160)
SECTIONS = (SECTION,)


def _delay(view: RunView, variant: VariantInfo, control: str) -> Result:
    if variant.is_baseline:
        return Missing("the baseline waits for nothing")
    return variant.delays.get(control, Missing("not stated"))


def _has_frameworks(view: RunView) -> bool:
    return any(not variant.is_baseline for variant in view.variants)


FIGURES = tuple(
    FigureSpec(
        f"delays.{control}",
        SECTION.id,
        control,
        "",
        partial(_delay, control=control),
        better="neither",
        is_in=_has_frameworks,
    )
    for control in (*CONTROLS, *SCENARIOS["grid"].controls)
)
TABLES = (
    TableSpec(
        "delays.all",
        SECTION.id,
        "Debounce and throttle",
        tuple(figure.id for figure in FIGURES),
        "What a framework waits by itself before it sends a control's value. It is part of every latency above.",
        rows="frameworks",
        with_intervals=False,
    ),
)


def remarks(view: RunView) -> tuple[Problem, ...]:
    """Return what the entries say of themselves: caveats, and what they can't do."""
    said = [
        (variant.id, where, text)
        for variant in view.variants
        for where, text in (
            *((scenario, reason) for scenario, reason in variant.caveats.items()),
            *((f"{scenario}: not applicable", reason) for scenario, reason in variant.not_applicable.items()),
        )
    ]
    return tuple(Problem(variant, where, text, 1) for variant, where, text in said)
