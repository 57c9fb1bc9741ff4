import pytest

from pyuibench.calibration import generator
from pyuibench.calibration.calibrate import calibrate
from pyuibench.calibration.figure import Figure
from pyuibench.calibration.known_truth import AT_ONCE, Injected, _figure
from pyuibench.contract.known_delays import PAUSE_MS
from pyuibench.entries.catalog import find_entries
from pyuibench.errors import UserError
from pyuibench.project import APPS


def test_a_figure_keeps_its_limit_on_either_side():
    assert Figure("early", -1.9, "ms", 2.0).ok
    assert not Figure("early", -2.1, "ms", 2.0).ok
    assert not Figure("late", 2.1, "ms", 2.0).ok
    assert Figure("stated", 99.0, "ms").ok
    assert Figure("known", 20.9, "ms", 1.0, 20.0).ok
    assert not Figure("known", 21.1, "ms", 1.0, 20.0).ok


def test_without_a_control_there_is_nothing_to_calibrate_on():
    with pytest.raises(UserError, match="no baseline"):
        list(calibrate({}, 5))


@pytest.mark.servers
@pytest.mark.browser
def test_every_gesture_is_found_in_the_trace_and_every_cost_measured(monkeypatch):
    monkeypatch.setattr(generator, "SESSIONS", 5)
    told = []
    measured = calibrate(find_entries([APPS]), 5, delays_ms=(100.0,), rounds=1, rates_per_s=(20,), begun=told.append)
    first = next(measured)
    assert told == ["the stopwatch against the browser's trace"], "a figure is there before the next is measured"
    figures = {figure.name: figure for figure in (first, *measured)}
    assert told[-1] == "known delays, round 1 of 1"
    assert figures["gestures found in the trace"].value == 5
    for name in ("stopwatch `painted`, median", "wire instrument / bare client", "ledger, one record"):
        assert figures[name].value > 0
    limits = [figure.limit for figure in figures.values() if figure.limit and not figure.target]
    assert limits == [2.0, 2.0, 2.0, 2.0, 2.0]
    for instrument in ("browser", "wire"):
        for kind in ("asleep", "on the CPU"):
            # What is recovered of it, from one sample each, says more of what else the machine does than of the instrument.
            assert figures[f"{instrument}: 100 ms {kind}, recovered"].target == 100
    assert figures["relay: 150 ms a round trip, added"].value > 0
    # Twenty a second are due, at random.
    assert figures["generator: 5 sessions, 20 clicks/s due, right answers"].value == pytest.approx(20, abs=10)


def test_a_delay_is_recovered_as_the_mean_of_what_it_adds_to_the_pause_in_each_round():
    pause, longer = Injected(PAUSE_MS, "sleep"), Injected(PAUSE_MS + 20.0, "sleep")
    medians = {("wire", AT_ONCE): [1.0, 2.0], ("wire", pause): [12.0, 14.0], ("wire", longer): [31.0, 36.0]}
    recovered = _figure(medians, "wire", Injected(20.0, "sleep"))
    assert (recovered.name, recovered.value, recovered.target) == ("wire: 20 ms asleep, recovered", 20.5, 20.0)
    assert _figure(medians, "wire", AT_ONCE).value == 11.5
