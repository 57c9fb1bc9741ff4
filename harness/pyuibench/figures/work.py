"""Work amplification and bytes: what one interaction makes the server run and the network carry."""

from dataclasses import replace

from pyuibench.contract.scenarios import COMPUTED_BY, SCENARIOS
from pyuibench.figures.base import Column, Figure, Missing, Table, variant_row
from pyuibench.figures.measured import measured_figure
from pyuibench.figures.samples import Case, VariantInfo, by_boot
from pyuibench.figures.view import Report, either_figure, median_figure, per_case_table

# What is made of the orders that the filters select, which have to be selected first.
OF_SELECTED_ORDERS = {"kpis", "revenue_figure", "table_caption", "top_orders"}


def needed_calls(case: Case) -> int:
    """Return how many workload functions have to run for an interaction: each that an output to be changed depends on."""
    changes = SCENARIOS[case.scenario].changes
    outputs = changes.get(case.control) or changes.get("") or ()
    functions = {COMPUTED_BY[output] for output in outputs}
    return len(functions) + bool(functions & OF_SELECTED_ORDERS)


def amplification_table(report: Report) -> Table:
    """Return how many times the user code that an interaction needs is run."""
    cases = [case for case in report.headline_cases if case.scenario in SCENARIOS]
    rows = [variant_row(variant, [_amplified(report, variant, case) for case in cases]) for variant in report.variants]
    columns = tuple(Column(case.label, f"needed: {needed_calls(case)}") for case in cases)
    caption = (
        "Workload functions run for one interaction, as a multiple of those that it needs: one for each text, chart or table "
        "that has to change, and one to select the orders that these are made of. Less than 1 is a cache."
    )
    return Table("Calls as a multiple of those needed", caption, columns, tuple(rows))


def _amplified(report: Report, variant: VariantInfo, case: Case) -> Figure | Missing:
    calls = either_figure(report, variant, case, "user_code_calls", "ratio")
    if isinstance(calls, Missing):
        return calls
    needed = needed_calls(case)
    low, high = (None if end is None else end / needed for end in (calls.estimate.low, calls.estimate.high))
    return replace(calls, estimate=replace(calls.estimate, value=calls.estimate.value / needed, low=low, high=high))


def user_code_tables(report: Report) -> tuple[Table, ...]:
    """Return how often user code ran for one interaction, and how long, for each control."""
    what = (
        ("user_code_calls", "count", "User code calls per interaction", "Median number of workload functions run."),
        ("user_code_ms", "ms", "User code time per interaction", "Median milliseconds spent in workload functions."),
    )
    return tuple(
        per_case_table(
            report, title, f"{caption} From the browser's interactions, the wire's where noted.", column, unit
        )
        for column, unit, title, caption in what
    )


def bytes_tables(report: Report) -> tuple[Table, ...]:
    """Return bytes up and down per interaction for each control, browser and wire apart, as they count differently."""
    tables = [build(report, way) for build in (_browser_bytes, _wire_bytes) for way in ("up", "down")]
    return tuple(table for table in tables if table.columns)


def _browser_bytes(report: Report, way: str) -> Table:
    frame = report.run.measurements
    frame = frame[(frame["metric"] == f"action_bytes_{way}") & (frame["page"] == "app")]
    controls = sorted({str(control).partition("-")[0] for control in frame["control"]})
    by_control = {control: frame[frame["control"].str.split("-").str[0] == control] for control in controls}
    rows = [
        variant_row(
            variant,
            [
                measured_figure(report, by_control[control], variant, f"action_bytes_{way}", "app")
                for control in controls
            ],
        )
        for variant in report.variants
    ]
    title = f"Bytes {way} per interaction, browser"
    return Table(title, "What the page sent or received for one action.", tuple(map(Column, controls)), tuple(rows))


def _wire_bytes(report: Report, way: str) -> Table:
    def cell(variant: VariantInfo, case: Case) -> Figure | Missing:
        boots = by_boot(report.samples.rows(variant, case, "wire"), f"bytes_{way}")
        return median_figure(report, boots, "bytes", report.samples.reason(variant, case, "wire"))

    every = report.headline_cases
    cells = {case: [cell(variant, case) for variant in report.variants] for case in every}
    cases = [case for case in every if any(isinstance(shown, Figure) for shown in cells[case])]
    rows = [
        variant_row(variant, [cells[case][index] for case in cases]) for index, variant in enumerate(report.variants)
    ]
    caption = "Median payload of a client without a browser: messages and bodies, not headers."
    columns = tuple(Column(case.label) for case in cases)
    return Table(f"Bytes {way} per interaction, wire", caption, columns, tuple(rows))
