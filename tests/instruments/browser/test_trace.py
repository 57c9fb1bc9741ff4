"""Gestures read from traces: real ones whose durations were read by hand, and small invented ones.

`golden` holds what Chromium 156 traced, on a busy machine: on the baseline three clicks on a button, and three letters typed into
a field, each after a press of `End`, which is a keydown as well; on the pages for calibration two clicks each on both of their
buttons. Kept are events of these inputs, frames, marks and calls of functions.
"""

import json
from pathlib import Path

import pytest

from pyuibench.calibration.served_pages import CHANGED
from pyuibench.instruments.browser.page import SCRIPT_URL
from pyuibench.instruments.browser.trace import MARK, Traced, gestures, relevant, script_ms

GOLDEN = Path(__file__).parent / "golden"

# When the input was made (EventTiming). Then until its dispatch (EventDispatch), until the mark after it, and until the end of
# the first Commit after the mark. The comments subtract the `ts` in the files, and add the commit's `dur`.
CLICKS = [
    Traced(
        39664528927_000,
        5.903,  # 39664534830 - 39664528927 = 5903 us
        12.423,  # 39664541350 - 39664528927 = 12423 us
        21.089,  # 39664549767 + 249 - 39664528927 = 21089 us; the commit at 39664539878, before the mark, showed nothing yet
    ),
    Traced(
        39664790075_000,
        0.715,  # 39664790790 - 39664790075 = 715 us
        12.871,  # 39664802946 - 39664790075 = 12871 us
        26.491,  # 39664816223 + 343 - 39664790075 = 26491 us
    ),
    Traced(
        39665065240_000,
        0.729,  # 39665065969 - 39665065240 = 729 us
        24.247,  # 39665089487 - 39665065240 = 24247 us
        40.782,  # 39665104836 + 1186 - 39665065240 = 40782 us
    ),
]
KEYS = [
    Traced(
        39698202601_000,  # the letter; the `End` before it was made at 39698094661
        1.097,  # 39698203698 - 39698202601 = 1097 us
        14.05,  # 39698216651 - 39698202601 = 14050 us
        32.836,  # 39698233309 + 2128 - 39698202601 = 32836 us
    ),
    Traced(
        39698501294_000,
        1.264,  # 39698502558 - 39698501294 = 1264 us
        15.35,  # 39698516644 - 39698501294 = 15350 us
        20.293,  # 39698520415 + 1172 - 39698501294 = 20293 us
    ),
    Traced(
        39698796738_000,
        1.857,  # 39698798595 - 39698796738 = 1857 us
        15.202,  # 39698811940 - 39698796738 = 15202 us
        21.638,  # 39698815932 + 2444 - 39698796738 = 21638 us
    ),
]
SHADOW_ROOTS = [
    Traced(
        39716809792_000,
        5.216,  # 39716815008 - 39716809792 = 5216 us
        24.896,  # 39716834688 - 39716809792 = 24896 us: within an animation callback
        29.386,  # 39716839035 + 143 - 39716809792 = 29386 us: the end of that frame
    ),
    Traced(
        39717157474_000,
        4.504,  # 39717161978 - 39717157474 = 4504 us
        6.288,  # 39717163762 - 39717157474 = 6288 us
        15.292,  # 39717169380 + 3386 - 39717157474 = 15292 us
    ),
    Traced(
        39717421001_000,
        1.765,  # 39717422766 - 39717421001 = 1765 us
        33.742,  # 39717454743 - 39717421001 = 33742 us
        41.623,  # 39717459254 + 3370 - 39717421001 = 41623 us
    ),
    Traced(
        39717704595_000,
        2.35,  # 39717706945 - 39717704595 = 2350 us
        4.459,  # 39717709054 - 39717704595 = 4459 us
        15.322,  # 39717716663 + 3254 - 39717704595 = 15322 us
    ),
]
CANVASES = [
    Traced(
        39733935233_000,
        2.986,  # 39733938219 - 39733935233 = 2986 us
        28.145,  # 39733963378 - 39733935233 = 28145 us
        31.79,  # 39733964486 + 2537 - 39733935233 = 31790 us
    ),
    Traced(
        39734303825_000,
        3.001,  # 39734306826 - 39734303825 = 3001 us
        7.861,  # 39734311686 - 39734303825 = 7861 us
        16.452,  # 39734318298 + 1979 - 39734303825 = 16452 us
    ),
    Traced(
        39734735153_000,
        14.251,  # 39734749404 - 39734735153 = 14251 us
        61.749,  # 39734796902 - 39734735153 = 61749 us
        101.248,  # 39734797578 + 38823 - 39734735153 = 101248 us
    ),
    Traced(
        39735368604_000,
        2.683,  # 39735371287 - 39735368604 = 2683 us
        6.286,  # 39735374890 - 39735368604 = 6286 us
        10.802,  # 39735378661 + 745 - 39735368604 = 10802 us
    ),
]
# What the stopwatch's functions took of the second click, by their `tdur`, in microseconds.
SECOND_CLICK = {"start": 53, "note": 26, "check": 158, "framed": 188, "looked": 569}
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


def call(ts, dur, url="/scripts/stopwatch.js", name="check", **more):
    return event("FunctionCall", ts, dur=dur, args={"data": {"url": url, "functionName": name}}, **more)


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("name", "mark_name", "expected"),
    [
        ("clicks", MARK, CLICKS),
        ("keys", MARK, KEYS),
        ("shadow_roots", CHANGED, SHADOW_ROOTS),
        ("canvases", CHANGED, CANVASES),
    ],
)
def test_golden_trace(name, mark_name, expected):
    assert list(gestures(golden(name), mark_name)) == expected


def test_what_the_stopwatch_took_in_a_golden_trace():
    _, second, _ = CLICKS
    took_ms = script_ms(golden("clicks"), SCRIPT_URL, second)
    assert took_ms == {name: pytest.approx(us / 1e3) for name, us in SECOND_CLICK.items()}


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
    calls = [call(900, 7), call(1_500, 20), call(2_050, 30), call(2_100, 500, "/app.js"), call(5_000, 99)]
    after = call(3_400, 10, name="looked")
    traced = Traced(600_000, 0.4, 1.4, 2.6)  # dispatched at 1000 us, committed at 3200 us
    assert script_ms([*calls, after], "stopwatch.js", traced) == {"check": pytest.approx(0.05), "looked": 0.01}


def test_of_a_script_s_calls_cpu_time_counts_where_the_trace_tells_it():
    assert script_ms([call(1_500, 900, tdur=20)], "stopwatch.js", Traced(600_000, 0.4, 1.4, 2.6)) == {"check": 0.02}


def test_a_script_that_wasn_t_called_took_no_time():
    assert script_ms([call(2_000, 5)], "other.js", Traced(600_000, 0.4, 1.4, 2.6)) == {}


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
