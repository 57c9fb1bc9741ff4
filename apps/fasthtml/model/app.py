from collections.abc import AsyncIterator

from fasthtml.common import (
    Button,
    EventStream,
    Form,
    Input,
    Label,
    Output,
    P,
    Section,
    Span,
    Titled,
    fast_app,
    sse_message,
)
from inference import models
from local_headers import DEFAULT_HEADERS, ICON, SCRIPTS, SSE

import workload

# Loaded once, before the first request. A handler that isn't async runs in a thread.
CLASSIFIER = models.load_classifier()
CHAT = models.load_chat()

app, rt = fast_app(default_hdrs=False, hdrs=(*DEFAULT_HEADERS, ICON, SSE), routes=SCRIPTS)


@rt
def index(session) -> Titled:
    session.clear()
    return Titled(
        "Ask a model",
        Section(
            Form(
                Label("A sentence about a product", Input(id="sentence", autocomplete="off")),
                hx_post=classify,
                hx_target="#label",
            ),
            Output(id="label"),
        ),
        Section(
            Button("Classify the next batch", id="batch", hx_post=batch, hx_target="#summary", hx_swap="outerHTML"),
            Output(id="summary"),
        ),
        Section(
            Form(
                Label("Something to write", Input(id="order", autocomplete="off")),
                hx_post=write,
                hx_target="#answer",
                hx_swap="outerHTML",
            ),
            P(id="answer"),
        ),
        Section(
            Button("Click", id="increment", hx_post=increment, hx_target="#count"),
            Output(workload.count_text(0), id="count"),
        ),
    )


@rt
def classify(sentence: str) -> Span:
    return Span(models.classify(CLASSIFIER, sentence))


@rt
def batch(session) -> Output:
    # An answer that comes late must not set the session, which is a cookie: it would take back the clicks made meanwhile.
    session["batches"] = session.get("batches", 0) + 1
    return Output(id="summary", hx_get=summary.to(number=session["batches"]), hx_trigger="load")


@rt
def summary(number: int) -> Span:
    return Span(models.classify_batch(CLASSIFIER, number))


@rt
def write(order: str) -> P:
    return P(
        id="answer",
        hx_ext="sse",
        sse_connect=answer.to(order=order),
        sse_swap="piece",
        hx_swap="beforeend",
        sse_close="end",
    )


@rt
async def answer(order: str) -> EventStream:
    async def pieces() -> AsyncIterator[str]:
        async for piece in models.answer_async(CHAT, order):
            yield sse_message(Span(piece), "piece")
        yield sse_message("end", "end")

    return EventStream(pieces())


@rt
def increment(session) -> str:
    session["clicks"] = session.get("clicks", 0) + 1
    return workload.count_text(session["clicks"])
