"""When a service level is missed, and how that is told."""

import pytest
from scipy import stats

from pyuibench.contract.service_level import (
    DOUBT,
    SLOW,
    TOO_FEW,
    WRONG,
    Missed,
    Response,
    Slo,
    Tally,
    broken,
    is_decided,
    lacking,
    p95,
    tallies,
)


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


def test_a_limit_is_judged_on_enough_answers_or_not_at_all():
    slo = Slo(p95_ms={"unrelated": 200.0}, most_wrong=1.0)
    few = broken(slo, responses("unrelated", *[100.0] * 59), fewest=60)
    assert few == Missed(TOO_FEW, "too few answers to judge: 59 of unrelated, 60 are needed")
    assert few.is_undecided
    assert broken(slo, responses("unrelated", *[100.0] * 60), fewest=60) is None
    assert broken(slo, [], fewest=60).outcome == TOO_FEW


def test_one_slow_answer_of_a_few_is_not_yet_a_miss_and_a_few_are():
    """At one session a 95th percentile of three answers was the slowest of them."""
    slo = Slo(p95_ms={"unrelated": 200.0}, most_wrong=1.0)
    assert broken(slo, responses("unrelated", 10.0, 10.0, 999.0), fewest=60).outcome == TOO_FEW
    missed = broken(slo, responses("unrelated", 999.0, 999.0, 999.0), fewest=60)
    assert missed == Missed(SLOW, "p95 of unrelated is 999 ms, more than 200 ms")
    assert not missed.is_undecided


def test_the_share_of_wrong_answers_needs_so_many_that_one_is_not_too_many():
    slo = Slo(p95_ms={}, most_wrong=0.01)
    one_wrong = responses("local", 1.0, ok=False)
    found = broken(slo, responses("local", *[1.0] * 98) + one_wrong, fewest=60)
    assert found == Missed(TOO_FEW, "too few answers to judge: 99 of all kinds, 100 are needed")
    assert broken(slo, responses("local", *[1.0] * 99) + one_wrong, fewest=60) is None
    assert broken(slo, responses("local", 1.0, 1.0, 1.0, ok=False), fewest=60).outcome == WRONG


def test_what_is_missed_is_told_before_what_is_undecided():
    slo = Slo(p95_ms={"unrelated": 200.0, "global": 1000.0}, most_wrong=1.0)
    late = responses("unrelated", *[300.0] * 60)
    assert broken(slo, late + responses("global", 1.0), fewest=60).outcome == SLOW


def test_what_waits_for_longer_than_its_limit_counts_before_it_is_answered():
    slo = Slo(p95_ms={"unrelated": 200.0})
    waiting = responses("unrelated", 150.0, 250.0) + responses("local", 9000.0)
    found = tallies(slo, responses("unrelated", 10.0, 300.0), waiting)
    assert found == {WRONG: Tally(2, 0), "unrelated": Tally(3, 2)}
    assert found["unrelated"] + found["unrelated"] == Tally(6, 4)


@pytest.mark.parametrize("answers", [1, 3, 7, 20, 59])
@pytest.mark.parametrize("share", [0.01, 0.05])
def test_doubt_is_that_of_an_exact_binomial_test(answers, share):
    for beyond in range(answers + 1):
        theirs = stats.binomtest(beyond, answers, share, alternative="greater").pvalue
        assert Tally(answers, beyond).is_beyond_doubt(share) == (beyond > share * answers and theirs < DOUBT)


def test_a_share_that_nothing_can_exceed_is_never_exceeded():
    assert not Tally(5, 5).is_beyond_doubt(1.0)
    assert not Tally(0, 0).is_beyond_doubt(0.05)


def test_when_it_is_time_to_judge():
    slo = Slo(p95_ms={"unrelated": 200.0})
    assert is_decided(slo, {WRONG: Tally(100, 0), "unrelated": Tally(60, 0)}, 60)
    assert not is_decided(slo, {WRONG: Tally(100, 0), "unrelated": Tally(59, 1)}, 60)
    assert not is_decided(slo, {WRONG: Tally(99, 0), "unrelated": Tally(60, 0)}, 60)
    # Four late ones of five aren't one in twenty.
    assert is_decided(slo, {WRONG: Tally(5, 0), "unrelated": Tally(5, 4)}, 60)
    assert lacking(slo, {WRONG: Tally(5, 0), "unrelated": Tally(0, 0)}, 0) == {}


@pytest.mark.parametrize(("count", "wanted"), [(1, 1), (19, 19), (20, 19), (40, 38), (100, 95)])
def test_percentile_is_the_nearest_rank(count, wanted):
    assert p95(range(1, count + 1)) == wanted
