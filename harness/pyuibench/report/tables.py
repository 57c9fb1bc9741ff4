"""The report's figures: pure functions from a run to typed rows. Every cell is a figure, a text, or why there is none."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from pyuibench.audits import audit, twin_ratios, withhold
from pyuibench.catalog import CROWD
from pyuibench.records import METRICS
from pyuibench.report.select import (
    Case,
    Samples,
    VariantInfo,
    by_block,
    by_boot,
    failure_of,
    floor_of,
    tuples,
    variants,
    with_first_answers,
)
from pyuibench.spec import COMPUTED_BY, CONTROLS, KPIS, SCENARIOS, TASKS
from pyuibench.stats import (
    FEWEST_BOOTS,
    LEVEL,
    Estimate,
    Floats,
    Point,
    median,
    places,
    quantile,
    ratio_of_medians,
    required_boots,
    slope,
)
from pyuibench.store import Run
from pyuibench.tax import Pool, Tax, fit, pooled
from pyuibench.tax import Sample as TaxSample

WIDE = 0.5
FEWEST_FOR_P95 = 20
PRECISION = 0.05
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
# What is made of the orders that the filters select, which have to be selected first.
OF_SELECTED_ORDERS = {"kpis", "revenue_figure", "table_caption", "top_orders"}
RESILIENCE = {"cut_ms": "connection cut for 2 s", "reload_ms": "page reloaded", "restart_ms": "server restarted"}
THE_FLOOR = "the floor"
CODE = ("logical_lines", "tokens", "cyclomatic_complexity", "framework_names")
ENVIRONMENT = ("install_s", "environment_bytes", "environment_packages")
BOOT = ("boot_ready_ms", "first_session_ms", "first_answer_ms", "session_ms")
MEMORY = ("idle_pss_bytes", "idle_uss_bytes", "loaded_pss_bytes", "js_heap_bytes")
PROCESS = ("threads", "handles", "processes", "server_cpu_ms", "generator_cpu_share", "leftover_processes")
BUILD = ("build_s", "build_bytes")
PAGE = ("page_bytes_down", "page_requests", "outside_requests")


@dataclass(frozen=True)
class Figure:
    """An estimate in a unit of `format.quantity`; `note` says what to beware of."""

    estimate: Estimate
    unit: str
    note: str = ""

    @property
    def is_wide(self) -> bool:
        """Return whether the interval spans more than half of the figure. A slope may be near 0, so it never counts."""
        low, high = self.estimate.low, self.estimate.high
        if low is None or high is None or self.unit.endswith("/cell"):
            return False
        return high - low > WIDE * abs(self.estimate.value)


@dataclass(frozen=True)
class Missing:
    """No figure, and why."""

    reason: str


@dataclass(frozen=True)
class Pair:
    """A figure with its ratio to the floor, and how many interactions were not ok and so are in neither."""

    figure: Figure | Missing
    ratio: Figure | Missing | str
    not_ok: str = ""


Shown: TypeAlias = Figure | Missing | Pair | str


@dataclass(frozen=True)
class Column:
    """A column's heading and what it says."""

    label: str
    about: str = ""


@dataclass(frozen=True)
class Row:
    """A row: `group` is the entry, `label` the variant or part of it, `tags` are its model and role."""

    group: str
    label: str
    tags: tuple[str, ...]
    cells: tuple[Shown, ...]
    about: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the report."""

    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    with_intervals: bool = True
    """False where a figure is counted, not sampled, or measured once."""


@dataclass(frozen=True)
class LatencyRow:
    """One variant in one case. Times in milliseconds; `ratio` is of `dom` medians to the floor's."""

    variant: VariantInfo
    case: Case
    dom: Figure | Missing
    p95: Figure | Missing
    ratio: Figure | Missing | str
    painted: Figure | Missing
    service: Figure | Missing
    response: Figure | Missing
    response_p95: Figure | Missing
    boot_medians: tuple[float, ...]
    browser_not_ok: int
    browser_all: int
    wire_not_ok: int
    wire_all: int


