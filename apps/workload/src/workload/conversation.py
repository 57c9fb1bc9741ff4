"""What a conversation is made of: its earlier turns, and an answer to any question, which comes token by token."""

import asyncio
import os
import time
import zlib
from collections.abc import AsyncIterator, Iterator

from workload.ledger import recorded
from workload.tasks import ANSWER_TOKENS, WORDS, token_interval_s

TITLE = "Conversation"
"""The heading of its page."""
TURNS_VARIABLE = "PYUIBENCH_TURNS"


def history() -> list[tuple[str, str]]:
    """Return the turns that there have been when the page opens, each a question and its whole answer."""
    turns = int(os.environ.get(TURNS_VARIABLE) or 0)
    return [(question(number), "".join(_tokens(question(number)))) for number in range(1, turns + 1)]


def question(number: int) -> str:
    """Return the question of a turn (from 1)."""
    return f"Question {number}: and in autumn"


@recorded
def reply_token(text: str, index: int) -> str:
    """Return token `index` (from 0) of the answer to a question."""
    return _token(text, index)


def reply_tokens(text: str) -> Iterator[str]:
    """Yield the answer to a question, token by token, as a language model's client library does.

    One token is ready every `token_interval_s()`, whether it is fetched or not. Blocks the thread while it waits.
    """
    start, interval_s = time.monotonic(), token_interval_s()
    for index in range(ANSWER_TOKENS):
        time.sleep(max(0.0, start + (index + 1) * interval_s - time.monotonic()))
        yield reply_token(text, index)


async def reply_tokens_async(text: str) -> AsyncIterator[str]:
    """Yield the same, waiting without blocking the event loop."""
    start, interval_s = time.monotonic(), token_interval_s()
    for index in range(ANSWER_TOKENS):
        await asyncio.sleep(max(0.0, start + (index + 1) * interval_s - time.monotonic()))
        yield reply_token(text, index)


def expected_reply(text: str) -> str:
    """Return the whole answer to a question."""
    return "".join(_tokens(text))


def _tokens(text: str) -> Iterator[str]:
    return (_token(text, index) for index in range(ANSWER_TOKENS))


def _token(text: str, index: int) -> str:
    if index == 0:
        # Plain words, which look the same where a page takes them for Markdown.
        return f"To {' '.join(text.split()[:2]).rstrip(':')}:"
    word = WORDS[zlib.crc32(f"{index} {text}".encode()) % len(WORDS)]
    return f" {word}" + ("." if index == ANSWER_TOKENS - 1 else "")
