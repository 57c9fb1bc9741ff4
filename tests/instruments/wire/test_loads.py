"""Loads on the baseline, of one session or many: their samples, and what becomes of them when something breaks."""

import json
import signal
import socket
import threading
import time

import numpy as np
import psutil
import pytest

from pyuibench.contract.service_level import LIMIT, LOST, SLOW, TOO_FEW, Slo
from pyuibench.entries.catalog import load_entry
from pyuibench.instruments.wire import run as load_run
from pyuibench.instruments.wire.config import Judging, Load, Target
from pyuibench.instruments.wire.run import HELD_FILE, WireError, Workers, join_load, run_load
from pyuibench.project import APPS, CACHE
from pyuibench.results.records import Origin, origin_fields
from pyuibench.results.store import Store, load
from pyuibench.serving import environment
from pyuibench.serving.environment import alone
from pyuibench.serving.server import Server, WorkloadSettings

pytestmark = pytest.mark.servers
BASELINE = load_entry(APPS / "baseline")
VARIANT = BASELINE.variant("websocket")
CREWS_APART = 100_000
PATIENT = Slo(p95_ms={}, most_wrong=1.0)
VISITS = {"script": "visits", "arrivals": "poisson"}


def origin_of(page="app", grid_cells=0):
    table = VARIANT.table
    own = {"entry": BASELINE.name, "variant": VARIANT.name, "role": table.role, "model": table.model}
    return Origin(block=0, boot="0-load", **own, experiment="load", page=page, grid_cells=grid_cells)


def target_of(built, samples, **place):
    app = {"entry": BASELINE.directory, "variant": VARIANT.name, "site_packages": built.site_packages}
    return Target(**app, samples=samples, **{"origin": origin_of(), **place})


@pytest.fixture
def loaded(tmp_path):
    """Return a function that puts a load on the baseline, with something done to it meanwhile, and returns the run."""

    def put(load_of, meanwhile=None, processes=1, page="app", grid_cells=0):
        origin = origin_of(page, grid_cells)
        meta = {"plan": [origin_fields(origin)], "entries": {}, "instruments": ["wire"]}
        store = Store.create(tmp_path / "run", meta)
        samples = store.begin(origin.boot)
        built = environment.prepare(BASELINE.variants[0])
        ledger = tmp_path / "ledger"
        # A job that sleeps ends in time on a machine that is busy with other tests.
        grid = WorkloadSettings(cells=grid_cells, cost_ms=0.0, cost_kind="sleep")
        with Server(VARIANT, built, page, tmp_path / "log", workload=grid, ledger=ledger) as server:
            server.await_ready()
            place = {"servers": server.supervisor_pids, "ledger": ledger, "page": page, "grid_cells": grid_cells}
            target = target_of(built, samples, origin=origin, **place)
            thread = threading.Thread(target=meanwhile, args=(server, samples)) if meanwhile else None
            if thread:
                thread.start()
            try:
                run_load(target, load_of, server.url, processes)
            finally:
                if thread:
                    thread.join()
                store.end(origin.boot)
                store.finish()
        return load(store.directory)

    return put


def figures(run, metric):
    rows = run.measurements[run.measurements["metric"] == metric]
    return dict(zip(rows["sessions"], rows["value"], strict=True))


def held(run):
    return run.interactions[run.interactions["held"]]


def when_held(samples, after_s):
    """Wait until a level has been held for so long."""
    deadline = time.monotonic() + 60
    while not (samples / HELD_FILE).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(after_s)


def verdicts(run):
    return list(run.measurements[run.measurements["metric"] == "slo_kept"].itertuples())


def test_levels_one_after_the_other(loaded):
    run = loaded(Load(**VISITS, levels=(1, 4), hold_s=2.0, interval_ms=100.0, slo=PATIENT))
    assert run.interactions["ok"].all()
    assert figures(run, "slo_kept") == {1: 1.0, 4: 1.0}
    rows = held(run)
    assert {int(level): set(own["session"]) for level, own in rows.groupby("sessions")} == {1: {0}, 4: {0, 1, 2, 3}}
    # What was due in two seconds, of Poisson arrivals ten a second each: give or take five standard deviations.
    for sessions, own in rows.groupby("sessions"):
        assert len(own) == pytest.approx(20 * sessions, abs=5 * (20 * sessions) ** 0.5)
        assert figures(run, "hold_s")[sessions] == 2.0
        assert figures(run, "waiting_sessions")[sessions] * 2.0 == pytest.approx(
            own["service_ms"].sum() / 1e3, rel=0.1, abs=len(own) / 1e3
        )
    for metric in ("loaded_pss_bytes", "server_cpu_ms", "server_cpu_share", "generator_cpu_share"):
        assert all(value > 0 for value in figures(run, metric).values())
        assert set(figures(run, metric)) == {1, 4}
    assert (rows["response_ms"] >= rows["service_ms"]).all()


