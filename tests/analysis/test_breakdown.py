"""Taking an interaction apart: parts that add up, and what can't be told."""

import numpy as np
import pandas as pd
import pytest

from pyuibench.analysis.breakdown import CLOCK_ERROR_MS, PARTS, UNTIL_SENT, apart

WHOLE = {
    "input_delay_ms": 1.0,
    "sent_ms": 3.0,
    "until_user_code_ms": 4.0,
    "until_user_code_done_ms": 9.0,
    "arrived_ms": 12.0,
    "right_ms": 20.0,
    "painted_ms": 27.0,
}


BY_ITSELF = {"until_user_code_ms": None, "until_user_code_done_ms": None, "arrived_ms": None}
"""What a page that answers by itself lacks."""


def parts_of(**changes):
    return apart(pd.DataFrame([{**WHOLE, **changes}], dtype=float)).iloc[0]


def test_each_part_is_the_time_between_two_moments():
    assert list(parts_of()) == [1, 2, 1, 5, 3, 8, 7]
    assert list(parts_of().index) == list(PARTS)


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        # No user code, as for a click: all the way to the server and back is until the last byte.
        ({"until_user_code_ms": None, "until_user_code_done_ms": None}, [1, 2, 0, 0, 9, 8, 7]),
        # Only after the answer.
        ({"until_user_code_ms": 15.0, "until_user_code_done_ms": None}, [1, 2, 0, 0, 9, 8, 7]),
        # In the page alone.
        ({**BY_ITSELF, "sent_ms": 250.0}, [1, 0, 0, 0, 0, 19, 7]),
        ({**BY_ITSELF, "sent_ms": 5.0}, [1, 4, 0, 0, 0, 15, 7]),
        # A debounce.
        ({"sent_ms": 3.9}, [1, 2.9, 0.1, 5, 3, 8, 7]),
        # A clock that is a little off.
        ({"arrived_ms": 8.7}, [1, 2, 1, 5, 0, 11, 7]),
        ({"sent_ms": 4.5}, [1, 3.5, 0, 4.5, 3, 8, 7]),
        ({"painted_ms": 19.5}, [1, 2, 1, 5, 3, 7.5, 0]),
    ],
)
def test_parts_that_are_missing_or_a_little_out_of_order(changes, parts):
    assert list(parts_of(**changes)) == pytest.approx(parts)


@pytest.mark.parametrize(
    "changes",
    [
        {"arrived_ms": 9 - CLOCK_ERROR_MS - 0.1},
        {"until_user_code_ms": -40.0},
        # Asked for by something else than what the gesture sent.
        {"sent_ms": 4 + CLOCK_ERROR_MS + 0.1},
        {"sent_ms": 250.0},
        {"right_ms": None},
        {"painted_ms": None},
        {"input_delay_ms": None, "arrived_ms": None, "until_user_code_ms": None},
    ],
)
def test_out_of_order_or_unknown_is_not_told(changes):
    assert parts_of(**changes).isna().all()


def test_where_it_was_not_noted_when_a_page_sends_that_is_part_of_the_next():
    parts = parts_of(sent_ms=None)
    assert list(parts.index) == [part for part in PARTS if part != UNTIL_SENT]
    assert list(parts) == [1, 3, 5, 3, 8, 7]
    assert list(parts_of(sent_ms=None, **BY_ITSELF)) == [1, 0, 0, 0, 19, 7]


def test_an_answer_to_a_page_that_sent_nothing_is_not_told_among_those_that_did():
    parts = apart(
        pd.DataFrame([WHOLE, {**WHOLE, "sent_ms": None}, {**WHOLE, **BY_ITSELF, "sent_ms": None}], dtype=float)
    )
    assert parts.notna().all(axis=1).tolist() == [True, False, True]


def test_parts_add_up_to_the_whole():
    random = np.random.default_rng(3)
    rows = pd.DataFrame(np.sort(random.exponential(40, (500, len(WHOLE))), axis=1), columns=list(WHOLE))
    rows += random.uniform(-0.5, 0.5, rows.shape)
    parts = apart(rows)
    told = parts.notna().all(axis=1)
    assert told.sum() > 400
    assert parts[told].sum(axis=1).to_numpy() == pytest.approx(rows.loc[told, "painted_ms"].to_numpy())
    assert (parts[told] >= 0).all(axis=None)
