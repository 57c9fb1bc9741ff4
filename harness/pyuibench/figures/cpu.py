"""CPU time: what one interaction takes of the server and of the page, which hardly knows of a busy machine."""

from functools import partial

from pyuibench.contract.scenarios import SCENARIOS, TASKS
from pyuibench.figures.base import Comparison, FigureFamily, FigureSpec, Result, Section, TableSpec
from pyuibench.figures.between_runs import in_blocks, spread_in_blocks
from pyuibench.figures.latency import app_cases, case_id
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.view import RunView, either_figure, ratio_to_baseline

SECTION = Section(
    "cpu",
    "CPU time",
    65,
    "What one interaction takes of the processors, from the gesture until the session has rested after it: what the server does "
    "when its answer is on the way counts. Other programs of the machine hardly change it, which latency can't say.",
)
SECTIONS = (SECTION,)
# Kind -> column of the samples, title of the table, its caption.
_KINDS = {
    "server": (
        "server_tree_cpu_ms",
        "CPU of the server",
        "Median milliseconds of all processes of the server for one interaction, the app's own code included.",
    ),
    "framework": (
        "framework_cpu_ms",
        "CPU of the framework's server side",
        "The same less what the app's own functions took, by the ledger: what the framework itself takes.",
    ),
    "page": (
        "renderer_cpu_ms",
        "CPU of the page",
        "Median milliseconds of the browser's process that runs the page: script, layout, paint, collection of garbage.",
    ),
    "main_thread": (
        "main_thread_cpu_ms",
        "CPU of the page's main thread",
        "The part of it that keeps the page from answering meanwhile.",
    ),
}
_CASES = tuple(case for case in app_cases() if case.scenario not in TASKS)


def _median(view: RunView, variant: VariantInfo, case: Case, column: str) -> Result:
    return either_figure(view, variant, case, column, "ms")


def _paired(view: RunView, variant: VariantInfo, case: Case, column: str) -> Result:
    return ratio_to_baseline(view, variant, case, "browser", column)


def _of_case(kind: str, case: Case) -> FigureSpec:
    column, title, _ = _KINDS[kind]
    # The others are parts of these.
    is_whole = kind in ("server", "page")
    return FigureSpec(
        f"cpu.{kind}.{case_id(case)}",
        SECTION.id,
        f"{title}: {case.label}",
        "ms",
        partial(_median, case=case, column=column),
        heading=case.label,
        ratio=partial(_paired, case=case, column=column),
        is_in=partial(_has_some, case=case, column=column),
        is_listed=is_whole,
        options=f"--scenario {case.scenario} --instrument browser",
        comparison=Comparison(
            partial(in_blocks, case=case, instrument="browser", column=column),
            spread=partial(spread_in_blocks, case=case, instrument="browser", column=column),
        )
        if is_whole
        else None,
    )


def _has_some(view: RunView, case: Case, column: str) -> bool:
    """Return whether a run has such times: older ones have none."""
    return any(view.boots(variant, case, name, column) for variant in view.variants for name in ("browser", "wire"))


def _on_the_scaling_page(view: RunView, kind: str) -> tuple[FigureSpec, ...]:
    return tuple(
        _of_case(kind, case) for case in view.headline_cases if case.page == "grid" and case.scenario in SCENARIOS
    )


FIGURES = tuple(
    figure
    for kind in _KINDS
    for figure in (
        *(_of_case(kind, case) for case in _CASES),
        FigureFamily(f"cpu.{kind}", SECTION.id, partial(_on_the_scaling_page, kind=kind)),
    )
)
TABLES = tuple(
    TableSpec(
        f"cpu.{kind}",
        SECTION.id,
        title,
        (*(f"cpu.{kind}.{case_id(case)}" for case in _CASES), f"cpu.{kind}"),
        f"{caption} From the browser's interactions, the wire's where noted.",
    )
    for kind, (_, title, caption) in _KINDS.items()
)
