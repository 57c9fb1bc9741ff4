import asyncio
from collections.abc import AsyncIterator
from typing import Any

from inference import models
from transports import over_websocket

import workload

# Loaded once, before the first visitor comes.
CLASSIFIER = models.load_classifier()
CHAT = models.load_chat()


class ModelSession:
    """One visitor's page. What blocks is computed in a thread."""

    def __init__(self) -> None:
        self.clicks = 0
        self.batches = 0

    def everything(self) -> dict[str, Any]:
        """Return what the page shows when it opens."""
        return {"count": workload.count_text(self.clicks)}

    async def updates(self, control: str, value: Any) -> AsyncIterator[dict[str, Any]]:
        """Yield what changes: an answer piece by piece, anything else at once."""
        match control:
            case "increment":
                self.clicks += 1
                yield self.everything()
            case "sentence":
                yield {"label": await asyncio.to_thread(models.classify, CLASSIFIER, value)}
            case "batch":
                self.batches += 1
                yield {"summary": await asyncio.to_thread(models.classify_batch, CLASSIFIER, self.batches)}
            case "order":
                yield {"answer": ""}
                async for piece in models.answer_async(CHAT, value):
                    yield {"piece": piece}


app = over_websocket("model", ModelSession)
