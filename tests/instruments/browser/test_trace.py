"""Gestures read from traces: real ones whose durations were read by hand, and small invented ones.

`golden` holds what Chromium 156 traced of the baseline: three clicks on a button, and three letters typed into a field, each
after a press of `End`, which is a keydown as well.
"""

import json
from pathlib import Path

import pytest

from pyuibench.instruments.browser.trace import MARK, Traced, gestures, relevant, script_ms

GOLDEN = Path(__file__).parent / "golden"

# The input's dispatch; the mark after it; the first commit after the mark. The comments subtract the `ts` in the files.
CLICKS = [
    Traced(
        5372131512_000,
        6.821,  # 5372138333 - 5372131512 = 6821 us
        22.655,  # 5372154167 - 5372131512 = 22655 us; the commit at 5372136914, before the mark, showed nothing yet
    ),
    Traced(
        5372253987_000,
        4.061,  # 5372258048 - 5372253987 = 4061 us
        16.897,  # 5372270884 - 5372253987 = 16897 us
    ),
    Traced(
        5372371678_000,
        3.675,  # 5372375353 - 5372371678 = 3675 us
        15.991,  # 5372387669 - 5372371678 = 15991 us
    ),
]
KEYS = [
    Traced(
        5376594929_000,  # the letter; the `End` before it was dispatched at 5376583532
        13.997,  # 5376608926 - 5376594929 = 13997 us
        27.456,  # 5376622385 - 5376594929 = 27456 us; the commit at 5376618912 was another process's
    ),
    Traced(
        5376672476_000,
        16.159,  # 5376688635 - 5376672476 = 16159 us
        31.956,  # 5376704432 - 5376672476 = 31956 us
    ),
    Traced(
        5376756224_000,
        16.097,  # 5376772321 - 5376756224 = 16097 us
        31.631,  # 5376787855 - 5376756224 = 31631 us
    ),
]
HERE = (1, 1)
OTHER_THREAD = (1, 2)
OTHER_PROCESS = (2, 1)


def event(name, ts, where=HERE, **more):
    pid, tid = where
    return {"name": name, "pid": pid, "tid": tid, "ts": ts, **more}


def dispatch(ts, kind="pointerdown", where=HERE):
    return event("EventDispatch", ts, where, args={"data": {"type": kind}})


def mark(ts, where=HERE):
    return event(MARK, ts, where)


def commit(ts, where=HERE, dur=0):
    return event("Commit", ts, where, dur=dur)


def made(ts, kind="pointerdown", where=HERE, ph="b"):
    return event("EventTiming", ts, where, ph=ph, args={"data": {"type": kind}})


def call(ts, dur, url="/scripts/stopwatch.js", **more):
    return event("FunctionCall", ts, dur=dur, args={"data": {"url": url, "functionName": "check"}}, **more)


@pytest.mark.parametrize(("name", "expected"), [("clicks", CLICKS), ("keys", KEYS)])
def test_golden_trace(name, expected):
    assert list(gestures(json.loads((GOLDEN / f"{name}.json").read_text()))) == expected


def test_gesture_lasts_from_its_event_to_the_first_commit_after_the_mark():
    trace = [dispatch(1_000), mark(3_500), commit(9_250), commit(11_000)]
    assert list(gestures(trace)) == [Traced(1_000_000, 0.0, 2.5, 8.25)]


def test_gesture_begins_with_its_event_and_ends_with_the_end_of_the_commit():
    trace = [made(600), dispatch(1_000), mark(3_500), commit(9_250, dur=350), commit(11_000)]
    assert list(gestures(trace)) == [Traced(600_000, 0.4, 2.9, 9.0)]


def test_an_event_of_another_kind_and_the_end_of_one_tell_no_time():
    trace = [
        made(500, "keydown"),
        made(600, "pointerup"),
        made(700, ph="e"),
        dispatch(1_000),
        mark(2_000),
        commit(3_000),
    ]
    assert list(gestures(trace)) == [Traced(1_000_000, 0.0, 1.0, 2.0)]


def test_the_time_of_an_earlier_event_is_not_that_of_a_later_one():
    trace = [made(900), dispatch(1_000), dispatch(2_000), mark(2_500), commit(3_000)]
    assert list(gestures(trace)) == [Traced(2_000_000, 0.0, 0.5, 1.0)]


def test_the_mark_may_be_one_of_the_page_s_own():
    trace = [dispatch(1_000), mark(1_500), event("changed", 2_000), commit(3_000)]
    assert list(gestures(trace, "changed")) == [Traced(1_000_000, 0.0, 1.0, 2.0)]


