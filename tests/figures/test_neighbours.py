"""What a report makes of clicks beside a job and of a browser beside a load, from known samples of three boots."""

from dataclasses import asdict, replace

import pandas as pd
import pytest

from pyuibench.figures.base import Missing
from pyuibench.figures.neighbours import beside_table, neighbour_table
from pyuibench.figures.rows import figure_rows
from pyuibench.figures.view import Report
from pyuibench.publish.documents import written
from pyuibench.publish.report.build import build
from pyuibench.results.records import Interaction, Origin, origin_fields
from pyuibench.results.store import NEIGHBOUR

JOBS = {"sleep": 1.0, "cpu": 100.0}
"""How many times longer than its block's calm click one beside a job takes."""
CALM_MS, SLOWER_BY_BLOCK_MS = 5.0, 2.0
ALONE_MS, BESIDE_MS = 20.0, 30.0


def cell(block, role="idiomatic", kind=""):
    place = {"page": "app", "grid_cells": 0, "grid_cost_ms": 0.0, "grid_cost_kind": kind}
    boot = f"{block}-maple-app-{role}-{kind}"
    return Origin(block=block, boot=boot, entry="maple", variant="app", role=role, model="rerun", **place)


def click(block, kind, scenario, ms, **more):
    place = {**origin_fields(cell(block, NEIGHBOUR, kind)), "instrument": "wire", "scenario": scenario}
    at = {"control": "increment", "sessions": 11, "session": 1, "sequence": 0, "started_ns": 0, "warmup": False}
    return Interaction(**place, **{**at, "service_ms": ms, "response_ms": ms, **more})


def clicks(block):
    calm_ms = CALM_MS + SLOWER_BY_BLOCK_MS * block
    for kind, times in JOBS.items():
        yield click(block, kind, "unrelated", calm_ms)
        yield click(block, kind, "unrelated", 9e6, warmup=True)
        yield click(block, kind, "neighbour", times * calm_ms)
        yield click(block, kind, "job", 2000.0, control="crunch", session=0)
    yield click(block, "cpu", "neighbour", None, ok=False, reason="none came", fault="lost")


def seen(block):
    for sessions, ms in ((1, ALONE_MS), (10, BESIDE_MS)):
        at = {"session": 0, "sequence": 0, "started_ns": 0, "warmup": False, "sessions": sessions}
        place = {**origin_fields(cell(block)), "instrument": "browser", "scenario": "unrelated", "control": "name"}
        yield Interaction(**place, **at, dom_ms=ms + block)


@pytest.fixture
def run(write_run):
    plain = write_run()
    rows = [asdict(it) for block in range(3) for it in (*clicks(block), *seen(block))]
    return replace(
        plain,
        interactions=pd.DataFrame(rows, columns=plain.interactions.columns),
        measurements=plain.measurements.iloc[:0],
        failures=plain.failures.iloc[:0],
        meta={**plain.meta, "machine": {"processor": "Abacus 9000", "cores": "2"}},
    )


def cells_of(table):
    ((cells),) = [row.cells for row in table.rows]
    return dict(zip([column.label for column in table.columns], cells, strict=True))


def test_one_sessions_job_and_the_others(run):
    cells = cells_of(neighbour_table(Report(run)))
    asleep, busy = (
        [cells[f"{what}, job {spent}"] for what in ("calm p95", "beside a job p95", "longer by", "wrong")]
        for spent in ("asleep", "on the CPU")
    )
    assert (asleep[2].estimate.value, asleep[2].estimate.low, asleep[2].estimate.high) == (0, 0, 0)
    assert (asleep[3], busy[3]) == ("0 of 3", "3 of 6")
    assert busy[0].estimate.boots == 3
    assert busy[1].estimate.value > 99 * busy[0].estimate.value
    # Paired by boot: 99 times 5, 7 and 9 ms.
    longer = busy[2].estimate
    assert longer.value == pytest.approx(99 * 7)
    assert longer.low < 99 * 7 < longer.high
    assert longer.boots == 3


def test_what_a_user_sees_beside_others(run):
    cells = cells_of(beside_table(Report(run)))
    assert [cells[f"unrelated, {what}"].estimate.value for what in ("alone", "beside 10")] == pytest.approx(
        [21, 31], rel=1e-2
    )
    # The same in each boot, however much the boots differ.
    longer = cells["unrelated, longer by"].estimate
    assert (longer.value, longer.low, longer.high) == pytest.approx((10, 10, 10))
    assert isinstance(cells["global, longer by"], Missing)


def test_a_difference_has_no_ratio_to_the_baseline(run):
    rows = [row for row in figure_rows(Report(run)) if "longer by" in row.label]
    assert rows
    assert all(cell.ratio is None for row in rows for cell in row.cells.values())


def test_a_run_without_neighbours_has_no_such_tables(write_run):
    report = Report(write_run())
    assert neighbour_table(report).rows == ()
    assert beside_table(report).rows == ()


def test_report_and_readme_show_both(run):
    page = build(run).read_text()
    assert "One session's job, and the others" in page.replace("&#39;", "'")
    assert "What a user sees beside others" in page
    assert "beside a job p95, job asleep" in written(run)["neighbours"]
