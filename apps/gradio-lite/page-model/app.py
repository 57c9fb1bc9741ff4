from typing import Any

import gradio as gr
import js
from pyodide.ffi import run_sync
from transformers_js_py import import_transformers_js

from workload.ledger import recorded


@recorded
def kind_of(found: list[dict[str, Any]]) -> str:
    return str(found[0]["label"])


transformers = await import_transformers_js(f"{js.location.origin}/models/local.js")
transformers.env.allowLocalModels = True
classifier = await transformers.pipeline("text-classification", "classifier", {"dtype": "q8", "device": "wasm"})

with gr.Blocks(title="Ask a model here") as demo:
    gr.Markdown("# Ask a model here")
    gr.Textbox("The model is ready.", label="State", elem_id="ready")

    sentence = gr.Textbox(label="A sentence, awaited", elem_id="sentence")
    kind = gr.Textbox(label="Its kind", elem_id="kind")

    sentence_sync = gr.Textbox(label="A sentence, stopped for", elem_id="sentence_sync")
    kind_sync = gr.Textbox(label="Its kind", elem_id="kind_sync")

    @sentence.submit(inputs=sentence, outputs=kind)
    async def classify(sentence: str) -> str:
        return kind_of(await classifier(sentence))

    @sentence_sync.submit(inputs=sentence_sync, outputs=kind_sync)
    def classify_sync(sentence: str) -> str:
        return kind_of(run_sync(classifier(sentence)))


demo.launch()
