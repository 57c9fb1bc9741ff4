from collections.abc import AsyncIterator
from typing import Any

from transports import over_websocket

from workload import conversation


class ConversationSession:
    """One visitor's conversation. Only the page keeps its messages."""

    def everything(self) -> dict[str, Any]:
        """Return the turns that there have been."""
        return {"history": conversation.history()}

    async def updates(self, control: str, value: Any) -> AsyncIterator[dict[str, Any]]:
        """Yield the answer to a question, token by token."""
        async for token in conversation.reply_tokens_async(value):
            yield {"token": token}


app = over_websocket("conversation", ConversationSession)
