from pathlib import Path
from typing import Any

from reactpy import component, html, use_state
from reactpy.backend.starlette import Options, configure
from reactpy.types import VdomDict
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from workload import conversation

HERE = Path(__file__).parent

Event = dict[str, Any]


@component
def Message(text: str) -> VdomDict:
    return html.p({"class_name": "message"}, text)


@component
def Conversation() -> VdomDict:
    messages, set_messages = use_state(lambda: [text for turn in conversation.history() for text in turn])
    question, set_question = use_state("")

    def handle_change(event: Event) -> None:
        set_question(event["target"]["value"])

    async def handle_key(event: Event) -> None:
        if event["key"] != "Enter":
            return
        set_question("")
        asked = [*messages, question]
        answer = ""
        set_messages([*asked, answer])
        async for token in conversation.reply_tokens_async(question):
            answer += token
            set_messages([*asked, answer])

    return html.main(
        html.h1(conversation.TITLE),
        html.section([Message(text, key=number) for number, text in enumerate(messages)]),
        html.input(
            {
                "id": "say",
                "auto_complete": "off",
                "placeholder": "Ask something",
                "value": question,
                "on_change": handle_change,
                "on_key_down": handle_key,
            }
        ),
    )


app = Starlette(routes=[Mount("/static", StaticFiles(directory=HERE / "static"))])
configure(
    app,
    Conversation,
    Options(
        head=html.head(html.title(conversation.TITLE), html.link({"rel": "stylesheet", "href": "/static/page.css"}))
    ),
)
