"""Latency: each variant in each case, in the browser and on the wire, and where it stands among the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pyuibench.analysis.bootstrap import quantile
from pyuibench.analysis.estimates import Floats, ratio_of_medians, required_boots
from pyuibench.analysis.moderation import Scatter
from pyuibench.analysis.ranks import Place, places
from pyuibench.contract.scenarios import KPIS, SCENARIOS, TASKS, PageName
from pyuibench.contract.ways import WAYS
from pyuibench.entries.catalog import CROWD
from pyuibench.figures import ends, waits
from pyuibench.figures.base import (
    THE_BASELINE,
    Column,
    Comparison,
    Figure,
    FigureFamily,
    FigureSpec,
    Missing,
    Pair,
    Problem,
    Result,
    Section,
    Shown,
    SideBySide,
    Table,
    TableMaker,
    id_part,
    variant_row,
)
from pyuibench.figures.between_runs import in_blocks, spread_in_blocks
from pyuibench.figures.ends import (
    ENDS,
    ON_THE_WIRE,
    PAINTED,
    RIGHT,
    VISIBLE,
    End,
    headline_end,
    headline_ends,
    is_known,
)
from pyuibench.figures.samples import Case, VariantInfo, by_block, by_boot
from pyuibench.figures.view import (
    RunView,
    baseline_name,
    best_of,
    case_median,
    median_figure,
    ratio_to_baseline,
    reference_of,
    scatter_of,
)
from pyuibench.figures.waits import SENT, in_the_page, on_the_wire

SECTION = Section(
    "latency",
    "Latency",
    30,
    "In the charts: a dot is the typical boot's median, the bar its 95 % interval, small marks are the medians of single boots, "
    "the dashed line is the baseline.",
)
SECTIONS = (SECTION,)
LOAD = "load"
LOADS = ("cold", "warm")
"""How a page is opened: with the browser's cache empty, and again."""
PRECISION = 0.05
FEWEST_FOR_P95 = 20
P95 = 0.95


def case_id(case: Case) -> str:
    """Return a case as a part of an id: `unrelated.increment`, `unrelated.name.typed`, `grid.cell.100-cells.1-ms-cpu`."""
    parts = [case.scenario, case.control, case.way]
    if case.page == "grid":
        parts += [f"{case.cells}-cells", f"{case.cost_ms:g} ms {case.cost_kind}" if case.cost_ms else ""]
    return ".".join(id_part(part) for part in parts if part)


def latency_spec(case: Case, end: End) -> FigureSpec:
    """Return the figure of a case: of one end in the browser, or on the wire with one session."""
    return FigureSpec(
        f"latency.{case_id(case)}.{end.id}",
        SECTION.id,
        f"{case.label}, {end.label}",
        "ms",
        partial(_median, case=case, end=end),
        f"{end.about}: {WAYS[case.way].about}" if case.way and end is not ON_THE_WIRE else end.about,
        heading=case.label,
        kind=end.label,
        # Paired by block; what is on the wire is divided by the baseline's figure.
        ratio=partial(_paired, case=case, end=end) if end is not ON_THE_WIRE else None,
        is_in=lambda view: case in view.samples.cases and is_known(view, end),
        options=f"--scenario {case.scenario} --instrument {end.instrument}",
        comparison=Comparison(
            partial(_in_blocks, case=case, end=end),
            spread=partial(spread_in_blocks, case=case, instrument=end.instrument, column=end.column),
        ),
        leaders=partial(_leaders, case=case, end=end),
    )


def headline_specs(view: RunView, case: Case) -> tuple[FigureSpec, ...]:
    """Return the figures that a case's headline shows side by side, the one that it ranks by first."""
    return tuple(latency_spec(case, end) for end in headline_ends(view))


def app_cases() -> tuple[Case, ...]:
    """Return the cases of the app page, which follow from the contract."""
    return tuple(
        case
        for scenario in SCENARIOS.values()
        if scenario.page == "app"
        for control in scenario.controls or LOADS
        for case in Case("app", scenario.name, control).ways
    )


def _other_cases(view: RunView) -> tuple[FigureSpec, ...]:
    """Return the figures of cases that follow from what was run: sizes and costs of the scaling page."""
    others = (case for case in view.samples.cases if case not in app_cases())
    return tuple(latency_spec(case, end) for case in others for end in ENDS)


