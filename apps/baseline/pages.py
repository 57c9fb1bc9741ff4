"""The baseline's pages: two hand-written HTML files, one script, and Plotly's own; and where they send a file."""

import asyncio
import json
from importlib.resources import files
from pathlib import Path

from session import choices
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

import workload

HERE = Path(__file__).parent
PLOTLY = Path(str(files("plotly") / "package_data"))


def routes(page: str, transport: str) -> list[BaseRoute]:
    """Return the routes that serve `<page>.html` over a transport: websocket, http or sse."""
    html = (HERE / "static" / f"{page}.html").read_text()
    settings = json.dumps({**choices(), "transport": transport})
    document = html.replace("/*settings*/", settings)

    async def index(request: Request) -> HTMLResponse:
        return HTMLResponse(document)

    return [
        Route("/", index),
        Route("/upload", upload, methods=["POST"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Mount("/plotly", StaticFiles(directory=PLOTLY)),
    ]


async def upload(request: Request) -> JSONResponse:
    """Answer a file with what it comes to. That belongs to no session, so any worker can do it."""
    csv = await request.body()
    return JSONResponse({"uploaded": await asyncio.to_thread(workload.upload_summary, csv)})
