"""Break-even points of an invented entry whose Python runs in the browser, against a server that gets further away."""

import pytest
from browser_beside_server import away, with_known_times

from pyuibench.figures.base import Missing
from pyuibench.figures.break_even import distances
from pyuibench.figures.registry import figure, table_of
from pyuibench.figures.samples import Case
from pyuibench.figures.view import RunView

ROUND_TRIPS = 2
CLICK = "break_even.unrelated.increment"


def cell_of(view, variant, id=CLICK):
    return figure(id).estimate(view, next(it for it in view.variants if it.id == variant))


def test_the_server_is_as_slow_from_the_distance_on_that_makes_up_for_its_lead(write_run):
    """Clicks take 10 to 12 ms on the server and 30 to 36 in the browser: a lead of 20 to 24 ms, at 2 ms a millisecond."""
    found = cell_of(away(write_run(), ROUND_TRIPS), "maple/app")
    assert found.estimate.value == pytest.approx(11)
    assert found.estimate.low < 11 < found.estimate.high


def test_where_distance_changes_nothing_there_is_no_such_point(write_run):
    found = cell_of(away(write_run(), 0), "maple/app")
    assert isinstance(found, Missing)
    assert found.reason.startswith("never")


def test_a_longer_load_is_paid_back_by_quicker_answers(write_run):
    """150 ms away the server takes 700 ms to load, the browser 1,450; the server 320 ms to answer, the browser 50."""
    found = cell_of(with_known_times(write_run()), "maple/app", "break_even.actions.150-ms")
    assert found.estimate.value == pytest.approx(750 / 270)


def test_a_server_has_none(write_run):
    found = cell_of(away(write_run(), ROUND_TRIPS), "ground/socket")
    assert isinstance(found, Missing)
    assert "it runs on a server" in found.reason


def test_a_run_of_servers_alone_has_no_such_table(write_run):
    assert table_of(RunView(write_run()), "break_even.round_trips").rows == ()


def test_what_is_drawn_are_typical_boots_at_each_distance(write_run):
    run, case = write_run(), Case("app", "unrelated", "increment")
    (clicks,) = distances(away(run, ROUND_TRIPS), case)
    assert (clicks.variant.id, clicks.server.id) == ("maple/app", "ground/socket")
    here, there = ({at: it.value for at, it in points.items()} for points in (clicks.here, clicks.there))
    assert here == {0.0: pytest.approx(33, rel=0.01), 50.0: pytest.approx(33, rel=0.01)}
    assert there == {0.0: pytest.approx(11, rel=0.01), 50.0: pytest.approx(111, rel=0.01)}
    assert all(it.low < it.value < it.high for points in (clicks.here, clicks.there) for it in points.values())
    assert distances(RunView(run), case) == ()
