"""Taking an interaction apart: parts that add up, and what can't be told."""

import numpy as np
import pandas as pd
import pytest

from pyuibench.analysis.breakdown import CLOCK_ERROR_MS, PARTS, apart

WHOLE = {
    "input_delay_ms": 1.0,
    "until_user_code_ms": 4.0,
    "until_user_code_done_ms": 9.0,
    "arrived_ms": 12.0,
    "right_ms": 20.0,
    "painted_ms": 27.0,
}


def parts_of(**changes):
    return apart(pd.DataFrame([{**WHOLE, **changes}], dtype=float)).iloc[0]


def test_each_part_is_the_time_between_two_moments():
    assert list(parts_of()) == [1, 3, 5, 3, 8, 7]
    assert list(parts_of().index) == list(PARTS)


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        # No user code, as for a click: all the way to the server and back is until the last byte.
        ({"until_user_code_ms": None, "until_user_code_done_ms": None}, [1, 0, 0, 11, 8, 7]),
        # Only after the answer.
        ({"until_user_code_ms": 15.0, "until_user_code_done_ms": None}, [1, 0, 0, 11, 8, 7]),
        # In the page alone.
        ({"until_user_code_ms": None, "until_user_code_done_ms": None, "arrived_ms": None}, [1, 0, 0, 0, 19, 7]),
        # A clock that is a little off.
        ({"arrived_ms": 8.7}, [1, 3, 5, 0, 11, 7]),
        ({"painted_ms": 19.5}, [1, 3, 5, 3, 7.5, 0]),
    ],
)
def test_parts_that_are_missing_or_a_little_out_of_order(changes, parts):
    assert list(parts_of(**changes)) == pytest.approx(parts)


@pytest.mark.parametrize(
    "changes",
    [
        {"arrived_ms": 9 - CLOCK_ERROR_MS - 0.1},
        {"until_user_code_ms": -40.0},
        {"right_ms": None},
        {"painted_ms": None},
        {"input_delay_ms": None, "arrived_ms": None, "until_user_code_ms": None},
    ],
)
def test_out_of_order_or_unknown_is_not_told(changes):
    assert parts_of(**changes).isna().all()


def test_parts_add_up_to_the_whole():
    random = np.random.default_rng(3)
    rows = pd.DataFrame(np.sort(random.exponential(40, (500, len(WHOLE))), axis=1), columns=list(WHOLE))
    rows += random.uniform(-0.5, 0.5, rows.shape)
    parts = apart(rows)
    told = parts.notna().all(axis=1)
    assert told.sum() > 400
    assert parts[told].sum(axis=1).to_numpy() == pytest.approx(rows.loc[told, "painted_ms"].to_numpy())
    assert (parts[told] >= 0).all(axis=None)
