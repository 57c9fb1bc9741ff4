"""What a report makes of a load: levels, how many sessions are held, memory and wrong answers, each from known samples."""

from dataclasses import asdict, replace

import pandas as pd
import pytest

from pyuibench.figures.base import Missing
from pyuibench.figures.load import _told_once, held_table, level_rows, levels_table, told
from pyuibench.figures.view import Report
from pyuibench.publish.documents import written
from pyuibench.publish.report.build import build
from pyuibench.results.records import Interaction, Measurement, Origin, origin_fields

MB = 10**6
LEVELS = (1, 10, 50)
# Of each block: the highest level that kept the service level.
BEST = (10, 10, 1)


def cell_of(block):
    grid = {"page": "app", "grid_cells": 0, "grid_cost_ms": 0.0, "grid_cost_kind": ""}
    variant = {"entry": "maple", "variant": "app", "role": "idiomatic", "model": "rerun"}
    return origin_fields(Origin(block=block, boot=f"{block}-maple-app", **variant, **grid))


def answer(cell, sessions, scenario, control, sequence, ms, **more):
    place = {**cell, "instrument": "wire", "scenario": scenario, "control": control, "sessions": sessions, "session": 0}
    at = {"sequence": sequence, "started_ns": (sessions * 100 + sequence) * 10**9, "warmup": False}
    times = {"dom_ms": ms, "service_ms": ms, "response_ms": None if ms is None else ms + sessions}
    return Interaction(**{**place, **at, **times, **more})


def answers(cell, sessions):
    """Yield ten answers a scenario, that wait as long as there are sessions before they are sent, and one that was lost."""
    controls = (("unrelated", "name"), ("local", "granularity"), ("global", "category"))
    for number, (scenario, control) in enumerate(controls):
        for time in range(10):
            yield answer(cell, sessions, scenario, control, 11 * number + time, 10.0 + time)
        yield answer(cell, sessions, scenario, control, 11 * number + 10, 9e6, warmup=True)
    if sessions == 50:
        yield answer(cell, sessions, "unrelated", "name", 33, None, ok=False, reason="none came", fault="lost")


def figure(cell, metric, value, sessions=0, detail="", instrument="wire"):
    return Measurement(**cell, instrument=instrument, metric=metric, value=value, sessions=sessions, detail=detail)


def figures(cell):
    for sessions in LEVELS:
        kept = sessions <= BEST[cell["block"]]
        yield figure(cell, "slo_kept", float(kept), sessions, "" if kept else f"p95 of global is {sessions} s")
        yield figure(cell, "hold_s", 5.0, sessions)
        yield figure(cell, "loaded_pss_bytes", 100 * MB + 2 * MB * (sessions - 1), sessions)
        yield figure(cell, "server_cpu_share", 0.01 * sessions, sessions)
    # 98 MB were added; 49 of them are free again.
    yield figure(cell, "closed_pss_bytes", 149 * MB, detail="5 s", instrument="resources")
    for number in range(1, 11):
        # What is kept for a while makes the first cycles look like a leak.
        kept = min(number, 3) * 40 * MB
        yield figure(cell, "cycle_pss_bytes", kept + 3 * MB * number, detail=str(number), instrument="resources")


@pytest.fixture
def run(write_run):
    """Return a run with a load on maple only."""
    plain = write_run()
    cells = [cell_of(block) for block in range(3)]
    interactions = [asdict(it) for cell in cells for sessions in LEVELS for it in answers(cell, sessions)]
    measurements = [asdict(it) for cell in cells for it in figures(cell)]
    return replace(
        plain,
        interactions=pd.DataFrame(interactions, columns=plain.interactions.columns),
        measurements=pd.DataFrame(measurements, columns=plain.measurements.columns),
        failures=plain.failures.iloc[:0],
    )


def cells_of(table):
    ((cells),) = [row.cells for row in table.rows]
    return dict(zip([column.label for column in table.columns], cells, strict=True))


def test_levels(run):
    rows = level_rows(Report(run))
    assert [(row.variant.id, row.sessions, row.kept, row.boots) for row in rows] == [
        ("maple/app", 1, 3, 3),
        ("maple/app", 10, 2, 3),
        ("maple/app", 50, 0, 3),
    ]
    assert rows[2].missed == ("p95 of global is 50 s",)
    # Corrected times have the wait before the sending in them, uncorrected ones don't; warm-up is in neither.
    assert rows[1].response_p50["unrelated"].estimate.value == pytest.approx(24.5)
    corrected, uncorrected = (times["global"].estimate.value for times in (rows[1].response_p95, rows[1].service_p95))
    assert corrected - uncorrected == pytest.approx(10)
    assert rows[1].rate_per_s.estimate.value == pytest.approx(30 / 5)
    assert rows[1].cpu_share.estimate.value == pytest.approx(0.1)
    assert (rows[1].faults, rows[2].faults) == ("none of 90", "3 lost of 93")


def test_sessions_that_a_server_holds(run):
    cells = cells_of(held_table(Report(run)))
    assert cells["sessions held"] == "1–10"
    assert cells["missed at"] == "10: p95 of global is 10 s"
    assert cells["interactions/s"].estimate.value == pytest.approx(6)
    assert cells["memory per session"].estimate.value == pytest.approx(2 * MB)
    assert cells["sessions per GiB"].estimate.value == pytest.approx(2**30 / (2 * MB))
    assert cells["given back"].estimate.value == pytest.approx(0.5)
    assert cells["leak per cycle"].estimate.value == pytest.approx(3 * MB)
    assert cells["leak per cycle"].estimate.low <= 3 * MB * (1 + 1e-9)
    assert cells["wrong answers"] == "3 lost of 273"


def test_memory_that_does_not_grow_has_no_sessions_per_gib(run):
    rows = run.measurements
    flat = rows.assign(value=rows["value"].where(rows["metric"] != "loaded_pss_bytes", 7.0))
    cells = cells_of(held_table(Report(replace(run, measurements=flat))))
    assert cells["sessions per GiB"] == Missing("memory didn't grow with sessions")
    assert cells["given back"] == Missing("memory did not grow, or was not measured after the load")


def test_a_readme_shows_what_is_held(run):
    parts = written(replace(run, meta={**run.meta, "machine": {"processor": "Abacus 9000", "cores": "2"}}))
    shown = parts["load"]
    assert (
        "| variant | model | sessions held | missed at | memory per session | sessions per GiB | given back |" in shown
    )
    assert "1–10" in shown


def test_every_level_has_a_row(run):
    table = levels_table(Report(run))
    assert [row.label for row in table.rows] == ["app, 1", "app, 10", "app, 50"]
    assert [row.cells[-1] for row in table.rows] == ["3 / 3", "2 / 3", "0 / 3"]


def test_what_a_terminal_is_told(run):
    times = "unrelated p95 29.0 ms, global p95 29.0 ms"
    assert list(told(run))[1] == f"maple/app, 10 sessions: {times}; missed: p95 of global is 10 s"


def test_the_page_has_it_and_another_run_has_not(run, write_run):
    html = build(run).read_text()
    assert "Sessions that a server holds" in html
    assert 'aria-label="Latency against sessions: maple/app"' in html
    assert "Sessions that a server holds" not in build(write_run(blocks=1)).read_text()


def test_reasons_that_differ_in_numbers_alone_are_told_once():
    late = [f"p95 of unrelated is {ms} ms, more than 200 ms" for ms in ("494", "1,735")]
    assert _told_once(late) == f"{late[0]}, and 1 alike"
    assert _told_once([late[0], "a generator was lost"]) == f"{late[0]}; a generator was lost"
