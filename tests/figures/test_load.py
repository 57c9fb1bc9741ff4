"""What a report makes of a load: levels, how many sessions are held, memory and wrong answers, each from known samples."""

from dataclasses import asdict, replace

import pandas as pd
import pytest
from looked_up import result_of, value_of

from pyuibench.figures.base import Missing, Span
from pyuibench.figures.load import LOAD, level_rows, level_tables, told, told_once
from pyuibench.figures.registry import table_of
from pyuibench.figures.view import RunView
from pyuibench.publish.documents import written
from pyuibench.publish.report.build import build
from pyuibench.results.records import Interaction, Measurement, Origin, origin_fields

MB = 10**6
LEVELS = (1, 10, 50)
# Of each block: the highest level that kept the service level.
BEST = (10, 10, 1)


def cell_of(block):
    variant = {"entry": "maple", "variant": "app", "role": "idiomatic", "model": "rerun"}
    return origin_fields(Origin(block=block, boot=f"{block}-maple-app", page="app", experiment=LOAD, **variant))


def answer(cell, sessions, scenario, control, sequence, ms, **more):
    place = {**cell, "instrument": "wire", "scenario": scenario, "control": control, "sessions": sessions, "session": 0}
    at = {"sequence": sequence, "started_ns": (sessions * 100 + sequence) * 10**9, "warmup": False}
    times = {"right_ms": ms, "service_ms": ms, "response_ms": None if ms is None else ms + sessions}
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


def figure(cell, metric, value, sessions=0, **more):
    return Measurement(**{**cell, "instrument": "wire", "metric": metric, "value": value, "sessions": sessions, **more})


def figures(cell):
    for sessions in LEVELS:
        kept = sessions <= BEST[cell["block"]]
        yield figure(cell, "slo_kept", float(kept), sessions, detail="" if kept else f"p95 of global is {sessions} s")
        yield figure(cell, "hold_s", 5.0, sessions)
        yield figure(cell, "loaded_pss_bytes", 100 * MB + 2 * MB * (sessions - 1), sessions)
        yield figure(cell, "server_cpu_share", 0.01 * sessions, sessions)
    # 98 MB were added; 49 of them are free again.
    yield figure(cell, "closed_pss_bytes", 149 * MB, detail="5 s", instrument="resources")
    for number in range(1, 11):
        # What is kept for a while makes the first cycles look like a leak.
        kept = min(number, 3) * 40 * MB
        yield figure(cell, "cycle_pss_bytes", kept + 3 * MB * number, at=number, experiment="cycles")


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


def test_levels(run):
    rows = level_rows(RunView(run))
    assert [(row.variant.id, row.sessions, row.kept, row.boots) for row in rows] == [
        ("maple/app", 1, 3, 3),
        ("maple/app", 10, 2, 3),
        ("maple/app", 50, 0, 3),
    ]
    assert rows[2].missed == ("p95 of global is 50 s",)
    # Corrected times have the wait before the sending in them, uncorrected ones don't; warm-up is in neither.
    assert rows[1].response_p50.estimate.value == pytest.approx(24.5)
    corrected, uncorrected = (times["global"].estimate.value for times in (rows[1].response_p95, rows[1].service_p95))
    assert corrected - uncorrected == pytest.approx(10)
    assert rows[1].rate_per_s.estimate.value == pytest.approx(30 / 5)
    assert rows[1].cpu_share.estimate.value == pytest.approx(0.1)
    assert (rows[1].faults, rows[2].faults) == ("none of 90", "3 lost of 93")


def test_sessions_that_a_server_holds(run):
    view = RunView(run)
    assert result_of(view, "load.sessions_held") == Span(1, 10, "its sessions share a state")
    assert result_of(view, "load.missed_at") == "10: p95 of global is 10 s"
    assert value_of(view, "load.rate") == pytest.approx(6)
    assert value_of(view, "load.memory_per_session") == pytest.approx(2 * MB)
    assert value_of(view, "load.sessions_per_gib") == pytest.approx(2**30 / (2 * MB))
    assert value_of(view, "load.given_back") == pytest.approx(0.5)
    assert value_of(view, "load.leak_per_cycle") == pytest.approx(3 * MB)
    assert result_of(view, "load.leak_per_cycle").estimate.low <= 3 * MB * (1 + 1e-9)
    assert result_of(view, "load.wrong_answers") == "3 lost of 273"


def test_who_was_not_loaded_is_in_no_table(run):
    view = RunView(run)
    assert [row.variant for row in table_of(view, "load.held").rows] == ["maple/app"]
    assert isinstance(result_of(view, "load.sessions_held", "ground/socket"), Missing)


def test_memory_that_does_not_grow_has_no_sessions_per_gib(run):
    rows = run.measurements
    flat = rows.assign(value=rows["value"].where(rows["metric"] != "loaded_pss_bytes", 7.0))
    view = RunView(replace(run, measurements=flat))
    assert result_of(view, "load.sessions_per_gib") == Missing("memory didn't grow with sessions")
    assert result_of(view, "load.given_back") == Missing("memory did not grow, or was not measured after the load")


def test_a_readme_shows_what_is_held(run):
    machine = {"processor": "Abacus 9000", "cores": "2"}
    parts = written(RunView(replace(run, meta={**run.meta, "machine": machine})))
    shown = parts["load"]
    assert (
        "| variant | model | sessions held | missed at | memory per session | sessions per GiB | given back |" in shown
    )
    assert "1–10" in shown


def test_every_level_has_a_row(run):
    (table,) = level_tables(RunView(run))
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


def test_reasons_that_differ_in_numbers_alone_aretold_once():
    late = [f"p95 of unrelated is {ms} ms, more than 200 ms" for ms in ("494", "1,735")]
    assert told_once(late) == f"{late[0]}, and 1 alike"
    assert told_once([late[0], "a generator was lost"]) == f"{late[0]}; a generator was lost"