NOT_SEEN = {
    "visible_ms": "this run was measured before the harness looked at what can be seen",
    "painted_ms": "no frame was seen",
    "sent_ms": "the page sent nothing, or the run was measured before that was noted",
}
"""Why there is no time of a kind though there are right answers."""


@dataclass(frozen=True)
class LatencyRow:
    """One variant in one case. Times in milliseconds.

    `headline` has the medians that the run's headline shows, by their ends, with their ratios to the baseline's; `p95` and
    `boot_medians` are of the first of them, and it is that of the row that `is_reference` to which the others' ratios are.
    """

    variant: VariantInfo
    case: Case
    headline: Mapping[End, Pair]
    right: Result
    p95: Figure | Missing
    is_reference: bool
    visible: Result
    painted: Result
    sent: Figure | Missing
    service: Result
    response: Figure | Missing
    response_p95: Figure | Missing
    boot_medians: tuple[float, ...]
    browser_not_ok: int
    browser_all: int
    wire_not_ok: int
    wire_all: int

    @property
    def lead(self) -> Result:
        """Return the median that the headline ranks by."""
        return next(iter(self.headline.values())).figure


def latency_rows(view: RunView) -> tuple[tuple[LatencyRow, ...], ...]:
    """Return for each case the latencies of every variant."""
    return view.once(_latency_rows)


def _latency_rows(view: RunView) -> tuple[tuple[LatencyRow, ...], ...]:
    return tuple(tuple(_latency_row(view, variant, case) for variant in view.variants) for case in view.samples.cases)


def latency(view: RunView, variant: VariantInfo, case: Case, end: End) -> Result:
    """Return a variant's median in a case."""
    return view.result(latency_spec(case, end), variant)


def latency_ratio(view: RunView, variant: VariantInfo, case: Case, end: End) -> Result:
    """Return its ratio to that of `reference` in the browser, paired by block; for the reference itself THE_BASELINE."""
    return view.paired(latency_spec(case, end), variant)


def reference(view: RunView, case: Case, end: End) -> VariantInfo | None:
    """Return the transport of the baseline that ratios in a case are to: the one with the lowest typical figure."""
    return reference_of(view, case, end.instrument, end.column)


def scenario_samples(view: RunView, variant: VariantInfo) -> dict[str, Floats]:
    """Return scenario -> the milliseconds of all right answers of a variant in the browser, in order.

    Of what a session does again and again, all controls and boots together.
    """
    found = {}
    for scenario in dict.fromkeys(case.scenario for case in view.headline_cases if SCENARIOS[case.scenario].in_rounds):
        cases = [case for case in view.headline_cases if case.scenario == scenario]
        frames = pd.concat([view.samples.rows(variant, case, "browser") for case in cases])
        if len(values := frames.loc[frames["ok"], headline_end(view).column].dropna()):
            found[scenario] = np.sort(np.asarray(values, float))
    return found


def baseline_samples(view: RunView) -> dict[str, Floats]:
    """Return the same of the baseline: of each scenario those of the transport with the lowest median."""
    found: dict[str, Floats] = {}
    for variant in view.baselines:
        for scenario, values in scenario_samples(view, variant).items():
            if scenario not in found or np.median(values) < np.median(found[scenario]):
                found[scenario] = values
    return found


def _latency_row(view: RunView, variant: VariantInfo, case: Case) -> LatencyRow:
    """Return a variant's latencies in a case: in the browser, alone on the wire, and in the largest crowd there."""
    samples = view.samples
    browser = samples.rows(variant, case, "browser")
    alone = samples.rows(variant, case, "wire")
    crowd = samples.rows(variant, case, "wire", samples.crowd) if samples.crowd else alone.iloc[:0]
    why = partial(samples.reason, variant, case, "browser")
    why_crowd = partial(samples.reason, variant, case, "wire", samples.crowd or 1)
    responses = view.boots(variant, case, "wire", "response_ms", samples.crowd) if samples.crowd else []
    times = view.boots(variant, case, "browser", headline_end(view).column)
    wire = pd.concat([alone, crowd]) if len(alone) or len(crowd) else alone
    return LatencyRow(
        variant=variant,
        case=case,
        headline={end: _pair(view, variant, case, end) for end in headline_ends(view)},
        **{end.label: latency(view, variant, case, end) for end in (RIGHT, VISIBLE, PAINTED)},
        p95=in_the_page(_p95(view, times, why), view, variant, case),
        is_reference=variant == reference(view, case, headline_end(view)),
        sent=_sent(view, variant, case, why),
        service=latency(view, variant, case, ON_THE_WIRE),
        response=on_the_wire(_response(view, variant, case), variant, [case.control]),
        response_p95=on_the_wire(_p95(view, responses, why_crowd), variant, [case.control]),
        boot_medians=tuple(float(np.median(boot)) for boot in times),
        browser_not_ok=int((~browser["ok"]).sum()),
        browser_all=len(browser),
        wire_not_ok=int((~wire["ok"]).sum()),
        wire_all=len(wire),
    )


