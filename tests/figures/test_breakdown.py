"""Where the time goes: the parts of an invented run's interactions, which add up."""

from dataclasses import replace

import numpy as np
import pytest

from pyuibench.analysis.breakdown import PARTS
from pyuibench.figures.base import Figure, Missing
from pyuibench.figures.breakdown import WHOLE, middle_half, parts_tables, taken_apart
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build

# Milliseconds of a click on maple: input delay, until user code, user code, until the last byte, apply, paint.
CLICK = (1, 4, 2, 3)


def told(run, out_of_order=()):
    """Return the run with the moments of maple's clicks; those at some places got their answer before user code was done."""
    rows = run.interactions.copy()
    at = (rows["entry"] == "maple") & (rows["instrument"] == "browser") & (rows["control"] == "increment")
    moments = ("input_delay_ms", "until_user_code_ms", "until_user_code_done_ms", "arrived_ms")
    passed = 0
    for moment, part in zip(moments, CLICK, strict=True):
        passed += part
        rows.loc[at, moment] = passed
    rows.loc[rows.index[at][list(out_of_order)], "arrived_ms"] = 1.5
    return replace(run, interactions=rows)


def clicks_of_maple(report):
    return next(it for it in taken_apart(report) if it.variant.id == "maple/app" and it.case.control == "increment")


def test_parts_add_up_to_the_whole(write_run):
    clicks = clicks_of_maple(RunView(told(write_run())))
    values = [clicks.figures[part].estimate.value for part in PARTS]
    assert values[:4] == pytest.approx(CLICK)
    assert sum(values) == pytest.approx(clicks.figures[WHOLE].estimate.value)
    assert clicks.told == clicks.counted


@pytest.mark.parametrize(("wholes", "middle"), [([10.0], 10), ([10.0, 20.0], 15), ([10.0, 20.0, 90.0], 20)])
def test_few_interactions_of_a_boot_have_a_middle_too(wholes, middle):
    rows = np.column_stack([wholes, wholes])
    assert middle_half(rows).tolist() == pytest.approx([middle] * 2)


def test_what_is_out_of_order_is_counted_and_left_out(write_run):
    clicks = clicks_of_maple(RunView(told(write_run(), out_of_order=(1, 2))))
    assert clicks.told == clicks.counted - 2
    assert clicks.figures["user_code_ms"].estimate.value == pytest.approx(2)


def test_the_table_has_a_reason_where_nothing_could_be_told(write_run):
    report = RunView(told(write_run()))
    (table,) = parts_tables(report)
    cells = {row.label: row.cells for row in table.rows}
    assert isinstance(cells["app"][0], Figure)
    assert all(isinstance(cell, Missing) for cell in cells["static"][:-2])
    assert cells["static"][-1] == "none"


def test_the_page_shows_it(write_run):
    html = build(told(write_run())).read_text()
    assert 'id="breakdown"' in html
    assert "Where the time goes: maple/app" in html
    assert "var(--part-user-code)" in html
    assert 'id="breakdown"' not in build(write_run(blocks=2)).read_text()