def test_all_sessions_act_before_anything_counts(loaded):
    run = loaded(Load(**VISITS, levels=(3,), hold_s=1.0, warmup_s=1.0, interval_ms=50.0, slo=PATIENT))
    rows = run.interactions
    assert not (rows["warmup"] & rows["held"]).any()
    before = rows[rows["warmup"]]
    assert before.groupby("session").size().min() > 3
    for _, own in rows.groupby("session"):
        counts, comes_before = (own.loc[own[name], "started_ns"] for name in ("held", "warmup"))
        assert comes_before.max() < counts.min()
    assert figures(run, "hold_s") == {3: 1.0}


def test_a_level_is_held_until_each_limit_is_judged_on_enough_answers(loaded):
    patient = Slo(p95_ms={"unrelated": 60_000.0, "global": 60_000.0}, most_wrong=1.0)
    judging = Judging(fewest_answers=60, most_hold_s=60.0)
    run = loaded(Load(**VISITS, levels=(2,), hold_s=0.5, interval_ms=50.0, slo=patient, judging=judging))
    counts = held(run)["scenario"].value_counts()
    assert min(counts["unrelated"], counts["global"]) >= 60
    assert figures(run, "slo_kept") == {2: 1.0}
    assert 0.5 < figures(run, "hold_s")[2] < 60.0
    waited = figures(run, "waiting_sessions")[2] * figures(run, "hold_s")[2]
    assert waited == pytest.approx(held(run)["service_ms"].sum() / 1e3, rel=0.1, abs=len(held(run)) / 1e3)


def test_a_level_without_answers_is_undecided(loaded):
    judging = Judging(fewest_answers=60, most_hold_s=1.0, most_gap=0.15)
    run = loaded(Load(**VISITS, levels=(1, 5), hold_s=0.5, interval_ms=60_000.0, judging=judging))
    (verdict,) = verdicts(run)
    assert np.isnan(verdict.value)
    assert (verdict.sessions, verdict.outcome, verdict.reason) == (1, TOO_FEW, verdict.detail)
    assert "0 of unrelated, 60 are needed" in verdict.detail


def test_levels_between_two_have_sessions_of_their_own(loaded):
    # What nobody keeps is missed from the first level on, so that fewer sessions are tried.
    impossible = Slo(p95_ms={"unrelated": 0.001})
    judging = Judging(fewest_answers=5, most_gap=0.15)
    run = loaded(Load(**VISITS, levels=(4,), hold_s=0.5, interval_ms=20.0, slo=impossible, judging=judging))
    assert figures(run, "slo_kept") == {4: 0.0, 2: 0.0, 1: 0.0}
    rows = held(run)
    assert {int(level): set(own["session"]) for level, own in rows.groupby("sessions")} == {
        4: {0, 1, 2, 3},
        2: {4, 5},
        1: {6},
    }
    # Memory that closed sessions have left isn't taken for that of those that are open.
    assert set(figures(run, "loaded_pss_bytes")) == {4}


def test_too_many_open_files_are_the_generators_own_limit(loaded, monkeypatch):
    command_of = load_run._locust
    limited = ("sh", "-c", 'ulimit -n 160; exec "$@"', "sh")
    monkeypatch.setattr(load_run, "_locust", lambda url, options: [*limited, *command_of(url, options)])
    run = loaded(Load(**VISITS, levels=(2, 120), hold_s=0.5, interval_ms=500.0, slo=PATIENT))
    assert [(it.sessions, it.outcome) for it in verdicts(run)] == [(2, ""), (120, LIMIT)]
    assert "couldn't be opened by the load generator: its process may have 160 files open" in verdicts(run)[-1].detail


def test_a_leader_that_fails_is_told_with_its_error(loaded):
    def spoil(server, samples):
        while not list(samples.glob("load-*.jsonl")):
            time.sleep(0.05)
        (samples / HELD_FILE).symlink_to(samples / "nowhere" / "held")

    with pytest.raises(WireError, match=r"the load failed: FileNotFoundError: .*held"):
        loaded(Load(**VISITS, levels=(2,), hold_s=0.5, warmup_s=3.0, interval_ms=100.0, slo=PATIENT), spoil)


