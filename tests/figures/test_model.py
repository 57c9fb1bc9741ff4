"""The model is told from the framework where a run has several sizes and costs, and nowhere else."""

from dataclasses import replace

import pandas as pd
import pytest

from pyuibench.analysis.estimates import Estimate
from pyuibench.analysis.scaling_fit import Pool
from pyuibench.figures import format, scaling
from pyuibench.figures.base import Missing
from pyuibench.figures.view import Report
from pyuibench.publish.report.build import build


def with_costs(run):
    """Return the run with the scaling page at a second cost of a cell, of which maple does all again and the baseline nothing."""
    rows = run.interactions
    grid = rows[rows["page"] == "grid"]
    more_ms = 3.5 + 3.5 * (grid["grid_cells"] - 1) * (grid["entry"] == "maple")
    again = grid.assign(grid_cost_ms=4.0, dom_ms=grid["dom_ms"] + more_ms, boot=grid["boot"] + "-4ms")
    return replace(run, interactions=pd.concat([rows, again], ignore_index=True))


def test_rerun_is_the_share_of_untouched_work(write_run):
    report = Report(with_costs(write_run()))
    shown = {row.label: row.cells for row in scaling.model_table(report).rows}
    assert shown["app"][2].estimate.value == pytest.approx(1)
    assert shown["socket"][2].estimate.value == pytest.approx(0)
    assert shown["app"][1].estimate.value == pytest.approx(0.25)
    assert shown["app"][3] == "yes"
    pools = scaling.computed_again(report)
    assert {model: pool.mean.value for model, pool in pools.items()} == pytest.approx({"rerun": 1})
    assert format.share(pools["rerun"]) == "100 % (1 variant)"


def test_the_control_and_what_is_used_the_other_way_round_are_in_no_pool(write_run):
    report = Report(with_costs(write_run()))
    report.variants = tuple(
        replace(variant, role="contrast") if variant.entry == "maple" else variant for variant in report.variants
    )
    assert scaling.computed_again(report) == {}


def test_the_fit_is_pooled_by_what_is_computed_again_and_by_model(write_run):
    rows = {(row.group, row.label): row.cells for row in scaling.pooled_models(Report(with_costs(write_run()))).rows}
    everything = rows["by what is computed again", "everything"]
    assert everything[2:] == ("1.00 (one variant)", "maple/app", "none")
    assert rows["by execution model, used as it is meant", "rerun"] == everything
    assert not any("baseline" in str(cells) for cells in rows.values())


def test_a_variant_that_no_line_describes_is_named_and_not_pooled(write_run):
    run = with_costs(write_run())
    rows = run.interactions
    worst = (rows["grid_cells"] == rows["grid_cells"].max()) & (rows["grid_cost_ms"] == 4.0)
    bent = rows["dom_ms"] + 1000.0 * ((rows["entry"] == "maple") & worst)
    pooled = scaling.pooled_models(Report(replace(run, interactions=rows.assign(dom_ms=bent))))
    for row in pooled.rows:
        assert row.cells[3:] == ("none", "maple/app")
        assert all(isinstance(cell, Missing) for cell in row.cells[:3])


def test_a_pool_has_an_interval_or_its_range():
    three = format.pool(Pool(Estimate(0.5, 0.4, 0.6, 3, 3), 0.42, 0.58))
    assert three == "0.500 [0.400, 0.600] (3 variants)"
    assert format.pool(Pool(Estimate(0.5, None, None, 2, 2), 0.42, 0.58)) == "0.500 (2 variants, 0.420 to 0.580)"


def test_one_cost_tells_nothing(write_run):
    run = write_run()
    assert scaling.model_table(Report(run)).rows == ()
    assert "told from the framework" not in build(run).read_text()


def test_the_page_shows_it(write_run):
    html = build(with_costs(write_run())).read_text()
    assert "The model told from the framework" in html
    assert "this share is computed again" in html
    assert "The fitted model, pooled" in html


def test_an_interval_is_in_its_figure_s_unit():
    shares = Estimate(-0.243, -0.591, 0.105, 3, 3)
    assert format.interval(shares, "share") == f"[{format.number(-59.1)}, 10.5]"
    assert format.interval(shares, "ms") == f"[{format.number(-0.591)}, 0.105]"
