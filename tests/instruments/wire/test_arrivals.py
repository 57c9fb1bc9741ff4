"""Schedules of intended starts: constant and Poisson, each session's own, and what is overdue of them."""

import random
from itertools import islice

import numpy as np
import pytest
from scipy import stats

from pyuibench.instruments.wire.arrivals import due_times, thinking_ms
from pyuibench.instruments.wire.due import Due

MS = 1_000_000


def test_constant_arrivals_come_at_their_interval_from_a_phase_of_their_own():
    first, second = (list(islice(due_times("constant", 200.0, seed), 50)) for seed in (1, 2))
    assert np.allclose(np.diff(first), 200.0)
    assert 0 <= first[0] < 200
    assert first[0] != second[0]


def test_poisson_arrivals_are_exponentially_apart():
    gaps = np.diff([0.0, *islice(due_times("poisson", 50.0, 7), 5000)])
    assert stats.kstest(gaps, "expon", args=(0, 50.0)).pvalue > 0.01
    assert gaps.mean() == pytest.approx(50.0, rel=0.05)


def test_a_seed_gives_the_same_schedule_again():
    assert list(islice(due_times("poisson", 5.0, 3), 9)) == list(islice(due_times("poisson", 5.0, 3), 9))


def test_a_closed_loop_has_no_schedule():
    with pytest.raises(ValueError, match="closed loop"):
        next(due_times("closed", 5.0, 3))


def test_thinking_takes_the_interval_on_average():
    chance = random.Random(1)
    times = [thinking_ms(100.0, chance) for _ in range(2000)]
    assert min(times) >= 75 and max(times) <= 125
    assert np.mean(times) == pytest.approx(100.0, rel=0.02)


def test_what_is_due_stays_due_until_it_is_done():
    due = Due("constant", 100.0, 4, ready_ns=0)
    first = due.next_ns
    assert due.next_ns == first
    # However late the answer, the next was due an interval after.
    due.done(first + 5000 * MS)
    assert due.next_ns == pytest.approx(first + 100 * MS, abs=1)


def test_what_is_overdue():
    due = Due("constant", 100.0, 4, ready_ns=0)
    first = due.next_ns
    assert due.before(first) == []
    assert due.before(first + 250 * MS) == pytest.approx([first, first + 100 * MS, first + 200 * MS], abs=1)
    due.done(0)
    assert len(due.before(first + 250 * MS)) == 2
    assert due.next_ns == pytest.approx(first + 100 * MS, abs=1)


def test_what_is_overdue_can_be_forgotten_but_for_the_next():
    due = Due("constant", 100.0, 4, ready_ns=0)
    first = due.next_ns
    due.forget_overdue(first + 250 * MS)
    # The first may be under way.
    assert due.next_ns == first
    assert due.before(first + 250 * MS) == [first]
    due.done(first + 260 * MS)
    assert due.next_ns == pytest.approx(first + 300 * MS, abs=1)


@pytest.mark.parametrize("arrivals", ["constant", "closed"])
def test_where_nothing_is_overdue_nothing_is_forgotten(arrivals):
    due = Due(arrivals, 100.0, 4, ready_ns=0)
    first = due.next_ns
    due.forget_overdue(first - 1)
    assert due.next_ns == first


def test_a_closed_loop_has_one_action_due_at_a_time():
    due = Due("closed", 100.0, 4, ready_ns=0)
    first = due.next_ns
    assert 0 <= first < 100 * MS
    assert due.before(10**12) == [first]
    due.done(5000 * MS)
    assert 5075 * MS <= due.next_ns <= 5125 * MS