@dataclass(frozen=True)
class TaxRow:
    """Latency, work and bytes on the scaling page against the number of cells, at one cost of a cell: slopes per cell."""

    variant: VariantInfo
    cost_ms: float
    cost_kind: str
    browser: Figure | Missing
    wire: Figure | Missing
    user_code: Figure | Missing
    own: Figure | Missing
    calls: Figure | Missing
    cpu: Figure | Missing
    bytes_down: Figure | Missing
    points: tuple[tuple[int, Estimate], ...]
    """(cells, browser median), or the wire's where there is no browser."""
    points_are: str


@dataclass(frozen=True)
class Problem:
    """Something that went wrong `count` times, of `total` where that is known."""

    where: str
    what: str
    reason: str
    count: int
    total: int | None = None


@dataclass(frozen=True)
class Noise:
    """The control's ratio to itself: the half-width of its 95 % intervals, and how many of all `counted` hold 1."""

    median_half_width: float
    largest_half_width: float
    held: int
    counted: int


@dataclass(frozen=True)
class Repeated:
    """The noise of a run taken as so many `runs` of so many `blocks` each."""

    runs: int
    blocks: int
    noise: Noise


class Report:
    """All figures of one run, each computed once."""

    def __init__(self, run: Run) -> None:
        self.level = float(run.meta.get("level") or LEVEL)
        self.audits = audit(run)
        self.run = with_first_answers(withhold(run, self.audits))
        self.samples = Samples(self.run)
        self.variants = variants(run)
        self.floor = floor_of(self.variants)
        self.headline_cases = _headline_cases(self.samples.cases)
        self.latency = tuple(
            tuple(latency_row(self, variant, case) for variant in self.variants) for case in self.samples.cases
        )
        self.places = {case: places_of(self, case) for case in self.samples.cases}
        self.tax = tax_rows(self)


def latency_row(report: Report, variant: VariantInfo, case: Case) -> LatencyRow:
    """Return a variant's latencies in a case: in the browser, alone on the wire, and in the largest crowd there."""
    samples = report.samples
    browser = samples.rows(variant, case, "browser")
    alone = samples.rows(variant, case, "wire")
    crowd = samples.rows(variant, case, "wire", samples.crowd) if samples.crowd else alone.iloc[:0]
    why = samples.reason(variant, case, "browser")
    why_alone = samples.reason(variant, case, "wire")
    why_crowd = samples.reason(variant, case, "wire", samples.crowd or 1)
    beware = variant.caveats.get(case.scenario, "")
    dom, p95 = _median_and_p95(report, by_boot(browser, "dom_ms"), why, beware)
    beware_crowd = variant.caveats.get(CROWD, "")
    response, response_p95 = _median_and_p95(report, by_boot(crowd, "response_ms"), why_crowd, beware_crowd)
    wire = pd.concat([alone, crowd]) if len(alone) or len(crowd) else alone
    return LatencyRow(
        variant=variant,
        case=case,
        dom=dom,
        p95=p95,
        ratio=ratio_to_floor(report, variant, case, "browser", "dom_ms"),
        painted=_median(report, by_boot(browser, "painted_ms"), "ms", why),
        service=_median(report, by_boot(alone, "service_ms"), "ms", why_alone, beware),
        response=response,
        response_p95=response_p95,
        boot_medians=tuple(float(np.median(boot)) for boot in by_boot(browser, "dom_ms")),
        browser_not_ok=int((~browser["ok"]).sum()),
        browser_all=len(browser),
        wire_not_ok=int((~wire["ok"]).sum()),
        wire_all=len(wire),
    )


def places_of(report: Report, case: Case) -> dict[str, str]:
    """Return variant -> the places that it may hold among all but the control in a case, such as `2-4 of 9`, in the browser."""
    compared = (variant for variant in report.variants if not variant.control)
    frames = {variant.id: report.samples.rows(variant, case, "browser") for variant in compared}
    samples = {name: by_block(frame, "dom_ms") for name, frame in frames.items()}
    found = places({name: blocks for name, blocks in samples.items() if blocks}, report.level)
    return {place.name: f"{_span(place.best, place.worst)} of {len(found)}" for place in found}


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


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


