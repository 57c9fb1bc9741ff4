"""A load on the baseline: its levels, its samples, and what becomes of them when something breaks."""

import json
import signal
import threading
import time

import numpy as np
import psutil
import pytest
from pyuibench.instruments.wire.load import Workers, join_load, run_load
from pyuibench.instruments.wire.load_config import LoadConfig

from pyuibench.contract.service_level import Slo
from pyuibench.entries.catalog import load_entry
from pyuibench.experiments.plan import Profile, Selection, make_plan
from pyuibench.instruments.wire.run import WireError
from pyuibench.project import APPS, CACHE
from pyuibench.results.records import origin_fields
from pyuibench.results.store import Store, load
from pyuibench.serving import environment
from pyuibench.serving.environment import alone
from pyuibench.serving.server import Server

pytestmark = pytest.mark.servers
BASELINE = load_entry(APPS / "baseline")
VARIANT = BASELINE.variant("websocket")
PROFILE = Profile("tiny", 1, 0, 0, (), 0, 1, 0, truths=(), load_levels=(1,))
CREWS_APART = 100_000
PATIENT = Slo(p95_ms={}, most_wrong=1.0)


@pytest.fixture
def loaded(tmp_path):
    """Return a function that puts a load on the baseline, with something done to it meanwhile, and returns the run."""

    def put(meanwhile=None, processes=1, **settings):
        (cell,) = make_plan(PROFILE, [VARIANT], Selection(), 1)
        store = Store.create(tmp_path / "run", {"plan": [origin_fields(cell)], "entries": {}, "instruments": ["wire"]})
        samples = store.begin(cell.boot)
        built = environment.prepare(BASELINE)
        with Server(VARIANT, built, "app", tmp_path / "log") as server:
            server.await_ready()
            place = {"servers": server.supervisor_pids, "samples": samples, "origin": origin_fields(cell)}
            app = {"entry": BASELINE.directory, "variant": VARIANT.name, "site_packages": built.site_packages}
            config = LoadConfig(**app, **place, **settings)
            thread = threading.Thread(target=meanwhile, args=(server, samples)) if meanwhile else None
            if thread:
                thread.start()
            try:
                run_load(config, server.url, processes)
            finally:
                if thread:
                    thread.join()
                store.end(cell.boot)
                store.finish()
        return load(store.directory)

    return put


def figures(run, metric):
    rows = run.measurements[run.measurements["metric"] == metric]
    return dict(zip(rows["sessions"], rows["value"], strict=True))


def held(run):
    return run.interactions[~run.interactions["warmup"]]


def when_held(samples, after_s):
    """Wait until a level has been held for so long: until that long after the first sample."""
    while not any(file.stat().st_size for file in samples.glob("load-*.jsonl")):
        time.sleep(0.05)
    time.sleep(after_s)


def test_levels_one_after_the_other(loaded):
    run = loaded(levels=(1, 4), hold_s=2.0, interval_ms=100.0, slo=PATIENT)
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


def test_sessions_spread_over_processes(loaded):
    run = loaded(processes=2, levels=(2, 6), hold_s=2.0, interval_ms=100.0, slo=PATIENT)
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
    run = loaded(levels=(2,), hold_s=0.5, interval_ms=100.0, slo=PATIENT, cycles=3)
    cycles = run.measurements[run.measurements["metric"] == "cycle_pss_bytes"]
    assert list(cycles["detail"]) == ["1", "2", "3"]
    assert (cycles["value"] > 0).all()
    # Two sessions each time, and each one that is opened is another.
    assert set(run.interactions["session"]) == {0, 1, 2, 3, 4, 5}


def test_one_session_has_jobs_run_while_others_click(loaded):
    clicks = {"levels": (3,), "interval_ms": 200.0, "controls": (("neighbour", "increment"),), "goes_on": True}
    run = loaded(hold_s=5.0, first="crunches", **clicks)
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
    run = loaded(hold_s=1.0, first="rests", **clicks)
    assert set(held(run)["session"]) == {1, 2}
    assert set(held(run)["control"]) == {"increment"}


def test_a_load_that_is_led_elsewhere(loaded, tmp_path):
    """The leader and its worker are processes that only know each other's address, as on two machines."""
    built = environment.prepare(BASELINE)
    (cell,) = make_plan(PROFILE, [VARIANT], Selection(), 1)
    app = {"entry": BASELINE.directory, "variant": VARIANT.name, "site_packages": built.site_packages}
    load_of = {"levels": (2,), "hold_s": 1.0, "interval_ms": 100.0, "origin": origin_fields(cell), "slo": PATIENT}
    places = [tmp_path / name for name in ("leader", "worker")]
    for place in places:
        place.mkdir()
    leader, worker = (LoadConfig(**app, **load_of, samples=place) for place in places)
    with Server(VARIANT, built, "app", tmp_path / "log") as server, alone(CACHE / "locust-master"):
        server.await_ready()
        led = threading.Thread(target=run_load, args=(leader, server.url), kwargs={"workers": Workers(1)})
        led.start()
        join_load(worker, server.url, "127.0.0.1")
        led.join()
    rows = {place.name: [json.loads(line) for file in place.iterdir() for line in file.open()] for place in places}
    # Answers are where they were taken, the verdict is where it was given.
    assert not [row for row in rows["leader"] if row["table"] == "interactions"]
    answers = [row for row in rows["worker"] if row["table"] == "interactions"]
    assert len(answers) > 5
    assert all(row["ok"] for row in answers)
    (verdict,) = [row for row in rows["leader"] if row.get("metric") == "slo_kept"]
    assert verdict["value"] == 1.0


def test_a_worker_that_is_lost(loaded):
    def kill(_, samples):
        when_held(samples, 1.0)
        generators = [it for it in psutil.Process().children(recursive=True) if "--processes" in it.cmdline()]
        # A worker's parent is the master, which is of the same command.
        workers = [it for it in generators if it.ppid() in {other.pid for other in generators}]
        workers[0].kill()

    run = loaded(kill, processes=2, levels=(4, 8), hold_s=5.0, interval_ms=100.0)
    assert held(run)["ok"].sum() > 10
    (verdict,) = run.measurements[run.measurements["metric"] == "slo_kept"]["detail"]
    assert verdict == "a generator was lost"


def test_a_load_ends_where_the_service_level_is_missed(loaded):
    impossible = Slo(p95_ms={"unrelated": 0.001})
    run = loaded(levels=(1, 2, 3), hold_s=1.0, interval_ms=50.0, arrivals="constant", slo=impossible)
    assert figures(run, "slo_kept") == {1: 0.0}
    (verdict,) = run.measurements[run.measurements["metric"] == "slo_kept"]["detail"]
    assert verdict.startswith("p95 of unrelated is ")
    assert set(run.interactions["session"]) == {0}


def test_a_closed_loop_waits_for_its_answers(loaded):
    run = loaded(levels=(2,), hold_s=2.0, interval_ms=100.0, arrivals="closed", slo=PATIENT)
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

    run = loaded(stall, levels=(3,), hold_s=12.0, interval_ms=70.0, arrivals="constant", slo=PATIENT)
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

    run = loaded(kill, levels=(2, 5), hold_s=5.0, interval_ms=100.0, cool_down_s=1.0)
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
        loaded(kill, levels=(2,), hold_s=20.0, interval_ms=100.0)
    assert load(tmp_path / "run").interactions["ok"].sum() > 10
