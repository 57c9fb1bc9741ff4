"""What a report makes of a load: levels, how many sessions are held, memory and wrong answers, each from known samples."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from looked_up import result_of, value_of, variant_of

from pyuibench.contract.service_level import BUSY, SLOW, TOO_FEW
from pyuibench.entries.claims import Claim, Test
from pyuibench.figures.base import Missing
from pyuibench.figures.load import LOAD, brackets, level_rows, level_tables, told, told_once
from pyuibench.figures.registry import table_of
from pyuibench.figures.view import RunView
from pyuibench.publish.documents import written
from pyuibench.publish.report.build import build
from pyuibench.publish.verdicts import CONFIRMED, UNDECIDED, verdicts
from pyuibench.results.records import Interaction, Measurement, Origin, origin_fields

MB = 10**6
LEVELS = (1, 10, 50)
# Of each block: the highest level that kept the service level.
BEST = (10, 10, 1)


def origin_of(block):
    variant = {"entry": "maple", "variant": "app", "role": "idiomatic", "model": "rerun"}
    return origin_fields(Origin(block=block, boot=f"{block}-maple-app", page="app", experiment=LOAD, **variant))


def answer(origin, sessions, scenario, control, sequence, ms, **more):
    place = {
        **origin,
        "instrument": "wire",
        "scenario": scenario,
        "control": control,
        "sessions": sessions,
        "session": 0,
    }
    at = {"sequence": sequence, "started_ns": (sessions * 100 + sequence) * 10**9, "warmup": False}
    times = {"right_ms": ms, "service_ms": ms, "response_ms": None if ms is None else ms + sessions}
    return Interaction(**{**place, **at, **times, **more})


def answers(origin, sessions):
    """Yield ten answers a scenario, that wait as long as there are sessions before they are sent, and one that was lost."""
    controls = (("unrelated", "name"), ("local", "granularity"), ("global", "category"))
    for number, (scenario, control) in enumerate(controls):
        for time in range(10):
            yield answer(origin, sessions, scenario, control, 11 * number + time, 10.0 + time)
        yield answer(origin, sessions, scenario, control, 11 * number + 10, 9e6, warmup=True)
    if sessions == 50:
        yield answer(origin, sessions, "unrelated", "name", 33, None, ok=False, reason="none came", fault="lost")


def figure(origin, metric, value, sessions=0, **more):
    return Measurement(
        **{**origin, "instrument": "wire", "metric": metric, "value": value, "sessions": sessions, **more}
    )


def figures(origin):
    for sessions in LEVELS:
        kept = sessions <= BEST[origin["block"]]
        missed = {} if kept else {"outcome": SLOW, "detail": f"p95 of global is {sessions} s"}
        yield figure(origin, "slo_kept", float(kept), sessions, **missed)
        yield figure(origin, "hold_s", 5.0, sessions)
        yield figure(origin, "loaded_pss_bytes", 100 * MB + 2 * MB * (sessions - 1), sessions)
        yield figure(origin, "server_cpu_share", 0.01 * sessions, sessions)
    # 98 MB were added; 49 of them are free again.
    yield figure(origin, "closed_pss_bytes", 149 * MB, detail="5 s", instrument="resources")
    for number in range(1, 11):
        # What is kept for a while makes the first cycles look like a leak.
        kept = min(number, 3) * 40 * MB
        yield figure(origin, "cycle_pss_bytes", kept + 3 * MB * number, at=number, experiment="cycles")


@pytest.fixture
def run(write_run):
    """Return a run with a load on maple only."""
    plain = write_run()
    origins = [origin_of(block) for block in range(3)]
    interactions = [asdict(it) for origin in origins for sessions in LEVELS for it in answers(origin, sessions)]
    measurements = [asdict(it) for origin in origins for it in figures(origin)]
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
    held = result_of(view, "load.sessions_held")
    assert held.estimate.value == pytest.approx((10 * 50 * 10 * 50 * 1 * 10) ** (1 / 6))
    assert held.estimate.low < (10 * 10 * 1) ** (1 / 3) < (50 * 50 * 10) ** (1 / 3) < held.estimate.high
    assert held.note == "its sessions share a state"
    assert [(it.held, it.missed) for it in brackets(view, variant_of(view, "maple/app"))] == [
        (10, 50),
        (10, 50),
        (1, 10),
    ]
    assert result_of(view, "load.missed_at") == "10–50: p95 of global is 10 s, and 1 alike"
    assert value_of(view, "load.rate") == pytest.approx(6)
    assert value_of(view, "load.memory_per_session") == pytest.approx(2 * MB)
    assert value_of(view, "load.sessions_per_gib") == pytest.approx(2**30 / (2 * MB))
    assert value_of(view, "load.given_back") == pytest.approx(0.5)
    assert value_of(view, "load.leak_per_cycle") == pytest.approx(3 * MB)
    assert result_of(view, "load.leak_per_cycle").estimate.low <= 3 * MB * (1 + 1e-9)
    assert result_of(view, "load.leak") == "grows beyond doubt: 3.00 MB a cycle [3.00 MB, 3.00 MB]"
    assert result_of(view, "load.wrong_answers") == "3 lost of 273"


def test_who_was_not_loaded_is_in_no_table(run):
    view = RunView(run)
    assert [row.variant for row in table_of(view, "load.held").rows] == ["maple/app"]
    assert isinstance(result_of(view, "load.sessions_held", "ground/socket"), Missing)


def changed(run, metric, value_of_row):
    """Return the run with other values of a metric, each made of its row."""
    rows = run.measurements
    at = rows["metric"] == metric
    return replace(run, measurements=rows.assign(value=rows["value"].where(~at, rows.apply(value_of_row, axis=1))))


def undecided(run, sessions, outcome, words):
    """Return the run with what a level of the first boot said being undecided."""
    rows = run.measurements.copy()
    at = (rows["metric"] == "slo_kept") & (rows["sessions"] == sessions) & (rows["block"] == 0)
    rows.loc[at, ["value", "outcome", "detail"]] = [None, outcome, words]
    return replace(run, measurements=rows)


def test_a_level_that_is_undecided_is_neither_held_nor_missed(run):
    view = RunView(undecided(run, 50, BUSY, "the generator was busy"))
    held = result_of(view, "load.sessions_held")
    assert held.estimate.value == pytest.approx((10 * 10 * 1) ** (1 / 3))
    assert held.estimate.high == np.inf
    assert (
        held.note == "at least, as in 1 of 3 boots: undecided at 50: the generator was busy; its sessions share a state"
    )
    (table,) = level_tables(view)
    assert [row.cells[-1] for row in table.rows] == ["3 / 3", "2 / 3", "0 / 3, 1 undecided"]
    (row,) = (it for it in level_rows(view) if it.sessions == 50)
    assert (row.unknown, row.undecided) == (1, ("the generator was busy",))


def test_a_load_of_which_nothing_is_known(run):
    alone = replace(run, measurements=run.measurements[run.measurements["block"] == 0])
    few = undecided(alone, 1, TOO_FEW, "too few answers to judge")
    rows = few.measurements
    view = RunView(replace(few, measurements=rows[(rows["metric"] != "slo_kept") | (rows["sessions"] == 1)]))
    assert result_of(view, "load.sessions_held") == Missing("undecided at 1: too few answers to judge")
    assert result_of(view, "load.missed_at") == "not up to 0: undecided at 1: too few answers to judge"
    lines = list(told(view.run))
    assert lines[0].endswith("; undecided: too few answers to judge")
    assert lines[-1] == "maple/app holds 0 sessions, undecided at 1: too few answers to judge"


def test_a_server_that_never_missed_holds_at_least_as_many(run):
    view = RunView(changed(run, "slo_kept", lambda row: 1.0))
    held = result_of(view, "load.sessions_held")
    assert (held.estimate.value, held.estimate.low, held.estimate.high) == (
        pytest.approx(50),
        pytest.approx(50),
        np.inf,
    )
    assert held.note == "at least, as in 3 of 3 boots: the most that were tried; its sessions share a state"
    assert result_of(view, "load.missed_at") == "not up to 50: the most that were tried"


@pytest.mark.parametrize(
    ("per_session", "why"),
    [
        ((0.0, 0.0, 0.0), "keeps none: a session takes 0 B at most"),
        ((-2_000.0, 3_000.0, 2_000.0), "keeps none: a session takes 7.57 kB at most"),
        ((-1 * MB, 2 * MB, 3 * MB), "not decided: what a session takes may be nothing, [-3.84 MB, 6.50 MB]"),
    ],
)
def test_sessions_per_gib_only_where_memory_grows_with_sessions_beyond_doubt(run, per_session, why):
    view = RunView(changed(run, "loaded_pss_bytes", lambda row: 1e8 + per_session[row["block"]] * row["sessions"]))
    assert result_of(view, "load.sessions_per_gib").replace("−", "-") == why


def test_one_boot_does_not_tell_sessions_per_gib(run):
    one = replace(run, measurements=run.measurements[run.measurements["block"] == 0])
    assert result_of(RunView(one), "load.sessions_per_gib").startswith("not decided: 1 boot can't tell")


def test_memory_of_the_first_sessions_is_no_part_of_the_slope(run):
    view = RunView(
        changed(run, "loaded_pss_bytes", lambda row: 7.0 if row["sessions"] == 1 else 2 * MB * row["sessions"])
    )
    assert value_of(view, "load.memory_per_session") == pytest.approx(2 * MB)


def test_memory_that_does_not_grow_is_not_given_back(run):
    view = RunView(changed(run, "loaded_pss_bytes", lambda row: 7.0))
    assert result_of(view, "load.given_back") == Missing("memory did not grow, or was not measured after the load")


def with_baseline(run, growth):
    """Return the run with the baseline loaded too: so much does its memory grow with each cycle."""
    rows = run.measurements
    ground = rows.assign(entry="ground", variant="socket", boot="ground-" + rows["boot"])
    at = ground["metric"] == "cycle_pss_bytes"
    ground["value"] = ground["value"].where(
        ~at, [growth(*it) for it in zip(ground["block"], ground["at"].fillna(0), strict=True)]
    )
    return replace(run, measurements=pd.concat([rows, ground], ignore_index=True))


def test_a_leak_is_more_than_the_baseline_grows(run):
    still = RunView(with_baseline(run, lambda block, at: 1e8 + block * MB))
    words = (
        "leaks beyond doubt: 3.00 MB a cycle [3.00 MB, 3.00 MB], 3.00 MB [3.00 MB, 3.00 MB] more than the baseline's"
    )
    assert result_of(still, "load.leak") == words
    assert result_of(still, "load.leak", "ground/socket").startswith("no leak shown: memory levels off, 0")
    grows = RunView(with_baseline(run, lambda block, at: (2.5 + 0.5 * block) * MB * at))
    assert result_of(grows, "load.leak").startswith("grows, but not beyond the baseline: 3.00 MB a cycle")


def test_a_claim_of_a_leak_is_decided_by_what_is_beyond_the_baseline(run):
    said = {"text": "Memory leaks.", "source": "https://maple.example/1", "plan": "Cycles."}
    claim = Claim(**said, test=Test(figure={"kind": "leak", "variant": "app"}, above=0.0))

    def verdict(of):
        return next(it.verdict for it in verdicts(RunView(of), {"maple": (claim,)}))

    assert verdict(with_baseline(run, lambda block, at: 1e8 + block * MB)) == CONFIRMED
    assert verdict(with_baseline(run, lambda block, at: (2.5 + 0.5 * block) * MB * at)) == UNDECIDED
    # Without a baseline nobody knows what an allocator does anyway.
    assert verdict(run) == UNDECIDED


def test_what_an_allocator_keeps_levels_off(run):
    one = replace(run, measurements=run.measurements[run.measurements["block"] == 0])
    kept = RunView(
        changed(one, "cycle_pss_bytes", lambda row: 1e8 + 40 * MB * min(row["at"], 4) + (row["at"] % 2) * MB)
    )
    found = result_of(kept, "load.leak_per_cycle")
    assert found.estimate.low < 0 < found.estimate.high
    assert found.note == "of too few boots: the interval is of cycles, not of boots"
    assert result_of(kept, "load.leak").startswith("no leak shown: memory levels off, ")


def test_a_readme_shows_what_is_held(run):
    machine = {"processor": "Abacus 9000", "cores": "2"}
    parts = written(RunView(replace(run, meta={**run.meta, "machine": machine})))
    shown = parts["load"]
    assert (
        "| variant | model | sessions held | missed at | memory per session | sessions per GiB | given back |" in shown
    )
    assert "10–50: p95 of global" in shown


def test_every_level_has_a_row(run):
    (table,) = level_tables(RunView(run))
    assert [row.label for row in table.rows] == ["app, 1", "app, 10", "app, 50"]
    assert [row.cells[-1] for row in table.rows] == ["3 / 3", "2 / 3", "0 / 3"]


def test_what_a_terminal_is_told(run):
    times = "unrelated p95 29.0 ms, global p95 29.0 ms"
    lines = list(told(run))
    assert lines[1] == f"maple/app, 10 sessions: {times}; missed: p95 of global is 10 s"
    assert lines[-1] == "maple/app holds 1 sessions, fewer than 10"


def test_the_page_has_it_and_another_run_has_not(run, write_run):
    html = build(run).read_text()
    assert "Sessions that a server holds" in html
    assert 'aria-label="Latency against sessions: maple/app"' in html
    assert "Sessions that a server holds" not in build(write_run(blocks=1)).read_text()


def test_reasons_that_differ_in_numbers_alone_aretold_once():
    late = [f"p95 of unrelated is {ms} ms, more than 200 ms" for ms in ("494", "1,735")]
    assert told_once(late) == f"{late[0]}, and 1 alike"
    assert told_once([late[0], "a generator was lost"]) == f"{late[0]}; a generator was lost"