def test_sessions_spread_over_processes(loaded):
    run = loaded(Load(**VISITS, levels=(2, 6), hold_s=2.0, interval_ms=100.0, slo=PATIENT), processes=2)
    assert run.interactions["ok"].all()
    assert figures(run, "slo_kept") == {2: 1.0, 6: 1.0}
    rows = held(run)
    # Each process numbers its own sessions, and has as many as the other.
    assert set(rows.loc[rows["sessions"] == 6, "session"]) == {0, 1, 2, CREWS_APART, CREWS_APART + 1, CREWS_APART + 2}
    waiting = (
        run.measurements[run.measurements["metric"] == "waiting_sessions"]
        .groupby("sessions")["value"]
        .agg(["sum", "size"])
    )
    assert list(waiting["size"]) == [2, 2]
    assert waiting.loc[6, "sum"] * 2.0 == pytest.approx(
        rows.loc[rows["sessions"] == 6, "service_ms"].sum() / 1e3, rel=0.2
    )


def test_sessions_that_are_opened_and_closed_again_and_again(loaded):
    run = loaded(Load(**VISITS, levels=(2,), hold_s=0.5, interval_ms=100.0, slo=PATIENT, cycles=3))
    cycles = run.measurements[run.measurements["metric"] == "cycle_pss_bytes"]
    assert list(cycles["at"]) == [1, 2, 3]
    assert (cycles["value"] > 0).all()
    # Two sessions each time, and each one that is opened is another.
    assert set(run.interactions["session"]) == {0, 1, 2, 3, 4, 5}


def test_one_session_has_jobs_run_while_others_click(loaded):
    clicks = {"levels": (3,), "interval_ms": 200.0, "controls": (("neighbour", "increment"),), "goes_on": True}
    run = loaded(Load(**VISITS, hold_s=5.0, first="crunches", **clicks))
    rows = held(run)
    assert rows["ok"].all()
    jobs = rows[rows["scenario"] == "job"]
    assert set(jobs["session"]) == {0}
    assert len(jobs) >= 2
    assert (jobs["service_ms"] >= 2000).all()
    assert set(rows.loc[rows["scenario"] == "neighbour", "session"]) == {1, 2}
    assert set(rows["scenario"]) == {"job", "neighbour"}


def test_the_first_session_may_rest(loaded):
    clicks = {"levels": (3,), "interval_ms": 100.0, "controls": (("unrelated", "increment"),), "goes_on": True}
    run = loaded(Load(**VISITS, hold_s=1.0, first="rests", **clicks))
    assert set(held(run)["session"]) == {1, 2}
    assert set(held(run)["control"]) == {"increment"}


def test_a_load_that_is_led_elsewhere(loaded, tmp_path):
    """The leader and its worker are processes that only know each other's address, as on two machines."""
    built = environment.prepare(BASELINE.variants[0])
    load_of = Load(**VISITS, levels=(2,), hold_s=1.0, interval_ms=100.0, slo=PATIENT)
    places = [tmp_path / name for name in ("leader", "worker")]
    for place in places:
        place.mkdir()
    leader, worker = (target_of(built, place) for place in places)
    with Server(VARIANT, built, "app", tmp_path / "log") as server, alone(CACHE / "locust-master"):
        server.await_ready()
        led = threading.Thread(target=run_load, args=(leader, load_of, server.url), kwargs={"workers": Workers(1)})
        led.start()
        join_load(worker, load_of, server.url, "127.0.0.1")
        led.join()
    rows = {
        place.name: [json.loads(line) for file in place.glob("*.jsonl") for line in file.open()] for place in places
    }
    # Answers are where they were taken, the verdict is where it was given.
    assert not [row for row in rows["leader"] if row["table"] == "interactions"]
    answers = [row for row in rows["worker"] if row["table"] == "interactions"]
    assert len(answers) > 5
    assert all(row["ok"] for row in answers)
    (verdict,) = [row for row in rows["leader"] if row.get("metric") == "slo_kept"]
    assert verdict["value"] == 1.0


def workers():
    generators = [it for it in psutil.Process().children(recursive=True) if "--processes" in it.cmdline()]
    # A worker's parent is the master, which is of the same command.
    return [it for it in generators if it.ppid() in {other.pid for other in generators}]


