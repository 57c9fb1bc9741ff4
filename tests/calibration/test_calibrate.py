import pytest

from pyuibench.calibration.calibrate import LIMIT_S, calibrate
from pyuibench.calibration.figure import Figure
from pyuibench.calibration.kinds import generator, known_truth
from pyuibench.calibration.kinds.known_truth import AT_ONCE, _figure, _medians
from pyuibench.calibration.kinds.stopwatch import Pair, _against_trace, page_of_its_own, pairs_of
from pyuibench.calibration.kinds.wire import _bare_ms
from pyuibench.calibration.names import calibration_names
from pyuibench.calibration.registry import CALIBRATIONS
from pyuibench.calibration.served_pages import canvases
from pyuibench.contract.known_delays import PAUSE_MS, Truth
from pyuibench.entries.catalog import find_entries
from pyuibench.errors import UserError
from pyuibench.instruments.browser.page import SCRIPT_CALLS_PAGE, SCRIPT_URL, Reading
from pyuibench.instruments.browser.trace import Traced
from pyuibench.project import APPS
from pyuibench.serving.environment import prepare
from pyuibench.serving.server import Server

LIMITED = {
    "stopwatch/shadow_roots/painted_late": 1.5,
    "stopwatch/canvases/painted_late": 1.5,
    "stopwatch/baseline/painted_late": 1.5,
    "stopwatch/shadow_roots/cost": 0.3,
    "wire/ratio": 1.5,
    "ledger/record": 1.5,
    "cores/light/free/agreement": 0.05,
    "cores/heavy/pinned/agreement": 0.05,
    "cpu/clocks": 50.0,
    "all": 360.0,
}


def test_a_figure_keeps_its_limit_on_either_side():
    assert Figure("", "early", -1.9, "ms", 2.0).ok
    assert not Figure("", "early", -2.1, "ms", 2.0).ok
    assert not Figure("", "late", 2.1, "ms", 2.0).ok
    assert Figure("", "stated", 99.0, "ms").ok
    assert Figure("", "known", 20.9, "ms", 1.0, 20.0).ok
    assert not Figure("", "known", 21.1, "ms", 1.0, 20.0).ok


def test_without_a_control_there_is_nothing_to_calibrate_on():
    with pytest.raises(UserError, match="no baseline"):
        list(calibrate({}, 5))


def test_every_calibration_is_found_by_the_name_of_its_module():
    assert tuple(CALIBRATIONS) == calibration_names()
    assert {"cores", "cpu", "generator", "known_truth", "ledger", "relay", "stopwatch", "wire"} <= set(CALIBRATIONS)
    assert all(calibration.about for calibration in CALIBRATIONS.values())


@pytest.mark.servers
@pytest.mark.browser
def test_every_gesture_is_found_in_the_trace_and_every_cost_measured(monkeypatch):
    monkeypatch.setattr(generator, "SESSIONS", 5)
    monkeypatch.setattr(generator, "RATES_PER_S", (20,))
    monkeypatch.setattr(known_truth, "DELAYS_MS", (100.0,))
    monkeypatch.setattr(known_truth, "ROUNDS", 1)
    told = []
    measured = calibrate(find_entries([APPS]), 6, told=told.append)
    first = next(measured)
    assert told[0].startswith("cores: ")
    assert not any(each.startswith("generator") for each in told), "a figure is there before the next is measured"
    figures = {figure.id: figure for figure in (first, *measured)}
    assert [each for each in told if " took " in each][-1].startswith("wire took ")
    for name, limit in LIMITED.items():
        assert figures[name].limit == limit
        assert figures[name].value != 0
    for page in ("baseline", "shadow_roots", "canvases"):
        assert figures[f"stopwatch/{page}/found"].value == (6 if page == "baseline" else 3)
        # What the trace and the stopwatch tell is in one order, whatever else the machine does.
        assert 0 < figures[f"stopwatch/{page}/dispatch"].value < figures[f"stopwatch/{page}/commit"].value
        assert figures[f"stopwatch/{page}/cost"].value > 0
    for instrument in ("browser", "wire"):
        for kind in ("sleep", "cpu"):
            # What is recovered of it, from one sample each, says more of what else the machine does than of the instrument.
            assert figures[f"known_truth/{instrument}/100/{kind}"].target == 100
    assert figures["relay/150"].value > 0
    # Twenty a second are due, at random.
    assert figures["generator/20/right"].value == pytest.approx(20, abs=10)
    assert figures["all"].value > 0
    assert figures["all"].limit == LIMIT_S


