import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from reactpy import component, html, use_memo, use_ref, use_state, web
from reactpy.backend.starlette import Options, configure
from reactpy.types import VdomDict
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

import workload

HERE = Path(__file__).parent
ORDERS = workload.orders()

Event = dict[str, Any]

Plot = web.export(web.module_from_file("plot", HERE / "plot.js"), "Plot")
FileInput = web.export(web.module_from_file("file-input", HERE / "file-input.js"), "FileInput")


@component
def Counter() -> VdomDict:
    clicks, set_clicks = use_state(0)

    def handle_click(event: Event) -> None:
        set_clicks(lambda clicks: clicks + 1)

    return html.section(
        html.h2("Counter"),
        html.button({"id": "increment", "on_click": handle_click}, "Increment"),
        html.output({"id": "count"}, workload.count_text(clicks)),
    )


@component
def Greeting() -> VdomDict:
    name, set_name = use_state("")

    def handle_change(event: Event) -> None:
        set_name(event["target"]["value"])

    return html.section(
        html.h2("Greeting"),
        html.label(
            "Name ", html.input({"id": "name", "auto_complete": "off", "value": name, "on_change": handle_change})
        ),
        html.output({"id": "greeting"}, workload.greeting_text(name)),
    )


@component
def Dashboard() -> VdomDict:
    category, set_category = use_state(workload.DEFAULT_CATEGORY)
    min_units, set_min_units = use_state(workload.DEFAULT_MIN_UNITS)
    granularity, set_granularity = use_state(workload.DEFAULT_GRANULARITY)
    selected = use_memo(lambda: workload.select_orders(ORDERS, category, min_units))

    return html._(
        use_memo(lambda: filters(category, min_units, granularity, set_category, set_min_units, set_granularity)),
        use_memo(lambda: key_figures(workload.kpis(selected, category, min_units))),
        use_memo(lambda: revenue_chart(workload.revenue_figure(selected, category, min_units, granularity))),
        use_memo(
            lambda: orders_table(workload.table_caption(selected, category, min_units), workload.top_orders(selected))
        ),
    )


def filters(
    category: str,
    min_units: int,
    granularity: str,
    set_category: Callable[[str], None],
    set_min_units: Callable[[int], None],
    set_granularity: Callable[[str], None],
) -> VdomDict:
    def handle_category(event: Event) -> None:
        set_category(event["target"]["value"])

    def handle_min_units(event: Event) -> None:
        set_min_units(int(event["target"]["value"]))

    def handle_granularity(event: Event) -> None:
        set_granularity(event["target"]["value"])

    return html.section(
        html.h2("Filters"),
        html.label(
            "Category ",
            html.select(
                {"id": "category", "value": category, "on_change": handle_category},
                [html.option({"key": choice}, choice) for choice in workload.CATEGORIES],
            ),
        ),
        html.label(
            "Minimum units ",
            html.input(
                {
                    "id": "min_units",
                    "type": "range",
                    "max": workload.MAX_MIN_UNITS,
                    "value": min_units,
                    "on_change": handle_min_units,
                }
            ),
        ),
        html.fieldset(
            {"id": "granularity"},
            html.legend("Granularity"),
            [
                html.label(
                    {"key": choice},
                    html.input(
                        {
                            "type": "radio",
                            "name": "granularity",
                            "value": choice,
                            "checked": choice == granularity,
                            "on_change": handle_granularity,
                        }
                    ),
                    choice,
                )
                for choice in workload.GRANULARITIES
            ],
        ),
    )


def key_figures(kpis: dict[str, str]) -> VdomDict:
    return html.section(
        html.h2("Key figures"),
        html.div(
            {"class_name": "kpis"},
            html.div("Orders ", html.output({"id": "orders"}, kpis["orders"])),
            html.div("Revenue ", html.output({"id": "revenue"}, kpis["revenue"])),
            html.div("Average price ", html.output({"id": "average_price"}, kpis["average_price"])),
            html.div("Top product ", html.output({"id": "top_product"}, kpis["top_product"])),
        ),
    )


def revenue_chart(figure: dict[str, Any]) -> VdomDict:
    return html.section(html.h2("Chart"), html.div({"id": "chart"}, Plot({"figure": figure})))


def orders_table(caption: str, top: pd.DataFrame) -> VdomDict:
    return html.section(
        html.h2("Table"),
        html.table(
            html.caption({"id": "table"}, caption),
            html.thead(html.tr(*(html.th(column) for column in top.columns))),
            html.tbody(
                {"id": "rows"},
                [
                    html.tr({"key": row.order_id}, *(html.td(value) for value in row))
                    for row in top.itertuples(index=False)
                ],
            ),
        ),
    )


@component
def Answer() -> VdomDict:
    asked = use_ref(0)
    answer, set_answer = use_state("")

    async def handle_click(event: Event) -> None:
        asked.current += 1
        answer = ""
        async for token in workload.answer_tokens_async(asked.current):
            answer += token
            set_answer(answer)

    return html.section(
        html.h2("Answer"),
        html.button({"id": "ask", "on_click": handle_click}, "Ask"),
        html.p({"id": "answer"}, answer),
    )


@component
def Job() -> VdomDict:
    jobs = use_ref(0)
    step, set_step = use_state(0)
    progress, set_progress = use_state("")
    result, set_result = use_state("")

    async def handle_click(event: Event) -> None:
        jobs.current += 1
        job = jobs.current
        for step in range(1, workload.CRUNCH_STEPS + 1):
            set_progress(await asyncio.to_thread(workload.crunch, job, step))
            set_step(step)
        set_result(workload.crunched_text(job))

    return html.section(
        html.h2("Job"),
        html.button({"id": "crunch", "on_click": handle_click}, "Crunch"),
        html.progress({"max": workload.CRUNCH_STEPS, "value": step}),
        html.output({"id": "progress"}, progress),
        html.p({"id": "crunched"}, result),
    )


@component
def Upload() -> VdomDict:
    summary, set_summary = use_state("")

    async def handle_file(contents: str) -> None:
        set_summary(await asyncio.to_thread(workload.upload_summary, contents.encode()))

    return html.section(
        html.h2("Upload"),
        html.label("CSV file ", FileInput({"id": "upload", "accept": ".csv", "on_file": handle_file})),
        html.output({"id": "uploaded"}, summary),
    )


@component
def App() -> VdomDict:
    return html.main(html.h1("Orders"), Counter(), Greeting(), Dashboard(), Answer(), Job(), Upload())


app = Starlette(
    routes=[
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Mount("/plotly", StaticFiles(packages=[("plotly", "package_data")])),
    ]
)
configure(
    app,
    App,
    Options(head=html.head(html.title("Orders"), html.link({"rel": "stylesheet", "href": "/static/page.css"}))),
)
