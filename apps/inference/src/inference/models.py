"""Loads the two models and asks them, as the documentation of Transformers does it. What is asked is recorded for the harness.

Torch computes in one thread: a server has one core, and several threads of it would only wait for each other.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import torch
from transformers import (
    AsyncTextIteratorStreamer,
    AutoModelForCausalLM,
    AutoTokenizer,
    TextIteratorStreamer,
    pipeline,
)

from inference import texts
from workload.ledger import recorded

MODELS_VARIABLE = "PYUIBENCH_MODELS"
"""The directory of the models that `inference.prepare` has made."""
TOKENS_VARIABLE = "PYUIBENCH_NEW_TOKENS"
TOKENS = 40
"""How many tokens an answer has, where the variable doesn't say."""
CLASSIFIER, CHAT = "classifier", "chat"
AT_ONCE = 32
"""How many sentences of a batch the classifier computes at once."""

torch.set_num_threads(1)


@dataclass(frozen=True)
class Chat:
    """A language model that answers, with its tokenizer."""

    model: Any
    tokenizer: Any


@recorded
def load_classifier() -> Any:
    """Return a pipeline that tells which kind of product a sentence is about. Takes a second."""
    return pipeline("text-classification", model=str(_directory(CLASSIFIER)), device="cpu")


@recorded
def load_chat() -> Chat:
    """Return the language model. Takes a second."""
    directory = _directory(CHAT)
    return Chat(AutoModelForCausalLM.from_pretrained(directory).eval(), AutoTokenizer.from_pretrained(directory))


@recorded
def classify(classifier: Any, sentence: str) -> str:
    """Return the kind of product that a sentence is about, and how sure that is. Blocks for some 10 ms."""
    (found,) = classifier(sentence)
    return f"{found['label']} {found['score']:.2f}"


@recorded
def classify_batch(classifier: Any, number: int) -> str:
    """Return what a batch of sentences (from 1) is mostly about. Blocks for a second."""
    kinds = Counter(found["label"] for found in classifier(texts.batch(number), batch_size=AT_ONCE))
    kind, count = min(kinds.items(), key=lambda item: (-item[1], item[0]))
    return f"Batch {number}: {count} of {texts.BATCH} are {kind}"


def answer(chat: Chat, order: str) -> Iterator[str]:
    """Yield the model's answer piece by piece, as it is computed in a thread beside. Blocks while it waits."""
    streamer = TextIteratorStreamer(chat.tokenizer, skip_prompt=True, skip_special_tokens=True)
    Thread(target=_generate, args=(chat, order, streamer), daemon=True).start()
    for text in streamer:
        if text:
            yield answer_piece(text)


async def answer_async(chat: Chat, order: str) -> AsyncIterator[str]:
    """Yield the same, waiting without blocking the event loop."""
    streamer = AsyncTextIteratorStreamer(chat.tokenizer, skip_prompt=True, skip_special_tokens=True)
    Thread(target=_generate, args=(chat, order, streamer), daemon=True).start()
    async for text in streamer:
        if text:
            yield answer_piece(text)


@recorded
def answer_piece(text: str) -> str:
    """Return a piece of an answer: it is recorded when it came."""
    return text


def _generate(chat: Chat, order: str, streamer: Any) -> None:
    asked = chat.tokenizer.apply_chat_template(
        [{"role": "user", "content": order}], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    count = int(os.environ.get(TOKENS_VARIABLE) or TOKENS)
    try:
        with torch.inference_mode():
            chat.model.generate(**asked, streamer=streamer, max_new_tokens=count, do_sample=False)
    except BaseException:
        # Who reads the answer would wait for ever.
        streamer.end()
        raise


def _directory(name: str) -> Path:
    return Path(os.environ[MODELS_VARIABLE]) / name