def headline(report: Report) -> Table:
    """Return the headline: per variant the browser's median to the right DOM and its ratio to the floor, per case."""
    kept = report.headline_cases if report.variants else ()
    by_case = {rows[0].case: rows for rows in report.latency if rows}
    rows = [
        variant_row(variant, [_pair(by_case[case][index]) for case in kept])
        for index, variant in enumerate(report.variants)
    ]
    caption = (
        "Browser: median time from the input event until every output that must change shows the right value (dom), and "
        f"its ratio to {_floor_name(report)} with 95 % interval. Lower is better."
    )
    return Table("Time to the right answer", caption, tuple(Column(case.label) for case in kept), tuple(rows))


def widest(report: Report) -> float | None:
    """Return the half-width of the widest interval of a headline ratio, as a share; None while one of them has no interval.

    Ratios that have no figure, and the control's to itself, are not looked at.
    """
    ratios = [
        row.ratio.estimate
        for rows in report.latency
        for row in rows
        if row.case in report.headline_cases and not row.variant.control and isinstance(row.ratio, Figure)
    ]
    halves = [None if it.low is None or it.high is None else float(np.sqrt(it.high / it.low)) - 1 for it in ratios]
    known = [half for half in halves if half is not None]
    return max(known) if known and len(known) == len(halves) else None


def latency_table(report: Report, rows: Sequence[LatencyRow]) -> Table:
    """Return the table of one case."""
    crowd = f"{report.samples.crowd} sessions" if report.samples.crowd else "many sessions"
    columns = (
        Column("n / boots", "right interactions in the browser / boots of the server that they come from"),
        Column("dom median", "browser: input event until the outputs are right, [95 % interval]"),
        Column("dom p95", "browser: 95th percentile, [95 % interval]"),
        Column("ratio to floor", f"dom median / that of {_floor_name(report)}, paired by block, [95 % interval]"),
        Column("places", "those that the data don't rule out, all pairs compared together (95 %)"),
        Column("painted median", "browser: until the first frame after dom"),
        Column("wire service, 1 session", "median from sending until the last expected value arrived"),
        Column(f"wire response, {crowd}", "median from the intended start until the last expected value arrived"),
        Column(f"wire response p95, {crowd}", "95th percentile of the same"),
        Column(
            f"boots for ±{PRECISION:.0%}",
            "how many boots of the server would make dom's interval that narrow, by how far these differ",
        ),
        Column("not ok", "wrong, late or failed interactions of all, browser and wire: in no figure here"),
    )
    held = report.places[rows[0].case]
    cells = [_latency_cells(row, held.get(row.variant.id, "none")) for row in rows]
    return Table(
        rows[0].case.label,
        "",
        columns,
        tuple(variant_row(row.variant, it) for row, it in zip(rows, cells, strict=True)),
    )


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
    return _median(report, boots, unit, why, variant.caveats.get(case.scenario, ""))


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
        if not variant.control
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


def wire_above_browser(report: Report) -> tuple[Problem, ...]:
    """Return where a client without a browser was slower than the browser, which its figures can't explain."""
    return tuple(
        Problem(
            row.variant.id,
            row.case.label,
            f"wire service {row.service.estimate.value:.1f} ms, browser dom {row.dom.estimate.value:.1f} ms",
            1,
        )
        for rows in report.latency
        for row in rows
        # Tasks have a sample or two each, and last a second or two whatever the client.
        if row.case.scenario not in TASKS
        and isinstance(row.service, Figure)
        and isinstance(row.dom, Figure)
        and row.service.estimate.value > row.dom.estimate.value
    )


def output_tables(report: Report) -> tuple[Table, ...]:
    """Return for each control of `global` when each kind of output was right: numbers apart from chart and table."""
    return tuple(_output_table(report, case) for case in report.samples.cases if case.scenario == "global")


def tax_rows(report: Report) -> tuple[TaxRow, ...]:
    """Return the slopes of the scaling page, for each variant and each cost of a cell that was run."""
    grid = [case for case in report.samples.cases if case.scenario == "grid"]
    costs = sorted({(case.cost_ms, case.cost_kind) for case in grid})
    return tuple(
        _tax_row(report, variant, [case for case in grid if (case.cost_ms, case.cost_kind) == cost])
        for cost in costs
        for variant in report.variants
    )


