import sys
from typing import Any

import panel as pn

from workload.ledger import recorded

# `panel convert` runs this script too, where there is no browser.
if sys.platform == "emscripten":
    import js
    from pyodide.ffi import run_sync
    from transformers_js_py import import_transformers_js

pn.extension()


@recorded
def kind_of(found: list[dict[str, Any]]) -> str:
    return str(found[0]["label"])


async def ready() -> str:
    transformers = await import_transformers_js(f"{js.location.origin}/models/local.js")
    transformers.env.allowLocalModels = True
    pn.state.cache["classifier"] = await transformers.pipeline(
        "text-classification", "classifier", {"dtype": "q8", "device": "wasm"}
    )
    return "The model is ready."


async def classify(sentence: str) -> str:
    return kind_of(await pn.state.cache["classifier"](sentence)) if sentence else ""


def classify_sync(sentence: str) -> str:
    return kind_of(run_sync(pn.state.cache["classifier"](sentence))) if sentence else ""


sentence = pn.widgets.TextInput(label="A sentence, awaited", css_classes=["sentence"])
sentence_sync = pn.widgets.TextInput(label="A sentence, stopped for", css_classes=["sentence_sync"])

pn.Column(
    pn.pane.HTML("<h1>Ask a model here</h1>", css_classes=["title"]),
    pn.pane.Markdown(pn.bind(ready), css_classes=["ready"]),
    pn.Row(sentence, pn.pane.Markdown(pn.bind(classify, sentence), css_classes=["kind"])),
    pn.Row(sentence_sync, pn.pane.Markdown(pn.bind(classify_sync, sentence_sync), css_classes=["kind_sync"])),
).servable(title="Ask a model here")
