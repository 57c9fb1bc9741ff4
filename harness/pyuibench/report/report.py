"""A run as the report sees it: what was withheld, its variants and cases, and the figures that all tables share."""

from collections.abc import Sequence

from pyuibench.audits import audit, withhold
from pyuibench.report.cells import THE_FLOOR, Column, Figure, Missing, Table, variant_row
from pyuibench.report.select import (
    Case,
    Samples,
    VariantInfo,
    by_block,
    by_boot,
    floor_of,
    variants,
    with_first_answers,
)
from pyuibench.spec import TASKS
from pyuibench.stats import LEVEL, Floats, median, ratio_of_medians
from pyuibench.store import Run


class Report:
    """A run without what audits withhold, its variants, and the cases that they are compared in."""

    def __init__(self, run: Run) -> None:
        self.level = float(run.meta.get("level") or LEVEL)
        self.audits = audit(run)
        self.run = with_first_answers(withhold(run, self.audits))
        self.samples = Samples(self.run)
        self.variants = variants(run)
        self.floor = floor_of(self.variants)
        self.headline_cases = _headline_cases(self.samples.cases)


def _headline_cases(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Return the loads, the rounds' cases, and of the scaling page only a change on the largest, at the lowest cost of a cell."""
    grid = [case for case in cases if case.scenario == "grid"]
    largest = min(grid, key=lambda case: (-case.cells, case.cost_ms), default=None)
    return tuple(case for case in cases if case == largest or (case.page != "grid" and case.scenario not in TASKS))


def median_figure(report: Report, boots: Sequence[Floats], unit: str, why: str, note: str = "") -> Figure | Missing:
    """Return the median over boots, `why` as the reason where there is no boot."""
    return Figure(median(boots, report.level), unit, note) if boots else Missing(why)


def ratio_to_floor(
    report: Report, variant: VariantInfo, case: Case, instrument: str, column: str
) -> Figure | Missing | str:
    """Return the ratio of a variant's median to the floor's, paired by block; for the floor itself THE_FLOOR."""
    if report.floor is None:
        return Missing("this run has no control entry, so there is no floor to compare to")
    if variant == report.floor:
        return THE_FLOOR
    ours = by_block(report.samples.rows(variant, case, instrument), column)
    theirs = by_block(report.samples.rows(report.floor, case, instrument), column)
    if not ours:
        return Missing(report.samples.reason(variant, case, instrument))
    if not theirs:
        return Missing(f"the floor has no figure: {report.samples.reason(report.floor, case, instrument)}")
    try:
        estimate = ratio_of_medians(ours, theirs, report.level)
    except ValueError as error:
        return Missing(str(error))
    left_out = len(ours) - estimate.boots
    return Figure(estimate, "ratio", f"{left_out} of {len(ours)} blocks left out: no floor in them" if left_out else "")


def floor_name(report: Report) -> str:
    """Return what ratios are to, in words."""
    return f"the floor ({report.floor.id})" if report.floor else "the floor (not in this run)"


def either_figure(report: Report, variant: VariantInfo, case: Case, column: str, unit: str) -> Figure | Missing:
    """Return the median of a column of the browser's interactions, or else of the wire's, with a note that it is."""
    for instrument, note in (("browser", ""), ("wire", "from the wire")):
        if boots := by_boot(report.samples.rows(variant, case, instrument), column):
            return Figure(median(boots, report.level), unit, note)
    return Missing(report.samples.reason(variant, case, "browser"))


def per_case_table(report: Report, title: str, caption: str, column: str, unit: str) -> Table:
    """Return the median of a column of interactions for every variant in every headline case."""
    cases = report.headline_cases
    rows = [
        variant_row(variant, [either_figure(report, variant, case, column, unit) for case in cases])
        for variant in report.variants
    ]
    return Table(title, caption, tuple(Column(case.label) for case in cases), tuple(rows))
