"""The ledger's figures of one interaction."""

import pytest

from pyuibench.instruments.shared.ledger import UNKNOWN, figures, user_code
from workload.ledger import Call

STARTED_NS = 1_000_000_000


def call(start_ms, end_ms, cpu_ms=0.0):
    start_ns, end_ns = (STARTED_NS + int(at * 1e6) for at in (start_ms, end_ms))
    return Call("cell_value", 0, start_ns, end_ns, int(cpu_ms * 1e6), 1, 1)


def test_calls_are_counted_and_added_up():
    assert figures([call(2, 5, 1), call(6, 7, 0.5)], STARTED_NS, 10.0) == {
        "user_code_calls": 2,
        "user_code_ms": pytest.approx(4),
        "user_code_cpu_ms": pytest.approx(1.5),
        "until_user_code_ms": pytest.approx(2),
        "until_user_code_done_ms": pytest.approx(7),
    }


def test_what_returned_after_the_answer_was_not_waited_for():
    calls = [call(2, 5), call(6, 7)]
    assert figures(calls, STARTED_NS, 6.5)["until_user_code_done_ms"] == pytest.approx(5)
    assert figures(calls, STARTED_NS, 3.0)["until_user_code_done_ms"] is None
    assert figures(calls, STARTED_NS, None)["until_user_code_done_ms"] == pytest.approx(7)


def test_no_call_is_no_time_and_no_ledger_nothing_known():
    without = figures([], STARTED_NS, 5.0)
    assert (without["user_code_calls"], without["user_code_ms"]) == (0, 0)
    assert without["until_user_code_ms"] is without["until_user_code_done_ms"] is None
    assert user_code(None, STARTED_NS, 5.0) == UNKNOWN
