from typing import Any

import js
import streamlit as st
from pyodide.ffi import run_sync
from transformers_js_py import import_transformers_js

from workload.ledger import recorded


async def load_classifier() -> Any:
    transformers = await import_transformers_js(f"{js.location.origin}/models/local.js")
    transformers.env.allowLocalModels = True
    return await transformers.pipeline("text-classification", "classifier", {"dtype": "q8", "device": "wasm"})


@recorded
def kind_of(found: list[dict[str, Any]]) -> str:
    return str(found[0]["label"])


st.title("Ask a model here")

if "classifier" not in st.session_state:
    st.session_state.classifier = await load_classifier()
    st.session_state.kinds = {}
classifier = st.session_state.classifier
kinds = st.session_state.kinds

st.container(key="ready").text("The model is ready.")

# Every run asks again for what both fields hold.
if sentence := st.text_input("A sentence, awaited", key="sentence"):
    if sentence not in kinds:
        kinds[sentence] = kind_of(await classifier(sentence))
    st.container(key="kind").text(kinds[sentence])

if sentence := st.text_input("A sentence, stopped for", key="sentence_sync"):
    if sentence not in kinds:
        kinds[sentence] = kind_of(run_sync(classifier(sentence)))
    st.container(key="kind_sync").text(kinds[sentence])
