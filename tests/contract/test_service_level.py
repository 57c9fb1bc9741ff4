"""When a service level is missed, and how that is told."""

import pytest

from pyuibench.contract.service_level import SLOW, WRONG, Missed, Response, Slo, broken, p95


def responses(scenario, *times_ms, ok=True):
    return [Response(scenario, time_ms, ok) for time_ms in times_ms]


def test_answers_in_time_keep_it():
    assert broken(Slo(), responses("unrelated", *[100.0] * 20) + responses("global", *[900.0] * 20)) is None


def test_one_slow_answer_of_twenty_is_no_miss_and_two_are():
    assert broken(Slo(), responses("unrelated", *[10.0] * 19, 5000.0)) is None
    missed = broken(Slo(), responses("unrelated", *[10.0] * 18, 5000.0, 5000.0))
    assert missed == Missed(SLOW, "p95 of unrelated is 5,000 ms, more than 200 ms")


def test_each_scenario_has_a_limit_of_its_own_and_some_have_none():
    assert broken(Slo(), responses("global", 500.0) + responses("local", 9000.0)) is None
    missed = broken(Slo(p95_ms={"global": 400.0}), responses("global", 500.0))
    assert missed == Missed(SLOW, "p95 of global is 500 ms, more than 400 ms")


def test_wrong_answers():
    right = responses("unrelated", *[1.0] * 99)
    assert broken(Slo(), right + responses("unrelated", 1.0, ok=False)) is None
    wrong = broken(Slo(), right[:98] + responses("unrelated", 1.0, 1.0, ok=False))
    assert wrong == Missed(WRONG, "2 of 100 answers wrong or missing")


def test_where_nothing_was_due_nothing_was_late():
    assert broken(Slo(), []) is None


@pytest.mark.parametrize(("count", "wanted"), [(1, 1), (19, 19), (20, 19), (40, 38), (100, 95)])
def test_percentile_is_the_nearest_rank(count, wanted):
    assert p95(range(1, count + 1)) == wanted