def model_table(report: Report) -> Table:
    """Return what an execution model costs told apart from what its framework costs, for runs with several sizes and costs."""
    rows = [variant_row(variant, _model_cells(tax)) for variant, tax in taxes(report).items()]
    columns = (
        Column(
            "overhead", "ms of a change on a page without cells whose work costs nothing, [95 % interval over blocks]"
        ),
        Column("per cell", "ms more for every cell, whose work costs nothing: the framework's own"),
        Column("rerun", "the share of the untouched cells' work that is done again: the execution model's"),
        Column("does a line fit", "whether every size and cost is near the model; if not, the farthest one"),
    )
    caption = "latency = overhead + per cell x cells + rerun x work of untouched cells + work of the changed one, in the browser."
    return Table("The model told from the framework", caption, columns, tuple(rows))


def rerun_shares(report: Report) -> dict[str, Pool]:
    """Return execution model -> its `rerun` over the variants that have one.

    Variants that use a framework the other way round on purpose are in no pool: their model is their app's, not the framework's.
    """
    by_model: dict[str, list[Tax]] = {}
    for variant, fitted in taxes(report).items():
        if variant.role != "contrast":
            by_model.setdefault(variant.model, []).append(fitted)
    return pooled(by_model, report.level)


def taxes(report: Report) -> dict[VariantInfo, Tax]:
    """Return the fitted model of every variant that was measured at several sizes and costs."""
    found = {}
    for variant in report.variants:
        samples = [
            TaxSample(block, case.cells, case.cost_ms, float(np.median(values)))
            for case in report.samples.cases
            if case.scenario == "grid"
            for block, values in by_block(report.samples.rows(variant, case, "browser"), "dom_ms").items()
        ]
        with suppress(ValueError):
            found[variant] = fit(samples, report.level)
    return found


def _model_cells(tax: Tax) -> tuple[Shown, ...]:
    worst = max(tax.residuals, key=lambda it: abs(it.residual_ms) / it.latency_ms)
    off = f"no: {worst.residual_ms:+.0f} of {worst.latency_ms:.0f} ms at {worst.cells} cells of {worst.cost_ms:g} ms"
    return (
        Figure(tax.overhead_ms, "ms"),
        Figure(tax.per_cell_ms, "ms/cell"),
        Figure(tax.rerun, "count"),
        "yes" if tax.fits else off,
    )


def tax_table(report: Report) -> Table:
    """Return the rerun tax as a table."""
    columns = (
        Column("cost of a cell", "user code per cell, as the page was configured"),
        Column("browser slope", "ms of dom latency per untouched cell, [95 % interval over blocks]"),
        Column("wire slope", "ms of service time per untouched cell, one session, [95 % interval over blocks]"),
        Column(
            "user code slope", "ms of user code run per untouched cell: near the cost of a cell if every cell is rerun"
        ),
        Column("framework's own", "slope of (latency - user code): what each untouched cell costs beside user code"),
        Column("calls", "user code calls more per untouched cell: 0 is what is needed, 1 is everything again"),
        Column("user code CPU", "ms of CPU time in user code per untouched cell"),
        Column("bytes down", "bytes more that a change brings per untouched cell; counted once a size"),
    )
    rows = [
        variant_row(row.variant, (_cost(row.cost_ms, row.cost_kind), *_slopes(row)))
        for row in sorted(report.tax, key=lambda row: report.variants.index(row.variant))
    ]
    caption = (
        "Least squares through the median of each boot. Where nothing but the changed cell is worked on it is near 0."
    )
    return Table("Slope per untouched cell", caption, columns, tuple(rows))


def _slopes(row: TaxRow) -> tuple[Shown, ...]:
    return (row.browser, row.wire, row.user_code, row.own, row.calls, row.cpu, row.bytes_down)


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
    calls = _either(report, variant, case, "user_code_calls", "ratio")
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
        _per_case(report, title, f"{caption} From the browser's interactions, the wire's where noted.", column, unit)
        for column, unit, title, caption in what
    )


def bytes_tables(report: Report) -> tuple[Table, ...]:
    """Return bytes up and down per interaction for each control, browser and wire apart, as they count differently."""
    tables = [build(report, way) for build in (_browser_bytes, _wire_bytes) for way in ("up", "down")]
    return tuple(table for table in tables if table.columns)


