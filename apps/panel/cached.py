import asyncio
from collections.abc import AsyncIterator
from html import escape
from typing import Any

import pandas as pd
import panel as pn
from panel.io import hold

import workload

pn.extension("plotly", "tabulator")


@pn.cache
def load_orders() -> pd.DataFrame:
    return workload.orders()


@pn.cache(max_items=20)
def select_orders(category: str, min_units: int) -> pd.DataFrame:
    return workload.select_orders(load_orders(), category, min_units)


@pn.cache(max_items=1000)
def compute_kpis(category: str, min_units: int) -> dict[str, str]:
    return workload.kpis(select_orders(category, min_units), category, min_units)


@pn.cache(max_items=1000)
def build_figure(category: str, min_units: int, granularity: str) -> dict[str, Any]:
    return workload.revenue_figure(select_orders(category, min_units), category, min_units, granularity)


@pn.cache(max_items=1000)
def caption_table(category: str, min_units: int) -> str:
    return workload.table_caption(select_orders(category, min_units), category, min_units)


@pn.cache(max_items=1000)
def list_top_orders(category: str, min_units: int) -> pd.DataFrame:
    return workload.top_orders(select_orders(category, min_units))


async def reply(asked: int) -> AsyncIterator[str]:
    text = ""
    if asked:
        async for token in workload.answer_tokens_async(asked):
            text += token
            yield text


def indicator(label: str, key: str) -> pn.indicators.String:
    return pn.indicators.String(label=label, title_size="10pt", font_size="16pt", css_classes=[key])


increment = pn.widgets.Button(label="Increment", css_classes=["increment"])
count = pn.pane.Markdown(css_classes=["count"])
name = pn.widgets.TextInput(label="Name", css_classes=["name"])
greeting = pn.pane.HTML(css_classes=["greeting"])
category = pn.widgets.Select(
    label="Category", value=workload.DEFAULT_CATEGORY, options=list(workload.CATEGORIES), css_classes=["category"]
)
min_units = pn.widgets.IntSlider(
    label="Minimum units",
    value=workload.DEFAULT_MIN_UNITS,
    start=0,
    end=workload.MAX_MIN_UNITS,
    css_classes=["min_units"],
)
granularity = pn.widgets.RadioBoxGroup(
    label="Granularity",
    value=workload.DEFAULT_GRANULARITY,
    options=list(workload.GRANULARITIES),
    inline=True,
    css_classes=["granularity"],
)
indicators = {
    "orders": indicator("Orders", "orders"),
    "revenue": indicator("Revenue", "revenue"),
    "average_price": indicator("Average price", "average_price"),
    "top_product": indicator("Top product", "top_product"),
}
chart = pn.pane.Plotly(sizing_mode="stretch_width", css_classes=["chart"])
caption = pn.pane.Markdown(css_classes=["table"])
table = pn.widgets.Tabulator(
    show_index=False,
    disabled=True,
    layout="fit_columns",
    height=400,
    sizing_mode="stretch_width",
    css_classes=["rows"],
)
ask = pn.widgets.Button(label="Ask", css_classes=["ask"])
answer = pn.pane.Markdown(pn.bind(reply, ask.param.clicks), enable_streaming=True, css_classes=["answer"])
crunch = pn.widgets.Button(label="Crunch", css_classes=["crunch"])
bar = pn.indicators.Progress(value=0, max=workload.CRUNCH_STEPS)
progress = pn.pane.Markdown(css_classes=["progress"])
crunched = pn.pane.Markdown(css_classes=["crunched"])
upload = pn.widgets.FileInput(accept=".csv", css_classes=["upload"])
uploaded = pn.pane.Markdown(css_classes=["uploaded"])


def show_count(clicks: int) -> None:
    count.object = workload.count_text(clicks)


def greet(name: str) -> None:
    greeting.object = escape(workload.greeting_text(name))


def draw_chart(granularity: str) -> None:
    chart.object = build_figure(category.value, min_units.value, granularity)


@hold()
def show_orders(category: str, min_units: int) -> None:
    for key, text in compute_kpis(category, min_units).items():
        indicators[key].value = text
    draw_chart(granularity.value)
    caption.object = caption_table(category, min_units)
    table.value = list_top_orders(category, min_units)


async def run_job(job: int) -> None:
    with crunch.param.update(disabled=True):
        for step in range(1, workload.CRUNCH_STEPS + 1):
            text = await asyncio.to_thread(workload.crunch, job, step)
            with hold():
                bar.value = step
                progress.object = text
        crunched.object = workload.crunched_text(job)


def summarize(csv: bytes) -> None:
    uploaded.object = workload.upload_summary(csv)


show_count(increment.clicks)
greet(name.value_input)
show_orders(category.value, min_units.value)

pn.bind(show_count, increment.param.clicks, watch=True)
pn.bind(greet, name.param.value_input, watch=True)
pn.bind(show_orders, category, min_units, watch=True)
pn.bind(draw_chart, granularity, watch=True)
pn.bind(run_job, crunch.param.clicks, watch=True)
pn.bind(summarize, upload, watch=True)

pn.Column(
    "# Orders",
    "## Counter",
    pn.Row(increment, count),
    "## Greeting",
    pn.Row(name, greeting),
    "## Filters",
    pn.Row(category, min_units, granularity),
    "## KPIs",
    pn.Row(*indicators.values()),
    "## Chart",
    chart,
    "## Table",
    caption,
    table,
    "## Answer",
    ask,
    answer,
    "## Job",
    pn.Row(crunch, bar),
    progress,
    crunched,
    "## Upload",
    upload,
    uploaded,
    sizing_mode="stretch_width",
).servable(title="Orders")