def places_of(view: RunView, case: Case) -> dict[str, str]:
    """Return variant -> the places that it may hold among all but the baseline in a case, such as `2-4 of 9`, in the browser."""
    found = ranked(view, case)
    return {place.name: f"{_span(place.best, place.worst)} of {len(found)}" for place in found}


def _leaders(view: RunView, case: Case, end: End) -> frozenset[str]:
    """Return the variants that may hold the first place in a case, by the end that the headline ranks by."""
    if end is not headline_end(view):
        return frozenset()
    return frozenset(place.name for place in ranked(view, case) if place.best == 1)


def ranked(view: RunView, case: Case, among: Iterable[VariantInfo] | None = None) -> tuple[Place, ...]:
    """Return the places in a case, by the first of the headline's ends, of every variant that has figures, by its id.

    `among`: those that are compared, all that hold places where it isn't given. The baseline holds none, nor do diagnostic
    variants.
    """
    compared = [variant for variant in (view.variants if among is None else among) if variant.is_ranked]
    column = headline_end(view).column
    samples = {variant.id: view.blocks(variant, case, "browser", column) for variant in compared}
    known = {name: blocks for name, blocks in samples.items() if blocks}
    return places(known, view.level, view.scatter(case, "browser", column))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def headline(view: RunView) -> Table:
    """Return the headline: per variant and case the browser's medians, and their ratios to the baseline's."""
    cases = view.headline_cases if view.variants else ()
    rows = [variant_row(variant, [_headline_cell(view, variant, case) for case in cases]) for variant in view.variants]
    to_baseline = f"With the ratio to {_compared_to(view, cases)} and its 95 % interval. Lower is better."
    caption = f"{ends.about(view)} {to_baseline} {waits.about(view)}{_sliders(view)}"
    columns = tuple(Column(case.label, _about_case(view, case)) for case in cases)
    return Table("latency.headline", "Time to the answer", caption, columns, tuple(rows))


def _compared_to(view: RunView, cases: Sequence[Case]) -> str:
    """Return what the ratios in some cases are to, in words: with several transports which of them in which case."""
    if len(view.baselines) < 2:
        return baseline_name(view.baseline)
    named: dict[VariantInfo, list[str]] = {}
    for case in cases:
        best = {end: reference(view, case, end) for end in headline_ends(view)}
        labels = {end: case.label if len({*best.values()}) == 1 else f"{case.label} ({end.label})" for end in best}
        for end, variant in best.items():
            if variant and labels[end] not in (known := named.setdefault(variant, [])):
                known.append(labels[end])
    each = "; ".join(f"{variant.id} in {', '.join(labels)}" for variant, labels in named.items())
    return f"the fastest of the baseline's transports ({each})"


def _about_case(view: RunView, case: Case) -> str:
    """Return how a case's control was operated, and what ratios in it are to."""
    return "; ".join(filter(None, (gesture_in(view, case), f"ratios are to {_compared_to(view, [case])}")))


def gesture_in(view: RunView, case: Case) -> str:
    """Return how a case's control was operated in a run, in words; empty where that is plain, or was done in several ways."""
    if case.scenario in TASKS:
        return ""
    found = {case.way} if case.way else {variant.ways.get(case.control, "") for variant in view.variants}
    return WAYS[found.pop()].about if len(found) == 1 and "" not in found else ""


