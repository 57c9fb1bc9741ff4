import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pandas as pd
from fasthtml.common import (
    H2,
    Button,
    Div,
    EventStream,
    Fieldset,
    Form,
    Input,
    Label,
    Legend,
    Link,
    Option,
    Output,
    P,
    Progress,
    Script,
    Section,
    Select,
    Span,
    Table,
    Tbody,
    Td,
    Th,
    Thead,
    Titled,
    Tr,
    UploadFile,
    charset,
    fast_app,
    sse_message,
    viewport,
)
from local_headers import ICON, PLOTLY, SCRIPTS, SSE

import workload

ORDERS = workload.orders()

app, rt = fast_app(
    default_hdrs=False,
    hdrs=(
        charset,
        viewport,
        Script(src="/scripts/htmx.org/dist/htmx.min.js"),
        Link(rel="stylesheet", href="/style.css"),
        ICON,
        SSE,
        PLOTLY,
    ),
    routes=SCRIPTS,
)


def order_outputs(selected: pd.DataFrame, category: str, min_units: int, **kwargs: Any) -> tuple[Any, ...]:
    kpis = workload.kpis(selected, category, min_units)
    top = workload.top_orders(selected)
    return (
        *(Output(kpis[name], id=name, **kwargs) for name in ("orders", "revenue", "average_price", "top_product")),
        P(workload.table_caption(selected, category, min_units), id="table", **kwargs),
        Table(
            Thead(Tr(map(Th, top.columns))),
            Tbody(Tr(map(Td, row)) for row in top.itertuples(index=False)),
            id="rows",
            **kwargs,
        ),
    )


def chart(selected: pd.DataFrame, category: str, min_units: int, granularity: str, **kwargs: Any) -> Div:
    figure = workload.revenue_figure(selected, category, min_units, granularity)
    script = f"Plotly.react('chart', {json.dumps(figure['data'])}, {json.dumps(figure['layout'])})"
    return Div(Script(script), id="figure", **kwargs)


@rt
def index(session) -> tuple[Any, ...]:
    session.clear()
    filters = (workload.DEFAULT_CATEGORY, workload.DEFAULT_MIN_UNITS)
    selected = workload.select_orders(ORDERS, *filters)
    orders, revenue, average_price, top_product, caption, rows = order_outputs(selected, *filters)
    options = [Option(each, value=each, selected=each == workload.DEFAULT_CATEGORY) for each in workload.CATEGORIES]
    radios = [
        Label(
            Input(
                type="radio",
                name="granularity",
                value=each,
                checked=each == workload.DEFAULT_GRANULARITY,
                hx_post=draw,
                hx_swap="none",
            ),
            each,
        )
        for each in workload.GRANULARITIES
    ]
    return Titled(
        "Orders",
        Section(
            H2("Counter"),
            Button("Increment", id="increment", hx_post=increment, hx_target="#count"),
            Output(workload.count_text(0), id="count"),
        ),
        Section(
            H2("Greeting"),
            Label("Name", Input(id="name", hx_post=greet, hx_trigger="input", hx_target="#greeting")),
            Output(workload.greeting_text(""), id="greeting"),
        ),
        Form(
            H2("Filters"),
            Label("Category", Select(*options, id="category", hx_post=choose, hx_swap="none")),
            Label(
                "Minimum units",
                Input(
                    id="min_units",
                    type="range",
                    max=workload.MAX_MIN_UNITS,
                    value=workload.DEFAULT_MIN_UNITS,
                    hx_post=choose,
                    hx_swap="none",
                ),
            ),
            Fieldset(Legend("Granularity"), *radios, id="granularity"),
        ),
        Section(
            H2("KPIs"),
            Div(
                Div("Orders", orders),
                Div("Revenue", revenue),
                Div("Average price", average_price),
                Div("Top product", top_product),
                cls="kpis",
            ),
        ),
        Section(H2("Chart"), Div(id="chart"), chart(selected, *filters, workload.DEFAULT_GRANULARITY)),
        Section(H2("Table"), caption, rows),
        Section(
            H2("Answer"), Button("Ask", id="ask", hx_post=ask, hx_target="#reply", hx_swap="outerHTML"), P(id="reply")
        ),
        Section(
            H2("Job"),
            Button("Crunch", id="crunch", hx_post=crunch, hx_target="#job", hx_swap="outerHTML"),
            Div(id="job"),
        ),
        Section(
            H2("Upload"),
            Form(
                Label("CSV file", Input(id="upload", name="file", type="file", accept=".csv")),
                hx_post=upload,
                hx_trigger="change",
                hx_target="#uploaded",
            ),
            Output(id="uploaded"),
        ),
    )


@rt
async def increment(session) -> str:
    session["clicks"] = session.get("clicks", 0) + 1
    return workload.count_text(session["clicks"])


@rt
async def greet(name: str) -> Span:
    # A string would be taken for HTML; an element's text is escaped.
    return Span(workload.greeting_text(name))


@rt
def choose(category: str, min_units: int, granularity: str) -> tuple[Any, ...]:
    selected = workload.select_orders(ORDERS, category, min_units)
    return (
        *order_outputs(selected, category, min_units, hx_swap_oob="true"),
        chart(selected, category, min_units, granularity, hx_swap_oob="true"),
    )


@rt
def draw(category: str, min_units: int, granularity: str) -> Div:
    selected = workload.select_orders(ORDERS, category, min_units)
    return chart(selected, category, min_units, granularity, hx_swap_oob="true")


@rt
async def ask(session) -> P:
    session["asked"] = session.get("asked", 0) + 1
    return P(
        Span(id="answer", sse_swap="token", hx_swap="beforeend"),
        id="reply",
        hx_ext="sse",
        sse_connect=answer.to(asked=session["asked"]),
        sse_close="end",
    )


@rt
async def answer(asked: int) -> EventStream:
    async def tokens() -> AsyncIterator[str]:
        async for token in workload.answer_tokens_async(asked):
            yield sse_message(token, "token")
        yield sse_message("end", "end")

    return EventStream(tokens())


@rt
async def crunch(session) -> Div:
    session["jobs"] = session.get("jobs", 0) + 1
    return Div(
        Progress(id="bar", max=workload.CRUNCH_STEPS, value=0),
        Output(id="progress", sse_swap="progress"),
        Output(id="crunched", sse_swap="crunched"),
        id="job",
        hx_ext="sse",
        sse_connect=work.to(job=session["jobs"]),
        sse_close="end",
    )


@rt
async def work(job: int) -> EventStream:
    async def steps() -> AsyncIterator[str]:
        for step in range(1, workload.CRUNCH_STEPS + 1):
            text = await asyncio.to_thread(workload.crunch, job, step)
            bar = Progress(id="bar", max=workload.CRUNCH_STEPS, value=step, hx_swap_oob="true")
            yield sse_message((text, bar), "progress")
        yield sse_message(workload.crunched_text(job), "crunched")
        yield sse_message("end", "end")

    return EventStream(steps())


@rt
async def upload(file: UploadFile) -> str:
    return await asyncio.to_thread(workload.upload_summary, await file.read())
