"""A run ends in time: no block is begun that would end beyond its limit, whatever it is that blocks take."""

import math

from pyuibench.experiments.stopping import within


def measured(durations_s, limit_s):
    """Return which blocks are measured, by a clock that only they move."""
    now_s = [100.0]
    done = []

    def expected_s(block):
        return durations_s[block]

    for block in within(range(len(durations_s)), expected_s, limit_s, lambda: now_s[0]):
        done.append(block)
        now_s[0] += durations_s[block]
    return done


def test_a_block_that_fits_is_measured():
    assert measured([10, 10, 10], 30) == [0, 1, 2]


def test_a_block_that_would_end_too_late_is_not_begun():
    assert measured([10, 10, 10], 29) == [0, 1]


def test_the_first_is_measured_whatever_the_limit():
    assert measured([10, 10], 1) == [0]


def test_a_block_that_takes_less_than_the_first_still_fits():
    assert measured([40, 10, 10, 10], 65) == [0, 1, 2]


def test_without_a_limit_all_are_measured():
    assert measured([10] * 5, math.inf) == [0, 1, 2, 3, 4]
