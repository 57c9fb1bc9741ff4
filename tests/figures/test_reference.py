"""What ratios are to: in each figure the best of the baseline's transports, for all variants and in all blocks."""

from dataclasses import replace

import numpy as np
import pytest
from looked_up import cells_of, variant_of
from two_transports import with_second_transport

from pyuibench.analysis.estimates import Estimate, median, ratio_of_medians
from pyuibench.entries.catalog import AGAIN
from pyuibench.figures import latency, registry
from pyuibench.figures.base import THE_BASELINE, Figure, Missing
from pyuibench.figures.ends import RIGHT
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.view import RunView, best_of
from pyuibench.publish.rows import as_records, figure_rows

CLICK, FILTER = Case("app", "unrelated", "increment"), Case("app", "global", "category")
SOCKET, HTTP, SSE = (
    VariantInfo("ground", name, "Ground", "baseline", "callback") for name in ("socket", "http", "sse")
)
LOWEST_OF_THREE = 3 / (2 * np.sqrt(np.pi))
"""How far the lowest of three standard normal values lies below 0, on average."""


def figure(value):
    return Figure(Estimate(value, None, None, 1, 1), "ms")


@pytest.fixture
def view(write_run):
    return RunView(with_second_transport(write_run()))


@pytest.mark.parametrize(
    ("values", "better", "best"),
    [
        ((3.0, 2.0, 4.0), "lower", HTTP),
        ((3.0, 2.0, 4.0), "higher", SSE),
        ((3.0, 2.0, 4.0), "neither", SOCKET),
        ((2.0, 2.0, 2.0), "lower", SOCKET),
        ((None, 9.0, 8.0), "lower", SSE),
        ((None, None, None), "lower", SOCKET),
    ],
)
def test_the_best_transport(values, better, best):
    known = dict(zip((SOCKET, HTTP, SSE), values, strict=True))
    results = {it: Missing("it failed") if value is None else figure(value) for it, value in known.items()}
    assert best_of(tuple(results), results.__getitem__, better) == best


def test_without_a_transport_there_is_no_best():
    assert best_of((), lambda it: figure(1.0)) is None


def test_each_figure_is_compared_to_the_best_transport_in_it(view):
    app = variant_of(view, "maple/app")
    # Of 30 ms, 10 ms over the socket and 5 over the other; of 140, 60 over the socket and 120 over the other.
    assert latency.latency_ratio(view, app, CLICK, RIGHT).estimate.value == pytest.approx(6)
    assert latency.latency_ratio(view, app, FILTER, RIGHT).estimate.value == pytest.approx(140 / 60)
    assert latency.reference(view, CLICK, RIGHT).id == "ground/plain"
    assert latency.latency_ratio(view, variant_of(view, "ground/plain"), CLICK, RIGHT) == THE_BASELINE
    assert latency.latency_ratio(view, variant_of(view, "ground/socket"), CLICK, RIGHT).estimate.value == pytest.approx(
        2
    )


def test_what_is_not_paired_is_divided_by_the_best_too(view):
    drag, states = registry.figure("tasks.drag.stale_after"), registry.figure("tasks.drag.states")
    app = variant_of(view, "maple/app")
    assert view.reference(drag).id == "ground/plain"
    assert view.ratio(drag, app).estimate.value == pytest.approx(70 / 3.5)
    assert view.reference(states).id == "ground/socket"


def test_one_transport_is_the_reference_of_all_blocks(write_run):
    run = with_second_transport(write_run())
    rows = run.interactions
    slow = (rows["variant"] == "plain") & (rows["block"] == 0) & (rows["scenario"] == "unrelated")
    rows.loc[slow, "right_ms"] *= 2.2
    view = RunView(replace(run, interactions=rows))
    assert latency.reference(view, CLICK, RIGHT).id == "ground/plain"
    # In block 0 the socket is the faster one, and still isn't what is compared to.
    ratio = latency.latency_ratio(view, variant_of(view, "maple/app"), CLICK, RIGHT).estimate
    assert ratio.boots == 3
    assert ratio.value == pytest.approx((6 / 2.2 * 6 * 6) ** (1 / 3))


def test_the_second_name_of_the_first_transport_is_never_the_reference(write_run):
    view = RunView(with_second_transport(write_run(), AGAIN))
    assert latency.reference(view, CLICK, RIGHT).id == "ground/socket"


def test_the_headline_says_which_transport_it_is(view):
    table = latency.headline(view)
    labels = [case.label for case in view.headline_cases]
    assert f"ground/plain in {labels[0]}; ground/socket in {', '.join(labels[1:])})" in table.caption
    assert table.columns[0].about == (
        "ratios are to the fastest of the baseline's transports (ground/plain in unrelated · increment)"
    )
    assert cells_of(table, "plain")["unrelated · increment"].ratio == THE_BASELINE
    assert cells_of(table, "socket")[labels[1]].ratio == THE_BASELINE


def test_with_one_transport_its_name_is_enough(write_run):
    assert "the ratio to the baseline (ground/socket) and its" in latency.headline(RunView(write_run())).caption


def test_tables_of_cases_and_outputs_say_which_transport_it_is(view):
    table = next(it for it in latency.case_tables(view) if it.id == "latency.cases.unrelated.increment")
    assert "ground/plain" in {column.label: column.about for column in table.columns}["ratio to baseline"]
    (outputs,) = latency.output_tables(view)
    assert {column.label: column.about for column in outputs.columns}["KPIs, ratio to baseline"] == (
        "to the baseline (ground/socket), [95 % interval]"
    )
    assert cells_of(outputs, "plain")["KPIs, ratio to baseline"].estimate.value == pytest.approx(2)


def test_files_say_which_transport_it_is(view):
    rows = figure_rows(view)
    named = {row.figure: row.reference for row in rows}
    assert named["latency.unrelated.increment.browser"] == "ground/plain"
    assert named["latency.grid.cell.101-cells.0_5-ms-sleep.browser"] == "ground/socket"
    assert named["memory.idle_pss"] == ""
    told = {(it["figure"], it["variant"]): it["ratio_is_to"] for it in as_records(rows)}
    assert told["latency.unrelated.increment.browser", "maple/app"] == "ground/plain"


def of_equal_transports(random, blocks, spread):
    """Return block -> a sample of three transports and an entry that are all the same, on a machine that drifts."""
    drift = np.exp(random.normal(0, 0.5, blocks))
    return [
        {block: [drift[block] * it] for block, it in enumerate(np.exp(random.normal(0, spread, blocks)))}
        for _ in range(4)
    ]


@pytest.mark.parametrize(("blocks", "least"), [(3, 0.93), (7, 0.91), (20, 0.91)])
def test_the_best_of_three_is_too_good_by_what_is_stated_at_most(blocks, least):
    random = np.random.default_rng(blocks)
    spread, ratios = 0.1, []
    for _ in range(2000):
        *transports, entry = of_equal_transports(random, blocks, spread)
        known = dict(zip((SOCKET, HTTP, SSE), transports, strict=True))
        best = best_of(tuple(known), lambda it, known=known: Figure(median([*known[it].values()]), "ms"))
        ratios.append(ratio_of_medians(entry, known[best]))
    too_high = np.mean([np.log(it.value) for it in ratios]) / (spread / np.sqrt(blocks))
    assert too_high == pytest.approx(LOWEST_OF_THREE, abs=0.1)
    assert least <= sum(it.low <= 1 <= it.high for it in ratios) / len(ratios) <= 0.97