def measured_table(
    report: Report, title: str, metrics: Sequence[str], page: str = "app", with_intervals: bool = True
) -> Table:
    """Return medians over boots of figures of `measurements` on a page, a column for each number of sessions."""
    frame = report.run.measurements
    frame = frame[frame["metric"].isin(metrics) & (frame["page"] == page)]
    wanted = [(metric, sessions) for metric in metrics for sessions in _sessions(frame, metric)]
    columns = tuple(
        Column(_metric_label(metric, sessions, len(_sessions(frame, metric)) > 1), METRICS[metric].about)
        for metric, sessions in wanted
    )
    rows = [
        variant_row(
            variant,
            [
                _measured(report, frame[frame["sessions"] == sessions], variant, metric, page)
                for metric, sessions in wanted
            ],
        )
        for variant in report.variants
    ]
    return Table(title, "", columns, tuple(rows) if columns else (), with_intervals)


def with_figures(table: Table) -> Table:
    """Return a table without the rows that have no figure at all: what doesn't concern them."""
    return replace(table, rows=tuple(row for row in table.rows if any(isinstance(cell, Figure) for cell in row.cells)))


def environment_table(report: Report) -> Table:
    """Return what each entry's environment costs to have: one row an entry."""
    columns = tuple(Column(_metric_label(metric, 0, False), METRICS[metric].about) for metric in ENVIRONMENT)
    firsts = {variant.entry: variant for variant in reversed(report.variants)}
    rows = [
        Row(first.title, first.version, (), tuple(_of_entry(report, first.entry, metric) for metric in ENVIRONMENT))
        for first in (firsts[entry] for entry in dict.fromkeys(variant.entry for variant in report.variants))
    ]
    return Table("Environment of each entry", "", columns, tuple(rows), with_intervals=False)


def noise(report: Report) -> Noise | None:
    """Return how far the control is from itself, measured under two names; None where it wasn't or intervals are missing."""
    return _noise(twin_ratios(report.run).values())


def repeated(report: Report) -> Repeated | None:
    """Return the same for a long run taken as several short ones of FEWEST_BOOTS blocks each; None for a short run."""
    blocks = sorted(set(report.run.interactions["block"]))
    runs = [
        set(blocks[first : first + FEWEST_BOOTS]) for first in range(0, len(blocks) - FEWEST_BOOTS + 1, FEWEST_BOOTS)
    ]
    if len(runs) < 2:
        return None
    found = _noise(it for own in runs for it in twin_ratios(report.run, own).values())
    return Repeated(len(runs), FEWEST_BOOTS, found) if found else None


def _noise(estimates: Iterable[Estimate]) -> Noise | None:
    ratios = [it for it in estimates if it.low is not None and it.high is not None]
    if not ratios:
        return None
    halves = [np.sqrt((it.high or 1) / (it.low or 1)) - 1 for it in ratios]
    held = sum((it.low or 1) <= 1 <= (it.high or 1) for it in ratios)
    return Noise(float(np.median(halves)), float(max(halves)), held, len(ratios))


def failures(run: Run) -> tuple[Problem, ...]:
    """Return the boots or parts of boots that could not be carried out, like ones together."""
    counts = Counter(tuples(run.failures, ["entry", "variant", "page", "step", "reason"]))
    return tuple(
        Problem(f"{entry}/{variant}", f"{page} page: {step}", reason, count)
        for (entry, variant, page, step, reason), count in sorted(counts.items())
    )


def not_ok(run: Run) -> tuple[Problem, ...]:
    """Return the interactions that were not ok, warm-up ones too, by variant, case and reason."""
    place = ["entry", "variant", "instrument", "scenario", "control"]
    rows = run.interactions.assign(
        control=run.interactions["control"].astype(str).str.split("-").str[0],
        reason=run.interactions["reason"].fillna("no reason stored"),
    )
    totals = Counter(tuples(rows, place))
    counts = Counter(tuples(rows[~rows["ok"].astype(bool)], [*place, "reason"]))
    return tuple(
        Problem(
            f"{entry}/{variant}",
            f"{instrument}: {scenario}{' · ' + control if control else ''}",
            reason,
            count,
            totals[(entry, variant, instrument, scenario, control)],
        )
        for (entry, variant, instrument, scenario, control, reason), count in sorted(counts.items())
    )


def variant_row(variant: VariantInfo, cells: Iterable[Shown]) -> Row:
    """Return a variant's row of a table."""
    group = f"{variant.title} {variant.version}".strip()
    return Row(group, variant.name, (variant.model, variant.role), tuple(cells), variant.about)