def test_a_script_s_time_is_that_of_its_calls_until_the_first_after_the_commit():
    trace = [
        call(900, 7),
        call(1_500, 20),
        call(2_050, 30),
        call(2_100, 500, "/app.js"),
        call(3_400, 10),
        call(5_000, 99),
    ]
    traced = Traced(600_000, 0.4, 1.4, 2.6)  # dispatched at 1000 us, committed at 3200 us
    assert script_ms(trace, "stopwatch.js", traced) == pytest.approx(0.06)


def test_of_a_script_s_calls_cpu_time_counts_where_the_trace_tells_it():
    assert script_ms([call(1_500, 900, tdur=20)], "stopwatch.js", Traced(600_000, 0.4, 1.4, 2.6)) == 0.02


def test_calls_that_the_page_works_in_can_be_left_out():
    traced = Traced(600_000, 0.4, 1.4, 2.6)
    assert script_ms([call(1_500, 20)], "stopwatch.js", traced, without="check") == 0
    assert script_ms([call(1_500, 20)], "stopwatch.js", traced, without="other") == 0.02


def test_a_script_that_wasn_t_called_took_no_time():
    assert script_ms([call(2_000, 5)], "other.js", Traced(600_000, 0.4, 1.4, 2.6)) == 0


def test_order_in_the_file_does_not_matter():
    trace = [commit(9_250), mark(3_500), commit(11_000), dispatch(1_000)]
    assert list(gestures(trace)) == [Traced(1_000_000, 0.0, 2.5, 8.25)]


def test_input_without_mark_is_none():
    assert list(gestures([dispatch(1_000), commit(2_000)])) == []
    assert list(gestures([dispatch(1_000), commit(2_000), mark(3_000)])) == []


def test_mark_without_input_is_none():
    assert list(gestures([mark(1_000), commit(2_000)])) == []


def test_mark_without_commit_is_none():
    assert list(gestures([dispatch(1_000), mark(2_000)])) == []


def test_commit_between_event_and_mark_does_not_end_it():
    trace = [dispatch(1_000), commit(1_500), commit(2_000), mark(3_000), commit(4_000)]
    assert list(gestures(trace)) == [Traced(1_000_000, 0.0, 2.0, 3.0)]


@pytest.mark.parametrize("where", [OTHER_THREAD, OTHER_PROCESS])
def test_other_thread_and_other_process_do_not_count(where):
    trace = [dispatch(1_000), dispatch(1_200, where=where), mark(3_000), commit(3_500, where), commit(4_000)]
    assert list(gestures(trace)) == [Traced(1_000_000, 0.0, 2.0, 3.0)]
    assert [each["ts"] for each in relevant(trace)] == [1_000, 3_000, 4_000]


def test_last_of_two_inputs_before_the_mark_counts():
    trace = [dispatch(1_000, "keydown"), dispatch(2_000, "keydown"), mark(2_500), commit(3_000)]
    assert list(gestures(trace)) == [Traced(2_000_000, 0.0, 0.5, 1.0)]


def test_input_between_mark_and_commit_is_not_the_gesture():
    trace = [dispatch(1_000), mark(2_000), dispatch(2_500), commit(3_000)]
    assert list(gestures(trace)) == [Traced(1_000_000, 0.0, 1.0, 2.0)]


def test_last_of_two_marks_counts_as_the_output_turned_wrong_between_them():
    trace = [dispatch(1_000), mark(2_000), mark(2_600), commit(3_000)]
    assert list(gestures(trace)) == [Traced(1_000_000, 0.0, 1.6, 2.0)]


@pytest.mark.parametrize("kind", ["pointerup", "mousedown", "click", "keyup", "keypress", "input"])
def test_what_follows_the_input_is_none(kind):
    trace = [dispatch(1_000), dispatch(1_100, kind), mark(2_000), commit(3_000)]
    assert list(gestures(trace)) == [Traced(1_000_000, 0.0, 1.0, 2.0)]


def test_two_gestures():
    trace = [dispatch(1_000), mark(2_000), commit(3_000), dispatch(11_000, "keydown"), mark(11_500), commit(11_750)]
    assert list(gestures(trace)) == [Traced(1_000_000, 0.0, 1.0, 2.0), Traced(11_000_000, 0.0, 0.5, 0.75)]


def test_events_without_what_others_have_are_left_out():
    odd = [event("EventDispatch", 1), event("EventDispatch", 2, args={}), {"ph": "M"}, event("Paint", 3)]
    assert list(gestures([*odd, dispatch(1_000), mark(2_000), commit(3_000)])) == [Traced(1_000_000, 0.0, 1.0, 2.0)]


def test_empty_trace():
    assert list(gestures([])) == []
