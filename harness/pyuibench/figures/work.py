"""Work amplification: how much of the user's own code one interaction makes the server run."""

from dataclasses import replace
from functools import partial

from pyuibench.contract.scenarios import COMPUTED_BY, SCENARIOS, TASKS
from pyuibench.figures.base import Figure, FigureFamily, FigureSpec, Missing, Section, TableSpec
from pyuibench.figures.latency import app_cases, case_id
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.view import RunView, either_figure

SECTION = Section(
    "work",
    "Work amplification",
    70,
    "How much of the user's own code one gesture makes the server run, as the workload's ledger recorded it.",
)
SECTIONS = (SECTION,)
# What is made of the orders that the filters select, which have to be selected first.
OF_SELECTED_ORDERS = {"kpis", "revenue_figure", "table_caption", "top_orders"}


def needed_calls(case: Case) -> int:
    """Return how many workload functions have to run for an interaction: each that an output to be changed depends on."""
    changes = SCENARIOS[case.scenario].changes
    outputs = changes.get(case.control) or changes.get("") or ()
    functions = {COMPUTED_BY[output] for output in outputs}
    return len(functions) + bool(functions & OF_SELECTED_ORDERS)


def _amplified(view: RunView, variant: VariantInfo, case: Case) -> Figure | Missing:
    calls = either_figure(view, variant, case, "user_code_calls", "ratio")
    if isinstance(calls, Missing):
        return calls
    needed = needed_calls(case)
    low, high = (None if end is None else end / needed for end in (calls.estimate.low, calls.estimate.high))
    return replace(calls, estimate=replace(calls.estimate, value=calls.estimate.value / needed, low=low, high=high))


def _calls(view: RunView, variant: VariantInfo, case: Case) -> Figure | Missing:
    return either_figure(view, variant, case, "user_code_calls", "count")


def _time(view: RunView, variant: VariantInfo, case: Case) -> Figure | Missing:
    return either_figure(view, variant, case, "user_code_ms", "ms")


def _of_case(kind: str, case: Case) -> FigureSpec:
    unit, estimate = _KINDS[kind]
    return FigureSpec(
        f"work.{kind}.{case_id(case)}",
        SECTION.id,
        case.label,
        unit,
        partial(estimate, case=case),
        f"needed: {needed_calls(case)}" if kind == "amplification" else "",
        has_ratio=kind != "amplification",
        is_in=lambda view: case in view.headline_cases,
        is_listed=False,
    )


def _on_the_scaling_page(view: RunView, kind: str) -> tuple[FigureSpec, ...]:
    return tuple(
        _of_case(kind, case) for case in view.headline_cases if case.page == "grid" and case.scenario in SCENARIOS
    )


_KINDS = {"amplification": ("ratio", _amplified), "calls": ("count", _calls), "time": ("ms", _time)}
_CASES = tuple(case for case in app_cases() if case.scenario not in TASKS)
FIGURES = tuple(
    figure
    for kind in _KINDS
    for figure in (
        *(_of_case(kind, case) for case in _CASES),
        FigureFamily(f"work.{kind}", SECTION.id, partial(_on_the_scaling_page, kind=kind)),
    )
)


def _columns(kind: str) -> tuple[str, ...]:
    return (*(f"work.{kind}.{case_id(case)}" for case in _CASES), f"work.{kind}")


_FROM = "From the browser's interactions, the wire's where noted."
TABLES = (
    TableSpec(
        "work.amplification",
        SECTION.id,
        "Calls as a multiple of those needed",
        _columns("amplification"),
        "Workload functions run for one interaction, as a multiple of those that it needs: one for each text, chart or table "
        "that has to change, and one to select the orders that these are made of. Less than 1 is a cache.",
    ),
    TableSpec(
        "work.calls",
        SECTION.id,
        "User code calls per interaction",
        _columns("calls"),
        f"Median number of workload functions run. {_FROM}",
    ),
    TableSpec(
        "work.time",
        SECTION.id,
        "User code time per interaction",
        _columns("time"),
        f"Median milliseconds spent in workload functions. {_FROM}",
    ),
)
