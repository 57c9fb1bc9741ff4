"""What a session does once, what it survives, how it feels from afar, and what to know when reading the figures."""

import pandas as pd

from pyuibench.analysis.estimates import Point, slope
from pyuibench.contract.scenarios import CONTROLS
from pyuibench.figures.base import Column, Figure, Missing, Problem, Shown, Table, variant_row, with_figures
from pyuibench.figures.samples import Case, VariantInfo, by_boot, failure_of
from pyuibench.figures.view import Report, median_figure
from pyuibench.results.metrics import METRICS

# Scenario, control, column of the samples, unit, heading, what it says.
TASK_COLUMNS = (
    (
        "drag",
        "min_units",
        "dom_ms",
        "ms",
        "drag: stale after",
        "30 key presses in a second: from the last one until all is right",
    ),
    ("drag", "min_units", "updates", "count", "drag: states shown", "of 30; fewer means that steps were skipped"),
    (
        "stream",
        "ask",
        "first_update_ms",
        "ms",
        "answer: first token",
        "from the click; the first of 120 tokens is made after 10 ms",
    ),
    ("stream", "ask", "beyond_ms", "ms", "answer: end", "beyond the 1.2 s in which its tokens are made"),
    ("stream", "ask", "updates", "count", "answer: states shown", "of 120"),
    ("stream", "ask", "longest_gap_ms", "ms", "answer: longest gap", "between two states shown; 10 ms between tokens"),
    ("job", "crunch", "beyond_ms", "ms", "job: end", "beyond the 2 s that its steps take"),
    ("job", "crunch", "updates", "count", "job: states shown", "of 20 steps"),
    (
        "busy",
        "increment",
        "dom_ms",
        "ms",
        "click beside own job",
        "a click on increment while the session's own job runs",
    ),
    (
        "neighbour",
        "increment",
        "dom_ms",
        "ms",
        "click beside another's job",
        "a click while another session's job runs",
    ),
    ("upload", "upload", "dom_ms", "ms", "upload", "5 MB, from the file's arrival in the page until its sum is shown"),
)
RESILIENCE = {"cut_ms": "connection cut for 2 s", "reload_ms": "page reloaded", "restart_ms": "server restarted"}


def tasks_table(report: Report) -> Table:
    """Return what a session does once: drag, answer, job, clicks beside a job, upload; in the browser."""
    columns = tuple(Column(label, about) for _, _, _, _, label, about in TASK_COLUMNS)
    cases = {(case.scenario, case.control): case for case in report.samples.cases}
    rows = [
        variant_row(
            variant,
            [
                _task(report, variant, cases.get((scenario, control)), column, unit)
                for scenario, control, column, unit, *_ in TASK_COLUMNS
            ],
        )
        for variant in report.variants
    ]
    measured = any((scenario, control) in cases for scenario, control, *_ in TASK_COLUMNS)
    caption = "Browser, medians over boots. What is done once in a session rests on few samples."
    return Table("Tasks", caption, columns, tuple(rows) if measured else ())


def _task(report: Report, variant: VariantInfo, case: Case | None, column: str, unit: str) -> Figure | Missing:
    if case is None:
        return Missing("not measured in this run")
    boots = by_boot(report.samples.rows(variant, case, "browser"), column)
    why = report.samples.reason(variant, case, "browser")
    return median_figure(report, boots, unit, why, variant.caveats.get(case.scenario, ""))


def resilience_table(report: Report) -> Table:
    """Return what survived each event, and how long it took until the page answered again."""
    rows = [
        variant_row(variant, [_survived(report, variant, metric) for metric in RESILIENCE])
        for variant in report.variants
    ]
    caption = (
        "A session with ten clicks and another granularity; afterwards its counter is clicked once a second. Kept: counter and "
        "granularity; partly: one of them; lost: both, but the page works again; dead: no answer until the visitor reloads."
    )
    columns = tuple(Column(label, METRICS[metric].about) for metric, label in RESILIENCE.items())
    return Table("What survives", caption, columns, tuple(rows), False)


def _survived(report: Report, variant: VariantInfo, metric: str) -> Shown:
    frame = report.run.measurements
    rows = frame[(frame["entry"] == variant.entry) & (frame["variant"] == variant.name) & (frame["metric"] == metric)]
    if rows.empty:
        why = failure_of(report.run.failures, variant, "app", "resilience")
        return Missing(why or "not measured in this run")
    last = rows.iloc[-1]
    return last["outcome"] if pd.isna(last["value"]) else f"{last['outcome']}, {last['value'] / 1e3:.1f} s"


def far_table(report: Report) -> Table:
    """Return how much longer an action takes for each added millisecond of round trip: how often it waits for the network."""
    cases = [case for case in report.headline_cases if case.page == "app"]
    rows = [
        variant_row(variant, [_round_trips(report, variant, case) for case in cases]) for variant in report.variants
    ]
    caption = (
        "Milliseconds that an action takes longer for every millisecond of the network's round trip, in the browser through a "
        "relay: how often it waits for the server. Loading a page also fetches what it is made of."
    )
    table = Table("Round trips", caption, tuple(Column(case.label) for case in cases), tuple(rows))
    return with_figures(table)


def _round_trips(report: Report, variant: VariantInfo, case: Case) -> Figure | Missing:
    rows = report.samples.far(variant, case)
    right = rows[rows["ok"] & rows["dom_ms"].notna()]
    points = [
        Point(int(str(block)), float(str(rtt_ms)), float(own["dom_ms"].median()))
        for (block, rtt_ms), own in (right.groupby(["block", "rtt_ms"]) if len(right) else ())
    ]
    try:
        return Figure(slope(points, report.level), "count")
    except ValueError:
        return Missing("not measured in this run")


def delays_table(report: Report) -> Table:
    """Return the debounce or throttle of every control, as stated by the entries."""
    controls = (*CONTROLS, "cell")
    rows = [
        variant_row(variant, [variant.delays.get(control, Missing("not stated")) for control in controls])
        for variant in report.variants
        if not variant.is_baseline
    ]
    caption = "What a framework waits by itself before it sends a control's value. It is part of every latency above."
    return Table("Debounce and throttle", caption, tuple(Column(name) for name in controls), tuple(rows), False)


def remarks(report: Report) -> tuple[Problem, ...]:
    """Return what the entries say of themselves: caveats, and what they can't do."""
    said = [
        (f"{variant.id}", where, text)
        for variant in report.variants
        for where, text in (
            *((scenario, reason) for scenario, reason in variant.caveats.items()),
            *((f"{scenario}: not applicable", reason) for scenario, reason in variant.not_applicable.items()),
        )
    ]
    return tuple(Problem(variant, where, text, 1) for variant, where, text in said)
