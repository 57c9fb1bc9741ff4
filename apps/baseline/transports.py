"""Three ways for a page to talk to its session on the server."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, Protocol

from pages import routes
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

# As compact as Starlette's own JSON.
as_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


class Session(Protocol):
    """A page's state for one visitor."""

    def everything(self) -> dict[str, Any]: ...

    def updates(self, control: str, value: Any) -> AsyncIterator[dict[str, Any]]: ...


def over_websocket(page: str, new_session: Callable[[], Session]) -> Starlette:
    """Serve a page whose actions and outputs travel as JSON over one WebSocket, which is the session."""

    async def live(socket: WebSocket) -> None:
        await socket.accept()
        session = new_session()
        await socket.send_json(session.everything())

        async def answer(control: str, value: Any) -> None:
            async for outputs in session.updates(control, value):
                await socket.send_json(outputs)

        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    action = await socket.receive_json()
                    tasks.create_task(answer(action["control"], action["value"]))
        except* WebSocketDisconnect:
            pass

    return Starlette(routes=[*routes(page, "websocket"), WebSocketRoute("/live", live)])


def over_http(page: str, new_session: Callable[[], Session]) -> Starlette:
    """Serve a page that posts each action and gets its outputs as lines of the answer; sessions by an id of the page's making."""
    sessions: dict[str, Session] = {}

    async def begin(request: Request) -> JSONResponse:
        session = sessions[request.path_params["session"]] = new_session()
        return JSONResponse(session.everything())

    async def act(request: Request) -> StreamingResponse:
        session = sessions[request.path_params["session"]]
        action = await request.json()

        async def lines() -> AsyncIterator[str]:
            async for outputs in session.updates(action["control"], action["value"]):
                yield as_json(outputs) + "\n"

        return StreamingResponse(lines(), media_type="application/x-ndjson")

    async def end(request: Request) -> Response:
        sessions.pop(request.path_params["session"], None)
        return Response(status_code=204)

    return Starlette(
        routes=[
            *routes(page, "http"),
            Route("/session/{session}", begin, methods=["GET"]),
            Route("/session/{session}", act, methods=["POST"]),
            Route("/session/{session}/end", end, methods=["POST"]),
        ]
    )


def over_sse(page: str, new_session: Callable[[], Session]) -> Starlette:
    """Serve a page that posts each action and gets its outputs over one stream of server-sent events, its session."""
    streams: dict[str, tuple[Session, asyncio.Queue[dict[str, Any]]]] = {}
    working: set[asyncio.Task[None]] = set()

    async def stream(request: Request) -> StreamingResponse:
        key = request.path_params["session"]
        session, queue = streams[key] = (new_session(), asyncio.Queue())
        queue.put_nowait(session.everything())

        async def events() -> AsyncIterator[str]:
            try:
                while True:
                    yield f"data: {as_json(await queue.get())}\n\n"
            finally:
                streams.pop(key, None)

        return StreamingResponse(events(), media_type="text/event-stream")

    async def work(session: Session, queue: "asyncio.Queue[dict[str, Any]]", control: str, value: Any) -> None:
        async for outputs in session.updates(control, value):
            queue.put_nowait(outputs)

    async def act(request: Request) -> Response:
        action = await request.json()
        session, queue = streams[request.path_params["session"]]
        task = asyncio.create_task(work(session, queue, action["control"], action["value"]))
        # The loop itself keeps only a weak reference to a task.
        working.add(task)
        task.add_done_callback(working.discard)
        return Response(status_code=202)

    return Starlette(
        routes=[
            *routes(page, "sse"),
            Route("/session/{session}", stream, methods=["GET"]),
            Route("/session/{session}", act, methods=["POST"]),
        ]
    )
