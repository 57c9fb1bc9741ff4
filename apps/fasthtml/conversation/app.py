from collections.abc import AsyncIterator
from typing import Any

from fasthtml.common import Div, EventStream, Form, Input, P, Titled, fast_app, sse_message
from local_headers import DEFAULT_HEADERS, ICON, SCRIPTS, SSE

from workload import conversation

app, rt = fast_app(default_hdrs=False, hdrs=(*DEFAULT_HEADERS, ICON, SSE), routes=SCRIPTS)


def field(**kwargs: Any) -> Input:
    return Input(id="question", placeholder="Ask something", autocomplete="off", **kwargs)


@rt
def index() -> Titled:
    messages = [P(text, cls="message") for turn in conversation.history() for text in turn]
    return Titled(
        conversation.TITLE,
        Div(*messages, id="messages"),
        Form(field(), hx_post=ask, hx_target="#messages", hx_swap="beforeend"),
    )


@rt
def ask(question: str) -> tuple[Any, ...]:
    answer = P(
        cls="message",
        hx_ext="sse",
        sse_connect=reply.to(question=question),
        sse_swap="token",
        hx_swap="beforeend",
        sse_close="end",
    )
    return P(question, cls="message"), answer, field(hx_swap_oob="true")


@rt
async def reply(question: str) -> EventStream:
    async def tokens() -> AsyncIterator[str]:
        async for token in conversation.reply_tokens_async(question):
            yield sse_message(token, "token")
        yield sse_message("end", "end")

    return EventStream(tokens())
