"""Break-even points of invented lines, which are known."""

from math import inf

import pytest

from pyuibench.analysis.break_even import Line, actions_until_paid, line


def test_a_line_through_points_on_it():
    found = line({0.0: 30.0, 20.0: 70.0, 150.0: 330.0})
    assert (found.at_zero_ms, found.slope) == pytest.approx((30.0, 2.0))
    assert found.at(50.0) == pytest.approx(130.0)


def test_one_round_trip_time_is_no_line():
    with pytest.raises(ValueError, match="two round-trip times"):
        line({20.0: 70.0})


@pytest.mark.parametrize(
    ("slope", "other", "rtt_ms"),
    [
        (2.0, Line(90.0, 0.0), 30.0),
        (2.0, Line(90.0, 0.5), 40.0),
        (2.0, Line(30.0, 0.0), 0.0),
        (2.0, Line(10.0, 3.0), 0.0),
        (0.0, Line(90.0, 0.0), inf),
        (1.0, Line(90.0, 2.0), inf),
    ],
)
def test_where_it_is_above_another(slope, other, rtt_ms):
    assert Line(30.0, slope).exceeds(other) == rtt_ms


@pytest.mark.parametrize(
    ("own", "server", "actions"),
    [
        ((9_000.0, 20.0), (1_000.0, 100.0), 100.0),
        ((900.0, 20.0), (1_000.0, 100.0), 0.0),
        ((9_000.0, 100.0), (1_000.0, 100.0), inf),
    ],
)
def test_after_how_many_actions_a_longer_load_is_paid_back(own, server, actions):
    assert actions_until_paid(*own, *server) == actions