def reading(started_ns, right_ms, painted_ms):
    return Reading(started_ns, 0.2, None, None, right_ms, right_ms, painted_ms, {}, 0)


def event(name, ts, **more):
    return {"name": name, "ts": ts, "pid": 1, "tid": 1, **more}


def test_a_gesture_is_paired_with_what_the_trace_tells_of_the_same_moment():
    def call(name):
        return {"data": {"url": SCRIPT_URL, "functionName": name}}

    trace = [
        event("EventTiming", 1_000, ph="b", args={"data": {"type": "pointerdown"}}),
        event("EventDispatch", 1_400, args={"data": {"type": "pointerdown"}}),
        event("changed", 3_000),
        event("FunctionCall", 1_500, dur=40, args=call("start")),
        event("FunctionCall", 2_900, dur=700, args=call(SCRIPT_CALLS_PAGE)),
        event("FunctionCall", 3_100, dur=50, args=call("check")),
        event("Commit", 5_000, dur=500),
        event("FunctionCall", 5_600, dur=30, args=call("looked")),
    ]
    took_ms = {"start": 0.04, SCRIPT_CALLS_PAGE: 0.7, "check": 0.05, "looked": 0.03}
    near, far = reading(1_000_000, 2.1, 4.9), reading(90_000_000, 2.0, 4.0)
    (pair,) = pairs_of([near, far], trace, "changed")
    assert pair == Pair(near, Traced(1_000_000, 0.4, 2.0, 4.5), took_ms)
    assert pair.cost_ms == pytest.approx(0.05)
    assert pair.start_ms == pytest.approx(0.04)


def test_how_far_the_stopwatch_is_from_the_trace_is_the_median_of_pairs():
    page = page_of_its_own("3 canvases", canvases(), "")
    traced = Traced(1_000_000, 0.4, 2.0, 4.5)
    pairs = [Pair(reading(1_100_000, 2.0 + lag, 4.5 + 2 * lag), traced, {}) for lag in (0.1, 0.2, 0.9)]
    figures = {figure.id: figure.value for figure in _against_trace(page, pairs)}
    assert figures == {
        "stopwatch/canvases/painted": pytest.approx(4.9),
        "stopwatch/canvases/commit": 4.5,
        "stopwatch/canvases/dispatch": 0.4,
        "stopwatch/canvases/start": pytest.approx(0.1),
        "stopwatch/canvases/right": pytest.approx(0.2),
        "stopwatch/canvases/visible": pytest.approx(0.2),
        "stopwatch/canvases/painted_late": pytest.approx(0.4),
    }


@pytest.mark.servers
def test_a_bare_client_agrees_to_compress_and_understands_every_answer(tmp_path):
    baseline = find_entries([APPS])["baseline"]
    with Server(baseline.variants[0], prepare(baseline.variants[0]), "app", tmp_path / "log") as server:
        server.await_ready()
        assert _bare_ms(server.url, 5) > 0


@pytest.mark.servers
def test_one_is_made_alone():
    told = []
    figures = list(calibrate(find_entries([APPS]), 5, ("relay",), told.append))
    assert [figure.id for figure in figures] == ["relay/0", "relay/20", "relay/50", "relay/150", "all"]
    assert told[0] == f"relay: {CALIBRATIONS['relay'].about}"
    assert len(told) == 2


def test_a_delay_is_recovered_as_what_it_adds_to_the_pause():
    times_ms = [
        (AT_ONCE, 1.0),
        ((PAUSE_MS, "sleep"), 12.0),
        ((PAUSE_MS, "sleep"), 14.0),
        ((PAUSE_MS + 20, "sleep"), 33.5),
    ]
    medians = _medians([*times_ms, ((PAUSE_MS + 20, "cpu"), 99.0)])
    recovered = _figure("wire", medians, Truth(20.0, "sleep"))
    assert (recovered.id, recovered.label) == ("known_truth/wire/20/sleep", "wire: 20 ms asleep, recovered")
    assert (recovered.value, recovered.target) == (20.5, 20.0)
    assert _figure("wire", medians, Truth(0.0, "sleep")).value == 12.0
