"""A load on the floor: its levels, its samples, and what becomes of them when something breaks."""

import signal
import threading
import time

import numpy as np
import psutil
import pytest

from pyuibench import environment
from pyuibench.catalog import load_entry
from pyuibench.loadtest.config import LoadConfig
from pyuibench.loadtest.run import run_load
from pyuibench.loadtest.slo import Slo
from pyuibench.plan import Profile, Selection, make_plan
from pyuibench.project import APPS
from pyuibench.records import cell_fields
from pyuibench.server import Server
from pyuibench.store import Store, load
from pyuibench.wire.run import WireError

pytestmark = pytest.mark.servers
FLOOR = load_entry(APPS / "floor")
VARIANT = FLOOR.variant("websocket")
PROFILE = Profile("tiny", 1, 0, 0, (), 0, 1, 0, truths=(), load_levels=(1,))
PATIENT = Slo(p95_ms={}, most_wrong=1.0)


@pytest.fixture
def loaded(tmp_path):
    """Return a function that puts a load on the floor, with something done to it meanwhile, and returns the run."""

    def put(meanwhile=None, **settings):
        (cell,) = make_plan(PROFILE, [VARIANT], Selection(), 1)
        store = Store.create(tmp_path / "run", {"plan": [cell_fields(cell)], "entries": {}, "instruments": ["wire"]})
        samples = store.begin(cell.boot)
        built = environment.prepare(FLOOR)
        with Server(VARIANT, built, "app", tmp_path / "log") as server:
            server.await_ready()
            place = {"server": server.supervisor_pid, "samples": samples, "cell": cell_fields(cell)}
            app = {"entry": FLOOR.directory, "variant": VARIANT.name, "site_packages": built.site_packages}
            config = LoadConfig(**app, **place, **settings)
            thread = threading.Thread(target=meanwhile, args=(server, samples)) if meanwhile else None
            if thread:
                thread.start()
            try:
                run_load(config, server.url)
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
