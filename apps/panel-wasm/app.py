import asyncio
from collections.abc import AsyncIterator
from html import escape

import pandas as pd
import panel as pn

import workload

pn.extension("plotly", "tabulator")


@pn.cache
def load_orders() -> pd.DataFrame:
    return workload.orders()


def greet(name: str) -> str:
    return escape(workload.greeting_text(name))


async def answer(asked: int) -> AsyncIterator[str]:
    text = ""
    if asked:
        async for token in workload.answer_tokens_async(asked):
            text += token
            yield text


def summarize(csv: bytes | None) -> str:
    return workload.upload_summary(csv) if csv else ""


increment = pn.widgets.Button(label="Increment", css_classes=["increment"])
name = pn.widgets.TextInput(label="Name", css_classes=["name"])
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
ask = pn.widgets.Button(label="Ask", css_classes=["ask"])
crunch = pn.widgets.Button(label="Crunch", css_classes=["crunch"])
upload = pn.widgets.FileInput(accept=".csv", css_classes=["upload"])

selected = pn.rx(workload.select_orders)(load_orders(), category, min_units)
kpis = pn.rx(workload.kpis)(selected, category, min_units)
figure = pn.rx(workload.revenue_figure)(selected, category, min_units, granularity)
caption = pn.rx(workload.table_caption)(selected, category, min_units)
top_orders = pn.rx(workload.top_orders)(selected)

step = pn.rx(0)
progress = pn.rx("")
crunched = pn.rx("")


async def run_job(job: int) -> None:
    with crunch.param.update(disabled=True):
        for number in range(1, workload.CRUNCH_STEPS + 1):
            progress.rx.value = await asyncio.to_thread(workload.crunch, job, number)
            step.rx.value = number
        crunched.rx.value = workload.crunched_text(job)


pn.bind(run_job, crunch.param.clicks, watch=True)


def indicator(label: str, key: str) -> pn.indicators.String:
    return pn.indicators.String(label=label, value=kpis[key], title_size="10pt", font_size="16pt", css_classes=[key])


pn.Column(
    "# Orders",
    "## Counter",
    pn.Row(increment, pn.pane.Markdown(pn.bind(workload.count_text, increment.param.clicks), css_classes=["count"])),
    "## Greeting",
    pn.Row(name, pn.pane.HTML(pn.bind(greet, name.param.value_input), css_classes=["greeting"])),
    "## Filters",
    pn.Row(category, min_units, granularity),
    "## KPIs",
    pn.Row(
        indicator("Orders", "orders"),
        indicator("Revenue", "revenue"),
        indicator("Average price", "average_price"),
        indicator("Top product", "top_product"),
    ),
    "## Chart",
    pn.pane.Plotly(figure, sizing_mode="stretch_width", css_classes=["chart"]),
    "## Table",
    pn.pane.Markdown(caption, css_classes=["table"]),
    pn.widgets.Tabulator(
        top_orders,
        show_index=False,
        disabled=True,
        layout="fit_columns",
        height=400,
        sizing_mode="stretch_width",
        css_classes=["rows"],
    ),
    "## Answer",
    ask,
    pn.pane.Markdown(pn.bind(answer, ask.param.clicks), css_classes=["answer"]),
    "## Job",
    pn.Row(crunch, pn.indicators.Progress(value=step, max=workload.CRUNCH_STEPS)),
    pn.pane.Markdown(progress, css_classes=["progress"]),
    pn.pane.Markdown(crunched, css_classes=["crunched"]),
    "## Upload",
    upload,
    pn.pane.Markdown(pn.bind(summarize, upload), css_classes=["uploaded"]),
    sizing_mode="stretch_width",
).servable(title="Orders")
