"""What takes its time: an answer that comes word by word, a job that blocks, a file that is sent in."""

import asyncio
import io
import os
import time
from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from typing import IO

import numpy as np
import pandas as pd

from workload.ledger import recorded

ANSWER_TOKENS = 120
TOKEN_INTERVAL_S = 0.01
TOKENS_PER_S_VARIABLE = "PYUIBENCH_TOKENS_PER_S"
"""How many tokens of an answer come each second, where that isn't one every TOKEN_INTERVAL_S."""
CRUNCH_STEPS = 20
CRUNCH_STEP_S = 0.1
UPLOAD_ROWS = 260_000

_SENTENCE = (
    "the median of the orders is higher in spring than in autumn and what remains after the season is taken out grows by a few "
    "per cent a year"
)
WORDS = _SENTENCE.split()
"""Of which answers are made."""


@recorded
def answer_token(asked: int, index: int) -> str:
    """Return token `index` (from 0) of the answer to a session's `asked`-th question (from 1)."""
    if index == 0:
        return f"Answer {asked}:"
    return f" {WORDS[(index * 7 + asked * 3) % len(WORDS)]}" + ("." if index == ANSWER_TOKENS - 1 else "")


def token_interval_s() -> float:
    """Return the seconds from one token of an answer to the next."""
    tokens_per_s = float(os.environ.get(TOKENS_PER_S_VARIABLE) or 0.0)
    return 1 / tokens_per_s if tokens_per_s else TOKEN_INTERVAL_S


def answer_tokens(asked: int) -> Iterator[str]:
    """Yield the answer to a session's `asked`-th question, token by token, as a language model's client library does.

    One token is ready every `token_interval_s()`, whether it is fetched or not. Blocks the thread while it waits.
    """
    start, interval_s = time.monotonic(), token_interval_s()
    for index in range(ANSWER_TOKENS):
        time.sleep(max(0.0, start + (index + 1) * interval_s - time.monotonic()))
        yield answer_token(asked, index)


async def answer_tokens_async(asked: int) -> AsyncIterator[str]:
    """Yield the same, waiting without blocking the event loop."""
    start, interval_s = time.monotonic(), token_interval_s()
    for index in range(ANSWER_TOKENS):
        await asyncio.sleep(max(0.0, start + (index + 1) * interval_s - time.monotonic()))
        yield answer_token(asked, index)


@recorded
def crunch(job: int, step: int) -> str:
    """Carry out one of the CRUNCH_STEPS steps (from 1) of a session's `job`-th job (from 1); return the progress.

    Blocks its thread for CRUNCH_STEP_S: asleep, or busy on the CPU if `PYUIBENCH_CRUNCH_KIND` is `cpu`.
    """
    if os.environ.get("PYUIBENCH_CRUNCH_KIND", "sleep") == "cpu":
        end_ns = time.thread_time_ns() + int(CRUNCH_STEP_S * 1e9)
        while time.thread_time_ns() < end_ns:
            pass
    else:
        time.sleep(CRUNCH_STEP_S)
    return progress_text(job, step)


def progress_text(job: int, step: int) -> str:
    """Return what is shown beside the progress bar after a step."""
    return f"Job {job}: step {step} of {CRUNCH_STEPS}"


@recorded
def crunched_text(job: int) -> str:
    """Return what a session's `job`-th job (from 1) comes to, after its last step."""
    return f"Job {job} done: {job * 7919 % 9973}"


@recorded
def upload_summary(csv: str | os.PathLike[str] | IO[bytes] | bytes) -> str:
    """Return the number of rows of a CSV file and the sum of its `amount` column, from its path, its bytes or a file object."""
    source = io.BytesIO(csv) if isinstance(csv, bytes) else csv
    amount = pd.read_csv(source)["amount"]
    return f"{len(amount):,} rows, sum {int(amount.sum()):,}"


@lru_cache(maxsize=2)
def sample_csv(number: int) -> bytes:
    """Return the file that is sent in as a session's `number`-th (from 1): 5 MB, UPLOAD_ROWS rows, each file another sum."""
    rows = np.arange(UPLOAD_ROWS)
    frame = pd.DataFrame(
        {"id": rows + 1_000_000, "shop": 100 + rows % 900, "amount": 100_000 + (rows * 7919 + number) % 9973}
    )
    return frame.to_csv(index=False, lineterminator="\n").encode()
