"""How well a run knows its ratios, said on the report's first screen; and what it would take to know them better."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from committed import view_of

from pyuibench.analysis.moderation import FEWEST_VARIANTS
from pyuibench.figures import precision
from pyuibench.figures.ends import headline_end
from pyuibench.figures.latency import latency_ratio
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build


def uneven(run):
    """Return a run whose ratios differ from block to block."""
    rows = run.interactions.copy()
    rows.loc[rows["entry"] == "maple", "right_ms"] *= 1 + rows["block"] / 10
    return replace(run, interactions=rows)


def halves(view, cases):
    found = [
        latency_ratio(view, it, case, headline_end(view))
        for case in cases
        for it in view.variants
        if not it.is_baseline
    ]
    return [(it.estimate.high / it.estimate.low) ** 0.5 for it in found if hasattr(it, "estimate")]


def test_what_is_known_is_the_half_width_of_the_ratios(write_run):
    view = RunView(uneven(write_run()))
    (latency,) = precision.known(view)
    wanted = halves(view, precision.cases_of(view))
    assert latency.subject == precision.LATENCY
    assert (latency.median, latency.worst) == pytest.approx((np.median(wanted), max(wanted)))
    assert len(wanted) == 3


def test_it_is_said_on_the_first_screen_against_what_is_asked_for(write_run):
    run = uneven(write_run())
    (latency,) = precision.known(RunView(run))
    html = build(run).read_text()
    before, after = html.split("<nav", 1)
    assert f"known within ×{latency.median:.2f} at the median and ×{latency.worst:.2f} at worst" in before
    assert "(not as well as is asked for: ×1.15 and ×1.35)" in before
    assert 'id="precision"' in after


def test_two_boots_know_nothing(write_run):
    run = write_run(blocks=2)
    assert precision.known(RunView(run)) == ()
    assert precision.curves(RunView(run)) == ()
    assert 'id="known"' not in build(run).read_text()


def test_what_suffices():
    assert precision.Known(precision.LATENCY, 1.14, 1.35).suffices
    assert not precision.Known(precision.LATENCY, 1.16, 1.2).suffices
    assert not precision.Known(precision.CPU_TIME, 1.05, 1.11).suffices


def test_pace_tells_a_block_from_what_is_done_once(write_run):
    """Every boot takes 10 s; one more of the first block 30 s; and the run was interrupted for an hour."""
    run = write_run()
    rows = run.interactions.copy()
    boots = list(dict.fromkeys(rows.sort_values("block")["boot"]))
    ends_s = {boot: 10.0 * (number + 1) for number, boot in enumerate(boots)}
    rows["started_ns"] = (rows["boot"].map(ends_s) * 1e9).astype(int)
    extra = rows[rows["boot"] == boots[0]].assign(boot="extra", grid_cost_ms=7.0, started_ns=0)
    first = rows[rows["boot"] == boots[0]].assign(boot="first", grid_cost_ms=8.0, started_ns=int(-30e9))
    rows.loc[rows["block"] == 2, "started_ns"] += int(3600e9)
    whole = replace(run, interactions=pd.concat([rows, extra, first], ignore_index=True))
    pace = precision.pace(RunView(whole, audits=()))
    assert pace.block_s == pytest.approx(10 * len(boots) / 3)
    # The extra boot's 30 s, less the 10 s of the boot that the interruption hides.
    assert pace.once_s == pytest.approx(30 - 10)


def test_a_curve_passes_through_the_run_that_it_is_predicted_from():
    view = view_of("reference")
    blocks = view.run.interactions["block"].nunique()
    found = precision.curves(view)
    # Few variants' choices have a pop-up, or a list that keys change closed: what so few say of each other's scatter is nothing.
    many = [case for case in precision.cases_of(view) if len(halves(view, [case])) >= FEWEST_VARIANTS - 1]
    assert [curve.case for curve in found] == many
    assert len(many) == 5
    for curve in found:
        own = halves(view, [curve.case])
        at = blocks - 3
        assert (curve.median[at], curve.worst[at]) == pytest.approx((np.median(own), max(own)))
        assert list(curve.median) == sorted(curve.median, reverse=True)
        assert np.diff(curve.minutes) == pytest.approx(precision.pace(view).block_s / 60)


def test_clicks_of_the_reference_run_are_worth_more_samples():
    view = view_of("reference")
    click = next(case for case in precision.cases_of(view) if case.control == "increment")
    its = precision.components_of(view, click)
    assert its.within > 10 * its.between
    assert precision.best_of(view)[click] > 5 * precision.samples_of(view, click)
    (curve,) = (it for it in precision.curves(view) if it.case == click)
    assert curve.best[0] < curve.median[0]


def test_the_table_says_both_and_cpu_time():
    table = precision.table(view_of("reference"))
    by_label = {row.label.partition(",")[0]: row.cells for row in table.rows}
    assert by_label["unrelated · increment"][:4] == ("×1.31", "×1.38", "0.307", "0.0240")
    assert by_label["CPU time"][:2] == ("×1.14", "×1.16")
