"""An interaction taken apart: where its time goes, from the gesture to the frame that shows the answer.

    gesture | input delay | until user code | user code | until the last byte | apply | paint | frame

Page, server and harness of one machine share the monotonic clock, so the ledger's times and the stopwatch's lie on one line.
`user code` is the span from the first call's start to the end of the last one that the answer can have waited for, with what
the framework does in between. Where no user code ran in that time, everything up to the last byte is `until the last byte`;
where no byte came, everything after the input delay is `apply`.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

PARTS: Mapping[str, str] = {
    "input_delay_ms": "from the gesture until the page's first handler is called",
    "until_user_code_ms": "until the app's own function is called: the page's code, the way up, the framework",
    "user_code_ms": "the app's own functions, first to last, with what the framework does in between",
    "until_last_byte_ms": "until the last byte of the answer is in the page: the framework, the way down",
    "apply_ms": "until the page's state is right",
    "paint_ms": "until the frame that shows it",
}
CLOCK_ERROR_MS = 1.0
"""Times of the page are rounded to 0.1 ms, and its origin on the machine's clock is known to about as much."""


def apart(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row of PARTS for each of the browser's interactions, which add up to its `painted_ms`.

    They are NaN where they can't be told: where a time is missing, or times are out of order by more than CLOCK_ERROR_MS: user
    code that ran before the page had handled the gesture was called by something else.
    """
    handled, arrived = rows["input_delay_ms"], rows["arrived_ms"]
    code, done = rows["until_user_code_ms"], rows["until_user_code_done_ms"]
    in_the_way = code.notna() & done.notna()
    began, ended = code.where(in_the_way, handled), done.where(in_the_way, handled)
    came = arrived.fillna(ended)
    bounds = np.column_stack([handled * 0, handled, began, ended, came, rows["right_ms"], rows["painted_ms"]]).astype(
        float
    )
    in_order = (np.diff(bounds, axis=1) >= -CLOCK_ERROR_MS).all(axis=1)
    bounds[~in_order] = np.nan
    put_right = np.minimum(np.maximum.accumulate(bounds, axis=1), bounds[:, -1:])
    return pd.DataFrame(np.diff(put_right, axis=1), columns=list(PARTS), index=rows.index)
