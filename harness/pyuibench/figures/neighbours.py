"""Beside others: what clicks take while one session has jobs run, and what a browser's user sees beside a load."""

import numpy as np
import pandas as pd

from pyuibench.analysis.bootstrap import quantile
from pyuibench.analysis.estimates import mean
from pyuibench.contract.known_delays import KINDS
from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.figures.base import Column, Figure, Missing, Shown, Table, variant_row, with_figures
from pyuibench.figures.samples import VariantInfo, by_block, by_boot
from pyuibench.figures.view import Report

NEIGHBOURS, BESIDE = "neighbours", "beside"
LONGER = "longer by"
"""What labels a difference, which may be nothing."""
IN_ROUNDS = tuple(name for name, scenario in SCENARIOS.items() if scenario.in_rounds)


def neighbour_table(report: Report) -> Table:
    """Return what clicks of others take while one session has jobs run, asleep or on the CPU, against calm."""
    rows = _judged(report.run.interactions)
    clicks = rows[(rows["experiment"] == NEIGHBOURS) & (rows["control"] == "increment") & rows["held"]]
    columns = tuple(
        Column(f"{what}, job {spent}", about)
        for spent in KINDS.values()
        for what, about in (
            ("calm p95", "response of a click while the one session only stays open"),
            ("beside a job p95", "response of a click while that session has jobs run, one after the other"),
            (LONGER, "p95 beside a job less p95 calm, of the same boot"),
            ("wrong", "clicks beside jobs that were wrong or not answered"),
        )
    )
    shown = [
        variant_row(variant, [cell for kind in KINDS for cell in _clicks_of(report, _of(clicks, variant), kind)])
        for variant in report.variants
    ]
    caption = "Ten others click on the counter, once a second each. A job blocks its thread for 20 x 0.1 s."
    return with_figures(Table("One session's job, and the others", caption, columns, tuple(shown)))


def beside_table(report: Report) -> Table:
    """Return what a browser's user sees alone and beside a load, and the difference."""
    rows = _judged(report.run.interactions)
    at = (rows["experiment"] == BESIDE) & (rows["instrument"] == "browser")
    browser = rows[at & rows["scenario"].isin(IN_ROUNDS) & ~rows["warmup"]]
    sessions = max(browser["beside"], default=0)
    median = "browser: median time to the right outputs"
    columns = tuple(
        Column(f"{name}, {what}", about)
        for name in IN_ROUNDS
        for what, about in (
            ("alone", median),
            (f"beside {sessions:.0f}", median),
            (LONGER, "the median beside others less that alone, of the same boot"),
        )
    )
    shown = [
        variant_row(variant, [cell for name in IN_ROUNDS for cell in _seen(report, _of(browser, variant), name)])
        for variant in report.variants
    ]
    caption = "A browser of one user goes through its rounds, alone and while others act once a second each."
    table = Table("What a user sees beside others", caption, columns, tuple(shown) if sessions else ())
    return with_figures(table)


def _clicks_of(report: Report, clicks: pd.DataFrame, kind: str) -> tuple[Shown, ...]:
    own = clicks[clicks["job_kind"] == kind]
    calm, beside = (own[own["scenario"] == name] for name in ("unrelated", "neighbour"))
    wrong = f"{int((~beside['ok']).sum())} of {len(beside)}"
    return (*_compared(report, calm, beside, "response_ms", 0.95), wrong)


def _seen(report: Report, rows: pd.DataFrame, scenario: str) -> tuple[Figure | Missing, ...]:
    own = rows[rows["scenario"] == scenario]
    return _compared(report, own[own["beside"] == 0], own[own["beside"] > 0], "dom_ms", 0.5)


def _compared(
    report: Report, alone: pd.DataFrame, beside: pd.DataFrame, column: str, probability: float
) -> tuple[Figure | Missing, Figure | Missing, Figure | Missing]:
    """Return a quantile alone and beside others, and by how much it is longer, paired by block: an interval over boots."""
    ours, theirs = by_block(alone, column), by_block(beside, column)
    longer = [
        float(np.quantile(theirs[block], probability) - np.quantile(ours[block], probability))
        for block in sorted(ours.keys() & theirs.keys())
    ]
    n = sum(len(theirs[block]) for block in ours.keys() & theirs.keys())
    return (
        _quantile(report, alone, column, probability),
        _quantile(report, beside, column, probability),
        Figure(mean(np.array(longer), n, report.level), "ms") if longer else Missing("no boot has both"),
    )


def _quantile(report: Report, rows: pd.DataFrame, column: str, probability: float) -> Figure | Missing:
    boots = by_boot(rows, column)
    return Figure(quantile(boots, probability, report.level), "ms") if boots else Missing("no right answer")


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(ok=rows["ok"].astype(bool), warmup=rows["warmup"].astype(bool))


def _of(frame: pd.DataFrame, variant: VariantInfo) -> pd.DataFrame:
    return frame[(frame["entry"] == variant.entry) & (frame["variant"] == variant.name)]
