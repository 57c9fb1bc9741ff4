"""An interaction taken apart: where its time goes, from the gesture to the frame that shows the answer.

    gesture | input delay | until sent | until user code | user code | until the last byte | apply | paint | frame

Page, server and harness of one machine share the monotonic clock, so the ledger's times and the stopwatch's lie on one line.
`user code` is the span from the first call's start to the end of the last one that the answer can have waited for, with what
the framework does in between. Where no user code ran in that time, everything up to the last byte is `until the last byte`;
where no byte came, everything after the input delay is `apply`. What a framework waits by design before it sends is in
`until sent`. Of a run that didn't note when a page sends, this and `until user code` are one part: the latter.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

UNTIL_SENT = "until_sent_ms"
PARTS: Mapping[str, str] = {
    "input_delay_ms": "from the gesture until the page's first handler is called",
    UNTIL_SENT: "until the page sends something: its own code, and what it waits by design, as a debounce",
    "until_user_code_ms": "until the app's own function is called: the way up, the framework",
    "user_code_ms": "the app's own functions, first to last, with what the framework does in between",
    "until_last_byte_ms": "until the last byte of the answer is in the page: the framework, the way down",
    "apply_ms": "until the page's state is right",
    "paint_ms": "until the frame that shows it",
}
TIMES = [
    "input_delay_ms",
    "sent_ms",
    "right_ms",
    "until_user_code_ms",
    "until_user_code_done_ms",
    "arrived_ms",
    "painted_ms",
]
"""The columns of interactions that it takes."""
CLOCK_ERROR_MS = 1.0
"""Times of the page are rounded to 0.1 ms, and its origin on the machine's clock is known to about as much."""


def apart(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row of PARTS for each of the browser's interactions, which add up to its `painted_ms`.

    UNTIL_SENT is left out where none of the rows tells when the page sent something. The parts are NaN where they can't be told:
    where a time is missing, or times are out of order by more than CLOCK_ERROR_MS: user code that ran before the page had handled
    the gesture was called by something else.
    """
    handled, sent, right, code, done, arrived, painted = rows[TIMES].to_numpy(dtype=np.float64).T
    # What is sent after the answer, as by a page that answers by itself, isn't on the way to it.
    departed = np.where(sent <= right + CLOCK_ERROR_MS, sent, np.nan)
    left = np.where(np.isnan(departed), handled, departed)
    in_the_way = ~np.isnan(code) & ~np.isnan(done)
    began, ended = np.where(in_the_way, code, left), np.where(in_the_way, done, left)
    came = np.where(np.isnan(arrived), ended, arrived)
    bounds = np.column_stack([handled * 0, handled, left, began, ended, came, right, painted])
    in_order = (np.diff(bounds, axis=1) >= -CLOCK_ERROR_MS).all(axis=1)
    # An answer from the server to a page that sent nothing: what called for it isn't known.
    is_noted = bool((~np.isnan(sent)).any())
    unasked = np.isnan(departed) & (in_the_way | ~np.isnan(arrived)) & is_noted
    bounds[~in_order | unasked] = np.nan
    put_right = np.minimum(np.maximum.accumulate(bounds, axis=1), bounds[:, -1:])
    parts = pd.DataFrame(np.diff(put_right, axis=1), columns=list(PARTS), index=rows.index)
    return parts if is_noted else parts.drop(columns=UNTIL_SENT)
