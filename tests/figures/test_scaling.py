"""Execution model and framework are taken apart where a run has several sizes and costs, and nowhere else."""

from dataclasses import replace

import pandas as pd
import pytest
from looked_up import result_of, value_of, variant_of

from pyuibench.analysis.estimates import Estimate
from pyuibench.analysis.scaling_fit import Pool
from pyuibench.figures import format, scaling
from pyuibench.figures.base import Missing
from pyuibench.figures.registry import table_of
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build


def with_costs(run):
    """Return the run with the scaling page at a second cost of a cell, of which maple does all again and the baseline nothing."""
    rows = run.interactions
    grid = rows[rows["page"] == "grid"]
    more_ms = 3.5 + 3.5 * (grid["grid_cells"] - 1) * (grid["entry"] == "maple")
    again = grid.assign(grid_cost_ms=4.0, right_ms=grid["right_ms"] + more_ms, boot=grid["boot"] + "-4ms")
    return replace(run, interactions=pd.concat([rows, again], ignore_index=True))


def test_rerun_is_the_share_of_untouched_work(write_run):
    report = RunView(with_costs(write_run()))
    assert value_of(report, "rerun_tax.fit.rerun") == pytest.approx(1)
    assert value_of(report, "rerun_tax.fit.rerun", "ground/socket") == pytest.approx(0)
    assert value_of(report, "rerun_tax.fit.per_cell") == pytest.approx(0.25)
    assert result_of(report, "rerun_tax.fit.is_straight") == "yes"
    pools = scaling.computed_again(report)
    assert {model: pool.mean.value for model, pool in pools.items()} == pytest.approx({"rerun": 1})
    assert format.share(pools["rerun"]) == "100 % (1 variant)"


@pytest.mark.parametrize("role", ["contrast", "diagnostic"])
def test_the_control_and_what_is_not_used_as_it_is_meant_are_in_no_pool(write_run, role):
    report = RunView(with_costs(write_run()))
    report.variants = tuple(
        replace(variant, role=role) if variant.entry == "maple" else variant for variant in report.variants
    )
    assert scaling.computed_again(report) == {}
    (pooled,) = scaling.pooled_models(report)
    named = {row.cells[-2] for row in pooled.rows}
    assert ("maple/app" in named) == (role == "contrast")


def test_the_fit_is_pooled_by_what_is_computed_again_and_by_model(write_run):
    (pooled,) = scaling.pooled_models(RunView(with_costs(write_run())))
    rows = {(row.group, row.label): row.cells for row in pooled.rows}
    everything = rows["by what is computed again", "everything"]
    assert everything[2:] == ("1.00 (one variant)", "maple/app", "none")
    assert rows["by execution model, used as it is meant", "rerun"] == everything
    assert not any("baseline" in str(cells) for cells in rows.values())


def test_a_variant_that_no_line_describes_is_named_and_not_pooled(write_run):
    run = with_costs(write_run())
    rows = run.interactions
    worst = (rows["grid_cells"] == rows["grid_cells"].max()) & (rows["grid_cost_ms"] == 4.0)
    bent = rows["right_ms"] + 1000.0 * ((rows["entry"] == "maple") & worst)
    (pooled,) = scaling.pooled_models(RunView(replace(run, interactions=rows.assign(right_ms=bent))))
    for row in pooled.rows:
        assert row.cells[3:] == ("none", "maple/app")
        assert all(isinstance(cell, Missing) for cell in row.cells[:3])


def test_a_pool_has_an_interval_or_its_range():
    three = format.pool(Pool(Estimate(0.5, 0.4, 0.6, 3, 3), 0.42, 0.58))
    assert three == "0.500 [0.400, 0.600] (3 variants)"
    assert format.pool(Pool(Estimate(0.5, None, None, 2, 2), 0.42, 0.58)) == "0.500 (2 variants, 0.420 to 0.580)"


def test_one_cost_tells_nothing(write_run):
    run = write_run()
    assert table_of(RunView(run), "rerun_tax.fit").rows == ()
    assert "taken apart" not in build(run).read_text()


def test_the_page_shows_it(write_run):
    html = build(with_costs(write_run())).read_text()
    assert "Execution model and framework, taken apart" in html
    assert "this share is computed again" in html
    assert "The fitted model, pooled" in html


def test_an_interval_is_in_its_figure_s_unit():
    shares = Estimate(-0.243, -0.591, 0.105, 3, 3)
    assert format.interval(shares, "share") == f"[{format.number(-59.1)}, 10.5]"
    assert format.interval(shares, "ms") == f"[{format.number(-0.591)}, 0.105]"


def test_what_is_not_applicable_says_why(write_run):
    view = RunView(write_run())
    row = scaling.tax_at_the_lowest_cost(view, variant_of(view, "maple/static"))
    assert "cells can't be made in a loop" in row.browser.reason


def test_tax_tells_user_code_from_the_frameworks_own(write_run):
    view = RunView(write_run())
    row = next(row for row in scaling.tax_rows(view) if row.variant.id == "maple/app")
    slopes = [figure.estimate.value for figure in (row.browser, row.user_code, row.own)]
    assert slopes == pytest.approx([0.75, 0.5, 0.25])
    work = [(figure.estimate.value, figure.unit) for figure in (row.calls, row.cpu, row.bytes_down)]
    assert work == [
        (pytest.approx(1), "calls/cell"),
        (pytest.approx(0.1), "ms/cell"),
        (pytest.approx(40), "B/cell"),
    ]
    assert [size for size, _ in row.points] == [1, 11, 101]
    baseline = next(row for row in scaling.tax_rows(view) if row.variant.id == "ground/socket")
    assert baseline.browser.estimate.value == pytest.approx(0)
