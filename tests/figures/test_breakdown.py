"""Where the time goes: the parts of an invented run's interactions, which add up."""

from dataclasses import replace

import numpy as np
import pytest
from looked_up import cells_of

from pyuibench.analysis.breakdown import PARTS, UNTIL_SENT
from pyuibench.figures.base import Figure, Missing
from pyuibench.figures.breakdown import NOT_SENT, WHOLE, middle_half, parts_tables, taken_apart
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build

# Milliseconds of a click on maple: input delay, until user code, user code, until the last byte, apply, paint.
CLICK = (1, 4, 2, 3)


def told(run, out_of_order=(), sent_ms=None):
    """Return the run with the moments of maple's clicks; those at some places got their answer before user code was done."""
    rows = run.interactions.copy()
    at = (rows["entry"] == "maple") & (rows["instrument"] == "browser") & (rows["control"] == "increment")
    moments = ("input_delay_ms", "until_user_code_ms", "until_user_code_done_ms", "arrived_ms")
    passed = 0
    for moment, part in zip(moments, CLICK, strict=True):
        passed += part
        rows.loc[at, moment] = passed
    rows.loc[at, "sent_ms"] = sent_ms
    rows.loc[rows.index[at][list(out_of_order)], "arrived_ms"] = 1.5
    return replace(run, interactions=rows)


def clicks_of_maple(report):
    return next(it for it in taken_apart(report) if it.variant.id == "maple/app" and it.case.control == "increment")


def test_parts_add_up_to_the_whole(write_run):
    clicks = clicks_of_maple(RunView(told(write_run())))
    values = [clicks.figures[part].estimate.value for part in PARTS if part != UNTIL_SENT]
    assert values[:4] == pytest.approx(CLICK)
    assert sum(values) == pytest.approx(clicks.figures[WHOLE].estimate.value)
    assert clicks.told == clicks.counted


def test_what_a_page_waits_until_it_sends_is_a_part_of_its_own(write_run):
    clicks = clicks_of_maple(RunView(told(write_run(), sent_ms=4.0)))
    values = [clicks.figures[part].estimate.value for part in PARTS]
    assert values[:5] == pytest.approx((1, 3, 1, 2, 3))
    assert sum(values) == pytest.approx(clicks.figures[WHOLE].estimate.value)


def test_the_table_says_where_that_part_is_not_known(write_run):
    (known,) = parts_tables(RunView(told(write_run(), sent_ms=4.0)))
    assert cells_of(known)["until sent"].estimate.value == pytest.approx(3)
    assert known.caption == ""
    (unknown,) = parts_tables(RunView(told(write_run(blocks=2))))
    assert "until sent" not in cells_of(unknown)
    assert "time until the page sends is part of it" in unknown.caption


def test_one_variant_of_several_may_lack_that_part(write_run):
    run = told(write_run(seen=True))
    rows = run.interactions.copy()
    rows.loc[rows["entry"] == "maple", "sent_ms"] = None
    moments = ["input_delay_ms", "until_user_code_ms", "until_user_code_done_ms", "arrived_ms"]
    rows.loc[rows["entry"] == "ground", moments] = [0.5, 2.0, 3.0, 4.0]
    table = next(it for it in parts_tables(RunView(replace(run, interactions=rows))) if "increment" in it.id)
    assert cells_of(table, "app")["until sent"] == Missing(NOT_SENT)
    assert cells_of(table, "socket")["until sent"].estimate.value == pytest.approx(0.5)


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