def test_a_worker_that_is_lost(loaded):
    def kill(_, samples):
        when_held(samples, 1.0)
        workers()[0].kill()

    run = loaded(Load(**VISITS, levels=(4, 8), hold_s=5.0, interval_ms=100.0), kill, processes=2)
    assert held(run)["ok"].sum() > 10
    (verdict,) = verdicts(run)
    assert (verdict.outcome, verdict.detail) == (LOST, "a generator was lost")


def test_a_load_that_is_stopped_as_all_its_workers_are_lost(loaded, tmp_path):
    def kill(_, samples):
        when_held(samples, 1.0)
        for worker in workers():
            worker.kill()

    with pytest.raises(WireError, match=r"^the load failed: the load was stopped before its end"):
        loaded(Load(**VISITS, levels=(2,), hold_s=20.0, interval_ms=100.0), kill, processes=2)
    (failure,) = load(tmp_path / "run").failures.itertuples()
    assert (failure.step, failure.reason) == ("2 sessions", "the load was stopped before its end")


def test_a_load_ends_where_the_service_level_is_missed(loaded):
    impossible = Slo(p95_ms={"unrelated": 0.001})
    run = loaded(
        Load(script="visits", levels=(1, 2, 3), hold_s=1.0, interval_ms=50.0, arrivals="constant", slo=impossible)
    )
    assert figures(run, "slo_kept") == {1: 0.0}
    (verdict,) = verdicts(run)
    assert verdict.outcome == SLOW
    assert verdict.detail.startswith("p95 of unrelated is ")
    assert set(run.interactions["session"]) == {0}


def test_a_closed_loop_waits_for_its_answers(loaded):
    run = loaded(Load(levels=(2,), hold_s=2.0, interval_ms=100.0, arrivals="closed", slo=PATIENT))
    for _, own in run.interactions.groupby("session"):
        ends_ns = own["started_ns"] + own["service_ms"] * 1e6
        assert ((own["started_ns"].to_numpy()[1:] - ends_ns.to_numpy()[:-1]) > 70e6).all()


def test_a_stall_shows_in_corrected_times_and_not_in_uncorrected_ones(loaded):
    def stall(server, samples):
        when_held(samples, 3.0)
        process = psutil.Process(server.pid)
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.0)
        process.send_signal(signal.SIGCONT)

    run = loaded(
        Load(script="visits", levels=(3,), hold_s=12.0, interval_ms=70.0, arrivals="constant", slo=PATIENT), stall
    )
    rows = held(run)
    assert rows["ok"].all()
    corrected, uncorrected = (np.quantile(rows[name], 0.99) for name in ("response_ms", "service_ms"))
    assert corrected > 700
    assert uncorrected < corrected / 3
    # It happened once, to the one action that each session had under way.
    assert (rows["service_ms"] > 500).sum() <= 3


def test_a_server_that_is_killed(loaded):
    def kill(server, samples):
        when_held(samples, 2.0)
        psutil.Process(server.pid).kill()

    run = loaded(Load(**VISITS, levels=(2, 5), hold_s=5.0, interval_ms=100.0, cool_down_s=1.0), kill)
    rows = held(run)
    # What was answered before is there, and what came after has its reason.
    assert rows["ok"].sum() > 10
    wrong = rows[~rows["ok"]]
    assert len(wrong) and wrong["reason"].notna().all()
    assert figures(run, "slo_kept") == {2: 0.0}


def test_a_generator_that_is_killed_loses_no_sample(loaded, tmp_path):
    def kill(_, samples):
        when_held(samples, 2.0)
        (generator,) = (it for it in psutil.Process().children(recursive=True) if "locust" in it.cmdline())
        generator.kill()

    with pytest.raises(WireError, match=r"^the load failed"):
        loaded(Load(**VISITS, levels=(2,), hold_s=20.0, interval_ms=100.0), kill)
    assert load(tmp_path / "run").interactions["ok"].sum() > 10


def test_a_crowd_carries_out_so_many_actions_each_when_they_are_due(loaded, tmp_path):
    run = loaded(Load(levels=(3,), actions=6, interval_ms=200.0, arrivals="constant"))
    rows = run.interactions
    assert len(rows) == 3 * 6
    assert rows["ok"].all() and rows["held"].all() and not rows["warmup"].any()
    assert set(rows["sessions"]) == {3}
    for _, own in rows.groupby("session"):
        assert list(own["sequence"]) == [0, 1, 2, 3, 4, 5]
        due_ms = own["started_ns"] / 1e6 - own["lag_ms"]
        # A lag is stored as 0 where an action begins a moment before it is due.
        assert np.diff(due_ms) == pytest.approx(200.0, abs=5.0)
    assert figures(run, "hold_s")[3] >= 1.0
    assert figures(run, "waiting_sessions")[3] * figures(run, "hold_s")[3] == pytest.approx(
        rows["service_ms"].sum() / 1e3, rel=0.1, abs=len(rows) / 1e3
    )
    assert len(run.measurements[run.measurements["metric"] == "session_ms"]) == 3
    # Nothing is judged, and calls of three sessions can't be told apart.
    assert not verdicts(run)
    assert rows["user_code_calls"].isna().all()
    assert (tmp_path / "run" / "samples" / "0-load" / HELD_FILE).exists()


