"""Audits of time: clocks that agree, and a machine that stays as quick as it was."""

from collections.abc import Iterator

import pandas as pd

from pyuibench.analysis.drift import drift
from pyuibench.audits.base import COMPUTING, ORIGIN, SIZE, AuditSpec, Objection, against, by_name_and_block
from pyuibench.results.store import Run

MOST_DRIFT = 1.10
DRIFT_LEVEL = 0.995
"""That of the drift's interval: of two instruments, one run in a hundred is found to drift that doesn't."""
CLOCK_ERROR_MS = 1.0
"""Chromium rounds `performance.now()` to 0.1 ms; its time origin is on the machine's clock to less than 1 ms."""


def clocks_agree(run: Run) -> Iterator[Objection]:
    """Object to user code that ran before its gesture or after its answer, by the clocks that the three are on.

    Of a boot's typical interaction more is asked: that user code began after the page had sent something, and before the last
    bytes of the answer came. That finds clocks which differ by little more than the way of a message takes, all the time. A
    single interaction may have user code of the one before it, which a framework goes on with after its answer.
    """
    rows = run.near
    # Beside other sessions, what ran meanwhile may be theirs.
    known = rows[
        rows["ok"].astype(bool)
        & rows["scenario"].isin(COMPUTING)
        & rows["until_user_code_ms"].notna()
        & (rows["sessions"] <= 1)
    ]
    for key, own in known.groupby(ORIGIN):
        early = own["until_user_code_ms"] < -CLOCK_ERROR_MS
        late = own["until_user_code_ms"] > own["right_ms"] + CLOCK_ERROR_MS
        if wrong := int((early | late).sum()):
            yield against(
                key, f"in {wrong} of {len(own)} interactions user code ran before the gesture or after its answer"
            )
        else:
            yield from (against(key, message) for message in _typically_wrong(own))


def _typically_wrong(rows: pd.DataFrame) -> Iterator[str]:
    """Yield what is out of order in the typical interaction of a boot by one instrument."""
    sent_ms = rows["sent_ms"].astype(float).where(rows["instrument"] == "browser", 0.0)
    arrived_ms = (
        rows["arrived_ms"].astype(float).where(rows["instrument"] == "browser", rows["service_ms"].astype(float))
    )
    gaps = rows.assign(up=rows["until_user_code_ms"] - sent_ms, down=arrived_ms - rows["until_user_code_ms"])
    for (boot, instrument), own in gaps.groupby(["boot", "instrument"]):
        for gap, what in (("up", "before anything was sent"), ("down", "after the answer had come")):
            if (typical_ms := own[gap].median()) < -CLOCK_ERROR_MS:
                clock = f"by the {instrument}'s clock in the typical interaction of {boot}"
                yield f"user code ran {-typical_ms:.1f} ms {what}, {clock}"


def machine_steady(run: Run) -> Iterator[Objection]:
    """Object to times that drift: ratios are paired by block and bear it, milliseconds don't."""
    rows = run.near
    right = rows[rows["ok"].astype(bool) & ~rows["warmup"].astype(bool) & rows["scenario"].isin(COMPUTING)]
    for instrument, own in right[right["sessions"] <= 1].groupby("instrument"):
        # What is started once a block, a variant's page at one size, has samples that resemble each other.
        boots = {
            "/".join(map(str, key)): by_name_and_block(its) for key, its in own.groupby([*ORIGIN, *SIZE], dropna=False)
        }
        try:
            found = drift(boots, DRIFT_LEVEL)
        except ValueError:
            # One block tells nothing.
            continue
        if found.low is None or found.high is None or found.low <= 1 <= found.high:
            continue
        if max(found.value, 1 / found.value) > MOST_DRIFT:
            yield Objection(
                f"{instrument} times changed by {found.value - 1:+.0%} [{found.low - 1:+.0%}, {found.high - 1:+.0%}] "
                "from the first block to the last: compare ratios, not milliseconds"
            )


AUDITS = (
    AuditSpec("clocks", "clocks", "gesture, message, user code and answer are in this order", clocks_agree),
    AuditSpec(
        "drift",
        "drift",
        f"times change by less than {MOST_DRIFT - 1:.0%} from the first block to the last",
        machine_steady,
    ),
)