def _floor_name(report: Report) -> str:
    return f"the floor ({report.floor.id})" if report.floor else "the floor (not in this run)"


def _headline_cases(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Return the loads, the rounds' cases, and of the scaling page only a change on the largest, at the lowest cost of a cell."""
    grid = [case for case in cases if case.scenario == "grid"]
    largest = min(grid, key=lambda case: (-case.cells, case.cost_ms), default=None)
    return tuple(case for case in cases if case == largest or (case.page != "grid" and case.scenario not in TASKS))


def _pair(row: LatencyRow) -> Pair:
    return Pair(row.dom, row.ratio, f"{row.browser_not_ok}/{row.browser_all} not ok" if row.browser_not_ok else "")


def _latency_cells(row: LatencyRow, held: str) -> tuple[Shown, ...]:
    rests_on = f"{row.dom.estimate.n} / {row.dom.estimate.boots}" if isinstance(row.dom, Figure) else "0 / 0"
    wrong = f"{row.browser_not_ok}/{row.browser_all} · {row.wire_not_ok}/{row.wire_all}"
    figures = (row.dom, row.p95, row.ratio, held, row.painted, row.service, row.response, row.response_p95)
    wanted = required_boots(row.boot_medians, PRECISION)
    return (rests_on, *figures, str(wanted) if wanted else Missing("it takes two boots to say"), wrong)


def _median(report: Report, boots: Sequence[Floats], unit: str, why: str, note: str = "") -> Figure | Missing:
    return Figure(median(boots, report.level), unit, note) if boots else Missing(why)


def _median_and_p95(
    report: Report, boots: Sequence[Floats], why: str, beware: str = ""
) -> tuple[Figure | Missing, Figure | Missing]:
    if not boots:
        return Missing(why), Missing(why)
    high = quantile(boots, 0.95, report.level)
    few = f"{high.n} samples: this p95 is little else than the largest" if high.n < FEWEST_FOR_P95 else ""
    return Figure(median(boots, report.level), "ms", beware), Figure(high, "ms", few)


def _output_table(report: Report, case: Case) -> Table:
    parts = {"KPIs": KPIS, "chart": ("chart",), "table caption": ("table",), "table rows": ("rows",)}
    columns = (
        Column("KPIs (text only)", "the last of the four numbers: what the update costs without chart and table"),
        Column("KPIs, ratio to floor", f"to {_floor_name(report)}, [95 % interval]"),
        *(Column(name, "median until it is right") for name in list(parts)[1:]),
    )
    frames = {
        variant.id: _with_parts(report.samples.rows(variant, case, "browser"), parts) for variant in report.variants
    }
    floor = frames[report.floor.id] if report.floor else None
    rows = []
    for variant in report.variants:
        why = report.samples.reason(variant, case, "browser")
        medians = [_median(report, by_boot(frames[variant.id], part), "ms", why) for part in parts]
        ratio = _ratio_of_parts(report, frames[variant.id], floor, "KPIs") if variant != report.floor else THE_FLOOR
        rows.append(variant_row(variant, (medians[0], ratio, *medians[1:])))
    return Table(case.label, "Median time until each kind of output was right, in the browser.", columns, tuple(rows))


def _with_parts(rows: pd.DataFrame, parts: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return rows with a column for each part: when the last of its outputs was right, NaN if one has no time."""
    times = {part: [_last_of(value, names) for value in rows["output_ms"]] for part, names in parts.items()}
    return rows.assign(**times)


def _last_of(times: Any, names: tuple[str, ...]) -> float:
    known = times if isinstance(times, dict) else {}
    return max(known.get(name, np.nan) for name in names) if all(name in known for name in names) else np.nan


def _ratio_of_parts(report: Report, ours: pd.DataFrame, floor: pd.DataFrame | None, part: str) -> Figure | Missing:
    if floor is None:
        return Missing("this run has no control entry, so there is no floor to compare to")
    try:
        return Figure(ratio_of_medians(by_block(ours, part), by_block(floor, part), report.level), "ratio")
    except ValueError as error:
        return Missing(str(error))


def _tax_row(report: Report, variant: VariantInfo, cases: Sequence[Case]) -> TaxRow:
    browser, wire = ({case: report.samples.rows(variant, case, name) for case in cases} for name in ("browser", "wire"))
    name, column, rows = (
        ("browser", "dom_ms", browser) if _any_right(browser, "dom_ms") else ("wire", "service_ms", wire)
    )
    own = {case: frame.assign(own_ms=frame[column] - frame["user_code_ms"]) for case, frame in rows.items()}
    why = report.samples.reason(variant, cases[-1], "browser")
    noted = f"from the {name}" if name == "wire" else ""
    medians = [(case.cells, by_boot(frame, column)) for case, frame in rows.items()]
    return TaxRow(
        variant=variant,
        cost_ms=cases[0].cost_ms,
        cost_kind=cases[0].cost_kind,
        browser=_slope(report, browser, "dom_ms", why),
        wire=_slope(report, wire, "service_ms", report.samples.reason(variant, cases[-1], "wire")),
        user_code=_slope(report, rows, "user_code_ms", "user code was not read for these interactions", noted),
        own=_slope(report, own, "own_ms", "user code was not read for these interactions", noted),
        calls=_slope(
            report, rows, "user_code_calls", "user code was not read for these interactions", noted, "calls/cell"
        ),
        cpu=_slope(report, rows, "user_code_cpu_ms", "user code was not read for these interactions", noted),
        bytes_down=_bytes_slope(report, variant, cases),
        points=tuple((cells, median(boots, report.level)) for cells, boots in medians if boots),
        points_are=name,
    )


def _any_right(frames: dict[Case, pd.DataFrame], column: str) -> bool:
    return any((frame["ok"] & frame[column].notna()).any() for frame in frames.values())


def _slope(
    report: Report, frames: dict[Case, pd.DataFrame], column: str, why: str, note: str = "", unit: str = "ms/cell"
) -> Figure | Missing:
    points = [
        Point(int(rows["block"].iloc[0]), case.cells, float(rows[column].median()))
        for case, frame in frames.items()
        for _, rows in frame[frame["ok"] & frame[column].notna()].groupby(["block", "boot"])
    ]
    return _slope_of(report, points, why, note, unit)


def _bytes_slope(report: Report, variant: VariantInfo, cases: Sequence[Case]) -> Figure | Missing:
    """Return how many bytes more a change brings for every untouched cell, counted once a size."""
    rows = report.run.measurements
    costs = {(case.cost_ms, case.cost_kind) for case in cases}
    at = (rows["entry"] == variant.entry) & (rows["variant"] == variant.name) & (rows["metric"] == "action_bytes_down")
    grid = rows[at & (rows["page"] == "grid") & rows["value"].notna()]
    points = [
        Point(int(block), int(cells), float(value))
        for block, cells, cost_ms, kind, value in tuples(
            grid, ["block", "grid_cells", "grid_cost_ms", "grid_cost_kind", "value"]
        )
        if (cost_ms, kind) in costs
    ]
    return _slope_of(report, points, "bytes were not counted on this page", "", "B/cell")


def _slope_of(report: Report, points: Sequence[Point], why: str, note: str, unit: str) -> Figure | Missing:
    if not points:
        return Missing(why)
    try:
        return Figure(slope(points, report.level), unit, note)
    except ValueError:
        return Missing("only one number of cells has figures: no slope")


def _cost(cost_ms: float, kind: str) -> str:
    return f"{cost_ms:g} ms {kind}" if cost_ms else "none"


def _per_case(report: Report, title: str, caption: str, column: str, unit: str) -> Table:
    cases = report.headline_cases
    rows = [
        variant_row(variant, [_either(report, variant, case, column, unit) for case in cases])
        for variant in report.variants
    ]
    return Table(title, caption, tuple(Column(case.label) for case in cases), tuple(rows))


def _either(report: Report, variant: VariantInfo, case: Case, column: str, unit: str) -> Figure | Missing:
    """Return a median from the browser, or else from the wire with a note that it is."""
    for instrument, note in (("browser", ""), ("wire", "from the wire")):
        if boots := by_boot(report.samples.rows(variant, case, instrument), column):
            return Figure(median(boots, report.level), unit, note)
    return Missing(report.samples.reason(variant, case, "browser"))


def _browser_bytes(report: Report, way: str) -> Table:
    frame = report.run.measurements
    frame = frame[(frame["metric"] == f"action_bytes_{way}") & (frame["page"] == "app")]
    controls = sorted({str(detail).partition("-")[0] for detail in frame["detail"]})
    by_control = {control: frame[frame["detail"].str.split("-").str[0] == control] for control in controls}
    rows = [
        variant_row(
            variant,
            [_measured(report, by_control[control], variant, f"action_bytes_{way}", "app") for control in controls],
        )
        for variant in report.variants
    ]
    title = f"Bytes {way} per interaction, browser"
    return Table(title, "What the page sent or received for one action.", tuple(map(Column, controls)), tuple(rows))


def _wire_bytes(report: Report, way: str) -> Table:
    def cell(variant: VariantInfo, case: Case) -> Figure | Missing:
        boots = by_boot(report.samples.rows(variant, case, "wire"), f"bytes_{way}")
        return _median(report, boots, "bytes", report.samples.reason(variant, case, "wire"))

    every = report.headline_cases
    cells = {case: [cell(variant, case) for variant in report.variants] for case in every}
    cases = [case for case in every if any(isinstance(shown, Figure) for shown in cells[case])]
    rows = [
        variant_row(variant, [cells[case][index] for case in cases]) for index, variant in enumerate(report.variants)
    ]
    caption = "Median payload of a client without a browser: messages and bodies, not headers."
    columns = tuple(Column(case.label) for case in cases)
    return Table(f"Bytes {way} per interaction, wire", caption, columns, tuple(rows))


def _sessions(frame: pd.DataFrame, metric: str) -> list[int]:
    return sorted({int(sessions) for sessions in frame.loc[frame["metric"] == metric, "sessions"]})


def _metric_label(metric: str, sessions: int, say_sessions: bool) -> str:
    name = metric.rpartition("_")[0] if metric.rpartition("_")[2] in ("ms", "bytes", "s") else metric
    name = (
        name.replace("_", " ").replace("pss", "PSS").replace("uss", "USS").replace("cpu", "CPU").replace("js ", "JS ")
    )
    return (
        f"{name}, {sessions} session{'s' if sessions != 1 else ''}"
        if say_sessions or metric.startswith("loaded")
        else name
    )


def _measured(report: Report, frame: pd.DataFrame, variant: VariantInfo, metric: str, page: str) -> Figure | Missing:
    at = (frame["entry"] == variant.entry) & (frame["variant"] == variant.name)
    rows = frame[at & (frame["metric"] == metric)]
    boots = [np.asarray(group["value"], float) for _, group in rows[rows["value"].notna()].groupby(["block", "boot"])]
    return _median(report, boots, METRICS[metric].unit, _why_not_measured(report, rows, variant, page))


def _survived(report: Report, variant: VariantInfo, metric: str) -> Shown:
    frame = report.run.measurements
    rows = frame[(frame["entry"] == variant.entry) & (frame["variant"] == variant.name) & (frame["metric"] == metric)]
    if rows.empty:
        why = failure_of(report.run.failures, variant, "app", "resilience")
        return Missing(why or "not measured in this run")
    last = rows.iloc[-1]
    return last["detail"] if pd.isna(last["value"]) else f"{last['detail']}, {last['value'] / 1e3:.1f} s"


def _why_not_measured(report: Report, rows: pd.DataFrame, variant: VariantInfo, page: str) -> str:
    stored = rows["reason"].dropna()
    if len(stored):
        return str(stored.iloc[0])
    if page in variant.not_applicable:
        return f"not applicable to {variant.id}: {variant.not_applicable[page]}"
    instrument = str(rows["instrument"].iloc[0]) if len(rows) else "resources"
    return failure_of(report.run.failures, variant, page, instrument) or "not measured in this run"


def _of_entry(report: Report, entry: str, metric: str) -> Figure | Missing:
    frame = report.run.measurements
    rows = frame[(frame["entry"] == entry) & (frame["metric"] == metric)]
    stored = rows["reason"].dropna()
    values = np.asarray(rows["value"].dropna(), float)
    why = str(stored.iloc[0]) if len(stored) else "not measured in this run"
    return _median(
        report, [values] if len(values) else [], METRICS[metric].unit, why, "measured once" if len(values) == 1 else ""
    )