def test_a_crowd_of_two_processes(loaded):
    run = loaded(Load(levels=(4,), actions=4, interval_ms=100.0, arrivals="constant"), processes=2)
    counts = run.interactions.groupby("session").size().to_dict()
    assert counts == {0: 4, 1: 4, CREWS_APART: 4, CREWS_APART + 1: 4}
    assert run.failures.empty


def test_a_lone_session_with_one_offs_after_its_actions(loaded):
    one_offs = ("stream", "busy", "neighbour", "upload")
    run = loaded(
        Load(actions=5, warmup_actions=5, interval_ms=100.0, one_offs=one_offs, opens_cold=True, memory_every=4)
    )
    assert run.failures.empty
    rows = run.interactions
    assert rows["ok"].all() and rows["held"].all()
    assert set(rows["sessions"]) == {1} and set(rows["session"]) == {0}
    actions, once = rows[~rows["scenario"].isin(one_offs)], rows[rows["scenario"].isin(one_offs)]
    assert list(actions["warmup"]) == [True] * 5 + [False] * 5
    assert set(once["scenario"]) == set(one_offs) and not once["warmup"].any()
    assert rows["user_code_calls"].notna().all()
    metrics = run.measurements["metric"].value_counts().to_dict()
    # The neighbour is a session too.
    assert metrics["first_session_ms"] == 1 and metrics["session_ms"] == 2
    # One-offs are no part of the hold, which begins at most an interval before the first action.
    until_once_s = (once["started_ns"].min() - actions["started_ns"].min()) / 1e9
    assert figures(run, "hold_s")[1] < until_once_s + 0.1
    memory = run.measurements[run.measurements["metric"] == "pss_bytes"]
    assert list(memory["at"]) == [4, 8]
    assert (memory["value"] > 0).all()


def test_a_session_that_only_has_one_offs(loaded):
    run = loaded(Load(actions=0, scenarios=(), interval_ms=100.0, one_offs=("upload",)))
    assert list(run.interactions["scenario"]) == ["upload"]
    assert run.interactions["ok"].all()
    # A hold in which nothing is done has no figures but the memory of an open session.
    assert set(run.measurements["metric"]) == {"session_ms", "loaded_pss_bytes"}


def test_a_session_of_the_scaling_page(loaded):
    run = loaded(Load(actions=4, warmup_actions=1, interval_ms=50.0), page="grid", grid_cells=5)
    assert list(run.interactions["control"]) == ["cell"] * 5
    assert run.interactions["ok"].all()


def test_a_session_whose_actions_are_counted_gives_up_when_one_fails(loaded):
    def kill(server, samples):
        when_held(samples, 1.0)
        psutil.Process(server.pid).kill()

    run = loaded(Load(actions=100, interval_ms=100.0, one_offs=("stream",)), kill)
    assert not run.interactions["ok"].iloc[-1]
    assert run.interactions["ok"].iloc[:-1].all()
    assert set(run.interactions["scenario"]) <= {"unrelated", "local", "global"}
    # A server that is gone has no figures.
    (memory,) = run.measurements[run.measurements["metric"] == "loaded_pss_bytes"].itertuples()
    assert np.isnan(memory.value) and memory.reason == "no process of the server ran any more"


def test_a_session_that_does_not_open_is_a_step_that_failed(tmp_path):
    built = environment.prepare(BASELINE.variants[0])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    run_load(target_of(built, tmp_path), Load(actions=3), f"http://127.0.0.1:{port}")
    rows = [json.loads(line) for file in tmp_path.glob("*.jsonl") for line in file.open()]
    (failure,) = [row for row in rows if row["table"] == "failures"]
    assert (failure["scope"], failure["instrument"], failure["step"]) == ("step", "wire", "one session")
    assert failure["reason"].startswith("1 of 1 sessions didn't open: ")
    assert not (tmp_path / HELD_FILE).exists()
