"""Which level is tried next, between one that was held and one that was missed."""

import pytest

from pyuibench.instruments.wire.levels import LEVELS, MOST_GAP, MOST_TRIALS, between


@pytest.mark.parametrize(
    ("held", "missed", "wanted"),
    [(20, 50, 32), (0, 5, 2), (0, 2, 1), (1, 2, None), (0, 1, None), (100, 115, None), (100, 116, 108), (5, 7, 6)],
)
def test_the_level_between(held, missed, wanted):
    assert between(held, missed, 0.15) == wanted


@pytest.mark.parametrize("holds", [0, 1, 3, 7, 19, 21, 33, 49, 120, 199])
def test_a_few_trials_come_near_enough_from_any_step(holds):
    held = max((it for it in LEVELS if it <= holds), default=0)
    missed = min(it for it in LEVELS if it > holds)
    trials = 0
    while (tried := between(held, missed, MOST_GAP)) is not None:
        assert held < tried < missed
        held, missed = (tried, missed) if tried <= holds else (held, tried)
        trials += 1
    assert held <= holds < missed
    assert trials <= MOST_TRIALS
    assert missed - held == 1 or missed <= 1.15 * held
