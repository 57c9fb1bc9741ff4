"""What processors share comes back in order, from several processes, and a failure is the caller's."""

import os
import time

import pytest

from pyuibench.publish import together
from pyuibench.publish.together import each


def test_results_are_in_the_order_of_items() -> None:
    def halved(number: int) -> float:
        time.sleep(0.02 if number == 0 else 0)
        return number / 2

    assert each(halved, range(5)) == [0, 0.5, 1, 1.5, 2]


def test_nothing_and_one_need_no_process() -> None:
    assert each(str, []) == []
    assert each(lambda _: os.getpid(), ["one"]) == [os.getpid()]


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one processor has nobody to share with")
def test_what_was_read_before_is_seen_by_other_processes() -> None:
    unpicklable = [lambda: "seen"] * 3
    found = each(lambda function: (os.getpid(), function()), unpicklable)
    assert {text for _, text in found} == {"seen"}
    assert os.getpid() not in {process for process, _ in found}


def test_one_after_the_other_without_a_second_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together.os, "sched_getaffinity", lambda _: {0})
    assert each(lambda _: os.getpid(), [1, 2]) == [os.getpid()] * 2


def test_a_failure_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        each(lambda number: 1 / number, [1, 0, 2])
