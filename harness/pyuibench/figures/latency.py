"""Latency: each variant in each case, in the browser and on the wire, and where it stands among the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from pyuibench.analysis.bootstrap import quantile
from pyuibench.analysis.estimates import Floats, median, ratio_of_medians, required_boots
from pyuibench.analysis.ranks import Place, places
from pyuibench.contract.scenarios import KPIS, SCENARIOS, TASKS
from pyuibench.entries.catalog import CROWD
from pyuibench.figures.base import THE_BASELINE, Column, Figure, Missing, Pair, Problem, Shown, Table, variant_row
from pyuibench.figures.samples import Case, VariantInfo, by_block, by_boot
from pyuibench.figures.view import Report, baseline_name, median_figure, ratio_to_baseline

PRECISION = 0.05
FEWEST_FOR_P95 = 20


@dataclass(frozen=True)
class LatencyRow:
    """One variant in one case. Times in milliseconds; `ratio` is of `dom` medians to the baseline's."""

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


@lru_cache(maxsize=16)
def latency_rows(report: Report) -> tuple[tuple[LatencyRow, ...], ...]:
    """Return for each case the latencies of every variant."""
    return tuple(
        tuple(latency_row(report, variant, case) for variant in report.variants) for case in report.samples.cases
    )


def scenario_samples(report: Report, variant: VariantInfo) -> dict[str, Floats]:
    """Return scenario -> the milliseconds of all right answers of a variant in the browser, in order.

    Of what a session does again and again, all controls and boots together.
    """
    found = {}
    for scenario in dict.fromkeys(
        case.scenario for case in report.headline_cases if SCENARIOS[case.scenario].in_rounds
    ):
        cases = [case for case in report.headline_cases if case.scenario == scenario]
        frames = pd.concat([report.samples.rows(variant, case, "browser") for case in cases])
        if len(values := frames.loc[frames["ok"], "dom_ms"].dropna()):
            found[scenario] = np.sort(np.asarray(values, float))
    return found


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
        ratio=ratio_to_baseline(report, variant, case, "browser", "dom_ms"),
        painted=median_figure(report, by_boot(browser, "painted_ms"), "ms", why),
        service=median_figure(report, by_boot(alone, "service_ms"), "ms", why_alone, beware),
        response=response,
        response_p95=response_p95,
        boot_medians=tuple(float(np.median(boot)) for boot in by_boot(browser, "dom_ms")),
        browser_not_ok=int((~browser["ok"]).sum()),
        browser_all=len(browser),
        wire_not_ok=int((~wire["ok"]).sum()),
        wire_all=len(wire),
    )


def places_of(report: Report, case: Case) -> dict[str, str]:
    """Return variant -> the places that it may hold among all but the baseline in a case, such as `2-4 of 9`, in the browser."""
    found = ranked(report, case)
    return {place.name: f"{_span(place.best, place.worst)} of {len(found)}" for place in found}


def ranked(report: Report, case: Case) -> tuple[Place, ...]:
    """Return the places in a case, in the browser, of every variant that has figures, by its id; the baseline holds none."""
    compared = (variant for variant in report.variants if not variant.is_baseline)
    frames = {variant.id: report.samples.rows(variant, case, "browser") for variant in compared}
    samples = {name: by_block(frame, "dom_ms") for name, frame in frames.items()}
    return places({name: blocks for name, blocks in samples.items() if blocks}, report.level)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def headline(report: Report) -> Table:
    """Return the headline: per variant the browser's median to the right DOM and its ratio to the baseline, per case."""
    kept = report.headline_cases if report.variants else ()
    by_case = {rows[0].case: rows for rows in latency_rows(report) if rows}
    rows = [
        variant_row(variant, [_pair(by_case[case][index]) for case in kept])
        for index, variant in enumerate(report.variants)
    ]
    caption = (
        "Browser: median time from the input event until every output that must change shows the right value (dom), and "
        f"its ratio to {baseline_name(report)} with 95 % interval. Lower is better."
    )
    return Table("Time to the right answer", caption, tuple(Column(case.label) for case in kept), tuple(rows))