def _sliders(view: RunView) -> str:
    """Return how sliders were moved in a run, as a sentence."""
    found = gesture_in(view, Case("app", "global", "min_units"))
    return f" Sliders are {found}." if found else ""


def widest(view: RunView) -> float | None:
    """Return the half-width of the widest interval of a headline ratio, as a share; None while one of them has no interval.

    Ratios that have no figure, and the baseline's to itself, are not looked at.
    """
    compared = [variant for variant in view.variants if not variant.is_baseline]
    found = (
        latency_ratio(view, variant, case, end)
        for case in view.headline_cases
        for variant in compared
        for end in headline_ends(view)
    )
    ratios = [ratio.estimate for ratio in found if isinstance(ratio, Figure)]
    halves = [None if it.low is None or it.high is None else float(np.sqrt(it.high / it.low)) - 1 for it in ratios]
    known = [half for half in halves if half is not None]
    return max(known) if known and len(known) == len(halves) else None


def case_tables(view: RunView, page: PageName = "app", declared: str = "latency.cases") -> tuple[Table, ...]:
    """Return a table for each case of a page, with all that is known of each variant's times; their ids begin with `declared`."""
    shown = (rows for rows in latency_rows(view) if rows and rows[0].case.page == page)
    return tuple(replace(_case_table(view, rows), id=f"{declared}.{case_id(rows[0].case)}") for rows in shown)


def _case_table(view: RunView, rows: Sequence[LatencyRow]) -> Table:
    case = rows[0].case
    held = places_of(view, case)
    cells = [_latency_cells(view, row, held.get(row.variant.id, "none")) for row in rows]
    why = f"Measured for: {SCENARIOS[case.scenario].why}. " if case.scenario in SCENARIOS else ""
    if gesture := gesture_in(view, case):
        why += f"The gesture: {gesture}. "
    return Table(
        "",
        case.label,
        f"{why}{waits.about(view)}",
        _latency_columns(view, case),
        tuple(variant_row(row.variant, it) for row, it in zip(rows, cells, strict=True)),
    )


def _latency_columns(view: RunView, case: Case) -> tuple[Column, ...]:
    crowd = f"{view.samples.crowd} sessions" if view.samples.crowd else "many sessions"
    lead, *beside = headline_ends(view)
    to_baseline = f"median / that of {_compared_to(view, [case])}, paired by block, [95 % interval]"
    return (
        Column("n / boots", "right interactions in the browser / boots of the server that they come from"),
        Column(f"{lead.label} median", f"browser: {lead.about}, [95 % interval]"),
        Column(f"{lead.label} p95", "browser: 95th percentile, [95 % interval]"),
        Column("ratio to baseline", f"{lead.label} {to_baseline}"),
        Column("places", "those that the data don't rule out, all pairs compared together (95 %)"),
        *(
            column
            for end in beside
            for column in (
                Column(f"{end.label} median", f"browser: {end.about}, [95 % interval]"),
                Column(f"{end.label}, ratio to baseline", f"{end.label} {to_baseline}"),
            )
        ),
        *(Column(f"{end.label} median", f"browser: {end.about}") for end in _not_in_the_headline(view)),
        Column("sent median", "browser: until the page first sends something, with what it waits by design"),
        Column("wire service, 1 session", "median from sending until the last expected value arrived"),
        Column(f"wire response, {crowd}", "median from the intended start until the last expected value arrived"),
        Column(f"wire response p95, {crowd}", "95th percentile of the same"),
        Column(
            f"boots for ±{PRECISION:.0%}",
            f"how many boots of the server would make the interval of {lead.label} that narrow, by how far these differ",
        ),
        Column("not ok", "wrong, late or failed interactions of all, browser and wire: in no figure here"),
    )


def _not_in_the_headline(view: RunView) -> tuple[End, ...]:
    return tuple(end for end in (RIGHT, VISIBLE, PAINTED) if end not in headline_ends(view))


def wire_above_browser(view: RunView) -> tuple[Problem, ...]:
    """Return where a client without a browser was slower than the browser, which its figures can't explain."""
    return tuple(
        Problem(
            variant.id,
            case.label,
            f"wire service {wire.estimate.value:.1f} ms, browser right {browser.estimate.value:.1f} ms",
            1,
        )
        for case in view.samples.cases
        # Tasks have a sample or two each, and last a second or two whatever the client.
        if case.scenario not in TASKS
        for variant in view.variants
        if isinstance(wire := latency(view, variant, case, ON_THE_WIRE), Figure)
        and isinstance(browser := latency(view, variant, case, RIGHT), Figure)
        and wire.estimate.value > browser.estimate.value
    )


