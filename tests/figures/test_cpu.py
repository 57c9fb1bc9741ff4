"""CPU time of interactions: the server's, the framework's part of it, the page's, and their slopes on the scaling page."""

from dataclasses import replace

import numpy as np
import pytest
from looked_up import value_of

from pyuibench.figures.registry import figure, tables_of
from pyuibench.figures.scaling import tax_rows
from pyuibench.figures.view import RunView


@pytest.fixture
def run(write_run):
    return write_run()


@pytest.fixture
def view(run):
    """Return a run in which the server takes 3 ms a call of user code and 2 ms beside, the page 7 ms, or 3 ms a cell."""
    rows = run.interactions
    is_grid = rows["page"] == "grid"
    rows = rows.assign(
        server_tree_cpu_ms=3.0 * rows["user_code_calls"] + 2.0,
        user_code_cpu_ms=3.0 * rows["user_code_calls"],
        renderer_cpu_ms=np.where(is_grid, 5.0 + 3.0 * rows["grid_cells"], np.where(rows["entry"] == "maple", 7.0, 3.5)),
        main_thread_cpu_ms=1.0,
    )
    rows.loc[rows["instrument"] == "wire", "renderer_cpu_ms"] = np.nan
    return RunView(replace(run, interactions=rows))


def test_server_framework_and_page(view):
    case = "unrelated.increment"
    found = {kind: value_of(view, f"cpu.{kind}.{case}") for kind in ("server", "framework", "page", "main_thread")}
    assert found == pytest.approx({"server": 11, "framework": 2, "page": 7, "main_thread": 1})


def test_ratios_are_paired_with_the_baseline(view):
    maple = next(variant for variant in view.variants if variant.id == "maple/app")
    ratio = view.ratio(figure("cpu.page.unrelated.increment"), maple)
    assert ratio.estimate.value == pytest.approx(2)
    assert ratio.estimate.boots == 3


def test_the_slopes_of_the_scaling_page(view):
    row = next(row for row in tax_rows(view) if row.variant.id == "maple/app")
    # The app's code runs for every cell, the framework takes as much for one as for a hundred, the page 3 ms a cell.
    assert row.cpu.estimate.value == pytest.approx(3)
    assert row.framework_cpu.estimate.value == pytest.approx(0, abs=1e-9)
    assert row.page_cpu.estimate.value == pytest.approx(3)


def test_a_run_without_such_times_has_no_tables_of_them(run):
    older = RunView(run)
    assert [table.rows for table in tables_of(older, "cpu.server")] == [()]
    assert not figure("cpu.page.unrelated.increment").is_in(older)
