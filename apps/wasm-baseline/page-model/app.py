"""The session of a page that asks a model in the browser: it awaits an answer, or Python stops until it is there."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import js
from live import Live
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


class ModelSession:
    """The page's state, which is the model alone."""

    def __init__(self) -> None:
        self.loading = asyncio.ensure_future(load_classifier())

    def everything(self) -> dict[str, Any]:
        """Return what the page shows when it opens."""
        return {}

    async def updates(self, control: str, value: Any) -> AsyncIterator[dict[str, Any]]:
        """Yield what a control changes, and at first that the model is there."""
        classifier = await self.loading
        match control:
            case "open":
                yield {"ready": "The model is ready."}
            case "sentence":
                yield {"kind": kind_of(await classifier(value))}
            case "sentence_sync":
                yield {"kind_sync": kind_of(run_sync(classifier(value)))}


def start(send: Callable[[str], None]) -> Live:
    """Open the session."""
    live = Live(ModelSession(), send)
    live.act("open", None)
    return live
