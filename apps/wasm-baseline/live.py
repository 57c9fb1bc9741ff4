"""How a session in the worker talks to its page: an action comes in, its outputs go back as JSON, as they come."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, Protocol

as_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


class Session(Protocol):
    """A page's state."""

    def everything(self) -> dict[str, Any]: ...

    def updates(self, control: str, value: Any) -> AsyncIterator[dict[str, Any]]: ...


class Live:
    """The page's one session. `send` takes JSON to the page."""

    def __init__(self, session: Session, send: Callable[[str], None]) -> None:
        self._session, self._send = session, send
        self._working: set[asyncio.Task[None]] = set()
        send(as_json(session.everything()))

    def act(self, control: str, value: Any) -> None:
        """Begin what a control asks for."""
        task = asyncio.ensure_future(self._answer(control, value))
        # The loop itself keeps only a weak reference to a task.
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _answer(self, control: str, value: Any) -> None:
        async for outputs in self._session.updates(control, value):
            self._send(as_json(outputs))
