import sys
from typing import Any

from shiny import reactive
from shiny.express import input, render, ui

from workload.ledger import recorded

# The page itself is asked for where there is no browser too.
if sys.platform == "emscripten":
    import js
    from pyodide.ffi import run_sync
    from transformers_js_py import import_transformers_js

classifier: reactive.Value[Any] = reactive.value()


@recorded
def kind_of(found: list[dict[str, Any]]) -> str:
    return str(found[0]["label"])


ui.page_opts(title="Ask a model here")
ui.h1("Ask a model here")


@reactive.effect
async def _() -> None:
    transformers = await import_transformers_js(f"{js.location.origin}/models/local.js")
    transformers.env.allowLocalModels = True
    classifier.set(await transformers.pipeline("text-classification", "classifier", {"dtype": "q8", "device": "wasm"}))


@render.text
def ready() -> str:
    return "The model is ready." if classifier() else ""


ui.input_text("sentence", "A sentence, awaited", update_on="blur")


@render.text
async def kind() -> str:
    return kind_of(await classifier()(input.sentence())) if input.sentence() else ""


ui.input_text("sentence_sync", "A sentence, stopped for", update_on="blur")


@render.text
def kind_sync() -> str:
    return kind_of(run_sync(classifier()(input.sentence_sync()))) if input.sentence_sync() else ""