def output_tables(view: RunView) -> tuple[Table, ...]:
    """Return for each control of `global` when each kind of output was right: numbers apart from chart and table."""
    return tuple(_output_table(view, case) for case in view.samples.cases if case.scenario == "global")


def _median(view: RunView, variant: VariantInfo, case: Case, end: End) -> Result:
    why, note = partial(_why, view, variant, case, end), variant.caveats.get(case.scenario, "")
    figure = case_median(view, variant, case, end.instrument, end.column, why, note=note)
    if end is ON_THE_WIRE:
        return on_the_wire(figure, variant, [case.control])
    return in_the_page(figure, view, variant, case)


def _response(view: RunView, variant: VariantInfo, case: Case) -> Figure | Missing:
    """Return the median response time of the largest crowd on the wire."""
    crowd = view.samples.crowd
    why = partial(view.samples.reason, variant, case, "wire", crowd or 1)
    if crowd is None:
        return Missing(why())
    beware = variant.caveats.get(CROWD, "")
    return case_median(view, variant, case, "wire", "response_ms", why, note=beware, sessions=crowd)


def _why(view: RunView, variant: VariantInfo, case: Case, end: End) -> str:
    """Return why there is no time of an end, though there may be right answers."""
    has_answers = end.column in NOT_SEEN and view.boots(variant, case, end.instrument, RIGHT.column)
    return NOT_SEEN[end.column] if has_answers else view.samples.reason(variant, case, end.instrument)


def _paired(view: RunView, variant: VariantInfo, case: Case, end: End) -> Figure | Missing | str:
    return ratio_to_baseline(view, variant, case, end.instrument, end.column)


def _in_blocks(view: RunView, variant: VariantInfo, case: Case, end: End) -> list[float]:
    """Return the figure in each block; of the browser only for the headline: its other ends say the same of the same gestures."""
    if end not in (*headline_ends(view), ON_THE_WIRE):
        return []
    return in_blocks(view, variant, case, end.instrument, end.column)


def _headline_cell(view: RunView, variant: VariantInfo, case: Case) -> Pair | SideBySide:
    """Return what the headline shows of a variant in a case: where it has one end alone, that one's pair."""
    pairs = tuple(_pair(view, variant, case, end) for end in headline_ends(view))
    if len(pairs) == 1:
        return pairs[0]
    return SideBySide(tuple(replace(pair, not_ok="") for pair in pairs), pairs[0].not_ok)


def _pair(view: RunView, variant: VariantInfo, case: Case, end: End) -> Pair:
    rows = view.samples.rows(variant, case, "browser")
    not_ok = int((~rows["ok"]).sum())
    counted = f"{not_ok}/{len(rows)} not ok" if not_ok else ""
    ratio = latency_ratio(view, variant, case, end)
    return Pair(latency(view, variant, case, end), ratio, counted, end.label)


def _latency_cells(view: RunView, row: LatencyRow, held: str) -> tuple[Shown, ...]:
    (_, lead), *beside = row.headline.items()
    rests_on = f"{row.lead.estimate.n} / {row.lead.estimate.boots}" if isinstance(row.lead, Figure) else "0 / 0"
    wrong = f"{row.browser_not_ok}/{row.browser_all} · {row.wire_not_ok}/{row.wire_all}"
    others = [figure for _, pair in beside for figure in (pair.figure, pair.ratio)]
    diagnostic = [
        {RIGHT: row.right, VISIBLE: row.visible, PAINTED: row.painted}[end] for end in _not_in_the_headline(view)
    ]
    figures = (lead.figure, row.p95, lead.ratio, held, *others, *diagnostic, row.sent)
    wire = (row.service, row.response, row.response_p95)
    wanted = required_boots(row.boot_medians, PRECISION)
    return (rests_on, *figures, *wire, str(wanted) if wanted else Missing("it takes two boots to say"), wrong)


