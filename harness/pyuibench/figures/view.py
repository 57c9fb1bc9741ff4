"""A run as the report sees it: what was withheld, its variants and cases, and the figures that all tables share."""

from collections.abc import Sequence

from pyuibench.analysis.estimates import LEVEL, Floats, median, ratio_of_medians
from pyuibench.audits.registry import audit, withhold
from pyuibench.contract.scenarios import TASKS
from pyuibench.figures.base import THE_BASELINE, Column, Figure, Missing, Table, variant_row
from pyuibench.figures.samples import (
    Case,
    Samples,
    VariantInfo,
    baseline_of,
    by_block,
    by_boot,
    variants,
    with_first_answers,
)
from pyuibench.results.store import Run


class Report:
    """A run without what audits withhold, its variants, and the cases that they are compared in."""

    def __init__(self, run: Run) -> None:
        self.level = float(run.meta.get("level") or LEVEL)
        self.audits = audit(run)
        self.run = with_first_answers(withhold(run, self.audits))
        self.samples = Samples(self.run)
        self.variants = variants(run)
        self.baseline = baseline_of(self.variants)
        self.headline_cases = _headline_cases(self.samples.cases)


def _headline_cases(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Return the loads, the rounds' cases, and of the scaling page only a change on the largest, at the lowest cost of a cell."""
    grid = [case for case in cases if case.scenario == "grid"]
    largest = min(grid, key=lambda case: (-case.cells, case.cost_ms), default=None)
    return tuple(case for case in cases if case == largest or (case.page != "grid" and case.scenario not in TASKS))


def median_figure(report: Report, boots: Sequence[Floats], unit: str, why: str, note: str = "") -> Figure | Missing:
    """Return the median over boots, `why` as the reason where there is no boot."""
    return Figure(median(boots, report.level), unit, note) if boots else Missing(why)


def ratio_to_baseline(
    report: Report, variant: VariantInfo, case: Case, instrument: str, column: str
) -> Figure | Missing | str:
    """Return the ratio of a variant's median to the baseline's, paired by block; for the baseline itself THE_BASELINE."""
    if report.baseline is None:
        return Missing("this run has no baseline, so there is no baseline to compare to")
    if variant == report.baseline:
        return THE_BASELINE
    ours = by_block(report.samples.rows(variant, case, instrument), column)
    theirs = by_block(report.samples.rows(report.baseline, case, instrument), column)
    if not ours:
        return Missing(report.samples.reason(variant, case, instrument))
    if not theirs:
        return Missing(f"the baseline has no figure: {report.samples.reason(report.baseline, case, instrument)}")
    try:
        estimate = ratio_of_medians(ours, theirs, report.level)
    except ValueError as error:
        return Missing(str(error))
    left_out = len(ours) - estimate.boots
    return Figure(
        estimate, "ratio", f"{left_out} of {len(ours)} blocks left out: no baseline in them" if left_out else ""
    )


def baseline_name(report: Report) -> str:
    """Return what ratios are to, in words."""
    return f"the baseline ({report.baseline.id})" if report.baseline else "the baseline (not in this run)"


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
