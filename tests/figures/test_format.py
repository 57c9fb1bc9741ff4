"""Numbers as they are read."""

import pytest

from pyuibench.analysis.estimates import Estimate
from pyuibench.figures.base import Figure, Missing
from pyuibench.figures.format import interval, number, quantity, result


@pytest.mark.parametrize(
    ("low", "high", "unit", "wide"),
    [(9, 11, "ms", False), (5, 11, "ms", True), (None, None, "ms", False), (0, 99, "ms/cell", False)],
)
def test_wide_intervals_are_told(low, high, unit, wide):
    assert Figure(Estimate(10, low, high, 5, 5), unit).is_wide is wide


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.01234, "0.0123"),
        (1.005, "1.00"),
        (9.996, "10.0"),
        (12.34, "12.3"),
        (99.96, "100"),
        (1234.5, "1,234"),
        (-2.5, "\N{MINUS SIGN}2.50"),
    ],
)
def test_number(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12.34, "ms", "12.3 ms"),
        (1500, "bytes", "1.50 kB"),
        (999, "bytes", "999 B"),
        (2.5e9, "bytes", "2.50 GB"),
        (1234, "count", "1,234"),
        (2.5, "count", "2.50"),
        (0.123, "share", "12.3 %"),
        (3, "ratio", "3.00\N{MULTIPLICATION SIGN}"),
    ],
)
def test_quantity(value, unit, text):
    assert quantity(value, unit) == text


def test_interval():
    assert interval(Estimate(2, 1.5, 2.5, 9, 3), "ratio") == "[1.50, 2.50]"
    assert interval(Estimate(2, None, None, 9, 1), "ms") == "[no interval: 1 boot]"


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (Missing("no boot"), "no boot"),
        ("kept", "kept"),
        (Figure(Estimate(12.34, None, None, 1, 1), "ms"), "12.3 ms"),
    ],
)
def test_result(shown, text):
    assert result(shown) == text