def _sent(view: RunView, variant: VariantInfo, case: Case, why: Callable[[], str]) -> Figure | Missing:
    """Return the median until the page sends something, which older runs don't have."""
    has_answers = bool(view.boots(variant, case, "browser", RIGHT.column))
    return case_median(view, variant, case, "browser", SENT, lambda: NOT_SEEN[SENT] if has_answers else why())


def _p95(view: RunView, boots: Sequence[Floats], why: Callable[[], str]) -> Figure | Missing:
    if not boots:
        return Missing(why())
    high = quantile(boots, P95, view.level)
    few = f"{high.n} samples: this p95 is little else than the largest" if high.n < FEWEST_FOR_P95 else ""
    return Figure(high, "ms", few)


def _output_table(view: RunView, case: Case) -> Table:
    parts = {"KPIs": KPIS, "chart": ("chart",), "table caption": ("table",), "table rows": ("rows",)}
    frames = {variant.id: _with_parts(view.samples.rows(variant, case, "browser"), parts) for variant in view.variants}
    scatters = {part: scatter_of(view, {name: by_block(rows, part) for name, rows in frames.items()}) for part in parts}

    def part_of(variant: VariantInfo, part: str) -> Figure | Missing:
        why = partial(view.samples.reason, variant, case, "browser")
        boots, spread = by_boot(frames[variant.id], part), scatters[part].of(variant.id)
        return median_figure(view, boots, "ms", why, spread=spread)

    best = best_of(view.baselines, partial(part_of, part="KPIs"))
    columns = (
        Column("KPIs (text only)", "the last of the four numbers: what the update costs without chart and table"),
        Column("KPIs, ratio to baseline", f"to {baseline_name(best)}, [95 % interval]"),
        *(Column(name, "median until it is right") for name in list(parts)[1:]),
    )
    rows = []
    for variant in view.variants:
        medians = [in_the_page(part_of(variant, part), view, variant, case) for part in parts]
        ratio = THE_BASELINE if variant == best else _ratio_of_parts(view, (variant, best), frames, "KPIs", scatters)
        rows.append(variant_row(variant, (medians[0], ratio, *medians[1:])))
    return Table(
        f"latency.outputs.{case_id(case)}",
        f"{case.label}: when each output was right",
        "Median time until each kind of output was right, in the browser. The numbers alone show the model without what a "
        f"framework's chart or table costs. {waits.about(view)}",
        columns,
        tuple(rows),
    )


def _with_parts(rows: pd.DataFrame, parts: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return rows with a column for each part: when the last of its outputs was right, NaN if one has no time."""
    times = {part: [_last_of(value, names) for value in rows["output_ms"]] for part, names in parts.items()}
    return rows.assign(**times)


def _last_of(times: Any, names: tuple[str, ...]) -> float:
    known = times if isinstance(times, dict) else {}
    return max(known.get(name, np.nan) for name in names) if all(name in known for name in names) else np.nan


def _ratio_of_parts(
    view: RunView,
    pair: tuple[VariantInfo, VariantInfo | None],
    frames: Mapping[str, pd.DataFrame],
    part: str,
    scatters: Mapping[str, Scatter],
) -> Figure | Missing:
    variant, baseline = pair
    if baseline is None:
        return Missing("this run has no baseline, so there is no baseline to compare to")
    ours, theirs = (by_block(frames[it.id], part) for it in (variant, baseline))
    spread = scatters[part].between(variant.id, baseline.id)
    try:
        return Figure(ratio_of_medians(ours, theirs, view.level, spread), "ratio")
    except ValueError as error:
        return Missing(str(error))


FIGURES = (
    *(
        latency_spec(case, end)
        for case in app_cases()
        for end in ENDS
        if case.scenario != LOAD or end is not ON_THE_WIRE
    ),
    *(
        FigureFamily(f"latency.{case_id(case)}", SECTION.id, partial(headline_specs, case=case), is_choice=True)
        for case in app_cases()
    ),
    FigureFamily("latency", SECTION.id, _other_cases),
)
TABLES = (
    TableMaker("latency.headline", SECTION.id, lambda view: (headline(view),), in_summary=True),
    TableMaker("latency.cases", SECTION.id, case_tables),
    TableMaker("latency.outputs", SECTION.id, output_tables),
)