def widest(report: Report) -> float | None:
    """Return the half-width of the widest interval of a headline ratio, as a share; None while one of them has no interval.

    Ratios that have no figure, and the baseline's to itself, are not looked at.
    """
    ratios = [
        row.ratio.estimate
        for rows in latency_rows(report)
        for row in rows
        if row.case in report.headline_cases and not row.variant.is_baseline and isinstance(row.ratio, Figure)
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
        Column("ratio to baseline", f"dom median / that of {baseline_name(report)}, paired by block, [95 % interval]"),
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
    held = places_of(report, rows[0].case)
    cells = [_latency_cells(row, held.get(row.variant.id, "none")) for row in rows]
    return Table(
        rows[0].case.label,
        "",
        columns,
        tuple(variant_row(row.variant, it) for row, it in zip(rows, cells, strict=True)),
    )


def wire_above_browser(report: Report) -> tuple[Problem, ...]:
    """Return where a client without a browser was slower than the browser, which its figures can't explain."""
    return tuple(
        Problem(
            row.variant.id,
            row.case.label,
            f"wire service {row.service.estimate.value:.1f} ms, browser dom {row.dom.estimate.value:.1f} ms",
            1,
        )
        for rows in latency_rows(report)
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


def _pair(row: LatencyRow) -> Pair:
    return Pair(row.dom, row.ratio, f"{row.browser_not_ok}/{row.browser_all} not ok" if row.browser_not_ok else "")


def _latency_cells(row: LatencyRow, held: str) -> tuple[Shown, ...]:
    rests_on = f"{row.dom.estimate.n} / {row.dom.estimate.boots}" if isinstance(row.dom, Figure) else "0 / 0"
    wrong = f"{row.browser_not_ok}/{row.browser_all} · {row.wire_not_ok}/{row.wire_all}"
    figures = (row.dom, row.p95, row.ratio, held, row.painted, row.service, row.response, row.response_p95)
    wanted = required_boots(row.boot_medians, PRECISION)
    return (rests_on, *figures, str(wanted) if wanted else Missing("it takes two boots to say"), wrong)


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
        Column("KPIs, ratio to baseline", f"to {baseline_name(report)}, [95 % interval]"),
        *(Column(name, "median until it is right") for name in list(parts)[1:]),
    )
    frames = {
        variant.id: _with_parts(report.samples.rows(variant, case, "browser"), parts) for variant in report.variants
    }
    baseline = frames[report.baseline.id] if report.baseline else None
    rows = []
    for variant in report.variants:
        why = report.samples.reason(variant, case, "browser")
        medians = [median_figure(report, by_boot(frames[variant.id], part), "ms", why) for part in parts]
        ratio = (
            _ratio_of_parts(report, frames[variant.id], baseline, "KPIs")
            if variant != report.baseline
            else THE_BASELINE
        )
        rows.append(variant_row(variant, (medians[0], ratio, *medians[1:])))
    return Table(case.label, "Median time until each kind of output was right, in the browser.", columns, tuple(rows))


def _with_parts(rows: pd.DataFrame, parts: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return rows with a column for each part: when the last of its outputs was right, NaN if one has no time."""
    times = {part: [_last_of(value, names) for value in rows["output_ms"]] for part, names in parts.items()}
    return rows.assign(**times)


def _last_of(times: Any, names: tuple[str, ...]) -> float:
    known = times if isinstance(times, dict) else {}
    return max(known.get(name, np.nan) for name in names) if all(name in known for name in names) else np.nan


def _ratio_of_parts(report: Report, ours: pd.DataFrame, baseline: pd.DataFrame | None, part: str) -> Figure | Missing:
    if baseline is None:
        return Missing("this run has no baseline, so there is no baseline to compare to")
    try:
        return Figure(ratio_of_medians(by_block(ours, part), by_block(baseline, part), report.level), "ratio")
    except ValueError as error:
        return Missing(str(error))
