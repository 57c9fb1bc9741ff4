"""Audits of time: clocks that agree, and a machine that stays as quick as it was."""

from collections.abc import Iterator

from pyuibench.analysis.estimates import drift
from pyuibench.audits.base import CELL, COMPUTING, AuditSpec, Objection, against, by_name_and_block
from pyuibench.results.store import Run

MOST_DRIFT = 1.10
CLOCK_ERROR_MS = 1.0
"""Chromium rounds `performance.now()` to 0.1 ms; its time origin is on the machine's clock to less than 1 ms."""


def clocks_agree(run: Run) -> Iterator[Objection]:
    """Object to user code that ran before its gesture or after its answer, by the clocks that the three are on."""
    rows = run.near
    # Beside other sessions, what ran meanwhile may be theirs.
    known = rows[
        rows["ok"].astype(bool)
        & rows["scenario"].isin(COMPUTING)
        & rows["until_user_code_ms"].notna()
        & (rows["sessions"] <= 1)
    ]
    for key, own in known.groupby(CELL):
        early = own["until_user_code_ms"] < -CLOCK_ERROR_MS
        late = own["until_user_code_ms"] > own["right_ms"] + CLOCK_ERROR_MS
        if wrong := int((early | late).sum()):
            yield against(
                key, f"in {wrong} of {len(own)} interactions user code ran before the gesture or after its answer"
            )


def machine_steady(run: Run) -> Iterator[Objection]:
    """Object to times that drift: ratios are paired by block and bear it, milliseconds don't."""
    rows = run.near
    right = rows[rows["ok"].astype(bool) & ~rows["warmup"].astype(bool) & rows["scenario"].isin(COMPUTING)]
    for instrument, own in right[right["sessions"] <= 1].groupby("instrument"):
        samples = by_name_and_block(own)
        if not any(len(blocks) > 1 for blocks in samples.values()):
            continue
        found = drift(samples)
        if found.low is None or found.high is None or found.low <= 1 <= found.high:
            continue
        if max(found.value, 1 / found.value) > MOST_DRIFT:
            yield Objection(
                f"{instrument} times changed by {found.value - 1:+.0%} [{found.low - 1:+.0%}, {found.high - 1:+.0%}] "
                "from the first block to the last: compare ratios, not milliseconds"
            )


AUDITS = (
    AuditSpec("clocks", "clocks", "gesture, user code and answer are in this order", clocks_agree),
    AuditSpec(
        "drift",
        "drift",
        f"times change by less than {MOST_DRIFT - 1:.0%} from the first block to the last",
        machine_steady,
    ),
)
