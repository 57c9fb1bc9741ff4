import asyncio
from pathlib import Path
from typing import Any

from inference import models
from reactpy import component, html, use_ref, use_state
from reactpy.backend.starlette import Options, configure
from reactpy.types import VdomDict
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

import workload

HERE = Path(__file__).parent
# Loaded once, before the first visitor comes.
CLASSIFIER = models.load_classifier()
CHAT = models.load_chat()

Event = dict[str, Any]


@component
def Sentence() -> VdomDict:
    label, set_label = use_state("")

    async def handle_key(event: Event) -> None:
        if event["key"] == "Enter":
            set_label(await asyncio.to_thread(models.classify, CLASSIFIER, event["target"]["value"]))

    return html.section(
        html.label(
            "A sentence about a product ",
            html.input({"id": "sentence", "auto_complete": "off", "on_key_down": handle_key}),
        ),
        html.output({"id": "label"}, label),
    )


@component
def Batch() -> VdomDict:
    batches = use_ref(0)
    summary, set_summary = use_state("")

    async def handle_click(event: Event) -> None:
        batches.current += 1
        set_summary(await asyncio.to_thread(models.classify_batch, CLASSIFIER, batches.current))

    return html.section(
        html.button({"id": "batch", "on_click": handle_click}, "Classify the next batch"),
        html.output({"id": "summary"}, summary),
    )


@component
def Order() -> VdomDict:
    answer, set_answer = use_state("")

    async def handle_key(event: Event) -> None:
        if event["key"] != "Enter":
            return
        answer = ""
        set_answer(answer)
        async for piece in models.answer_async(CHAT, event["target"]["value"]):
            answer += piece
            set_answer(answer)

    return html.section(
        html.label(
            "Something to write ", html.input({"id": "order", "auto_complete": "off", "on_key_down": handle_key})
        ),
        html.p({"id": "answer"}, answer),
    )


@component
def Counter() -> VdomDict:
    clicks, set_clicks = use_state(0)

    def handle_click(event: Event) -> None:
        set_clicks(lambda clicks: clicks + 1)

    return html.section(
        html.button({"id": "increment", "on_click": handle_click}, "Click"),
        html.output({"id": "count"}, workload.count_text(clicks)),
    )


@component
def AskModel() -> VdomDict:
    return html.main(html.h1("Ask a model"), Sentence(), Batch(), Order(), Counter())


app = Starlette(routes=[Mount("/static", StaticFiles(directory=HERE / "static"))])
configure(
    app,
    AskModel,
    Options(head=html.head(html.title("Ask a model"), html.link({"rel": "stylesheet", "href": "/static/page.css"}))),
)
