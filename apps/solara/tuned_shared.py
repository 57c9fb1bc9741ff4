from dataclasses import dataclass
from typing import Any

import pandas as pd
import solara
from solara.components.file_drop import FileInfo
from solara.lab import task

import workload

ORDERS = workload.orders()
SELECTIONS = solara.cache.Memory(max_items=20)
RESULTS = solara.cache.Memory(max_items=4000)


@dataclass(frozen=True)
class Progress:
    """How far the job is, for the bar and in words."""

    percent: float = 0
    text: str = ""


clicks = solara.reactive(0)
name = solara.reactive("")
category = solara.reactive(workload.DEFAULT_CATEGORY)
min_units = solara.reactive(workload.DEFAULT_MIN_UNITS)
granularity = solara.reactive(workload.DEFAULT_GRANULARITY)
asked = solara.reactive(0)
answer = solara.reactive("")
jobs = solara.reactive(0)
progress = solara.reactive(Progress())
uploaded = solara.reactive("")


@solara.memoize(storage=SELECTIONS)
def choose_orders(category: str, min_units: int) -> pd.DataFrame:
    return workload.select_orders(ORDERS, category, min_units)


@solara.memoize(storage=RESULTS)
def compute_kpis(category: str, min_units: int) -> dict[str, str]:
    return workload.kpis(choose_orders(category, min_units), category, min_units)


@solara.memoize(storage=RESULTS)
def build_figure(category: str, min_units: int, granularity: str) -> dict[str, Any]:
    return workload.revenue_figure(choose_orders(category, min_units), category, min_units, granularity)


@solara.memoize(storage=RESULTS)
def caption_table(category: str, min_units: int) -> str:
    return workload.table_caption(choose_orders(category, min_units), category, min_units)


@solara.memoize(storage=RESULTS)
def list_top_orders(category: str, min_units: int) -> pd.DataFrame:
    return workload.top_orders(choose_orders(category, min_units))


@solara.component_vue("plotly_chart.vue")
def PlotlyChart(figure: dict[str, Any]):
    pass


@task
async def ask() -> None:
    asked.value += 1
    answer.value = ""
    async for token in workload.answer_tokens_async(asked.value):
        answer.value += token


@task
def crunch() -> str:
    jobs.value += 1
    job = jobs.value
    for step in range(1, workload.CRUNCH_STEPS + 1):
        progress.value = Progress(text=workload.crunch(job, step), percent=100 * step / workload.CRUNCH_STEPS)
    return workload.crunched_text(job)


@task
def summarize(file: FileInfo) -> None:
    uploaded.value = workload.upload_summary(file["data"])


@solara.component
def Counter():
    def increment():
        clicks.value += 1

    solara.HTML("h2", unsafe_innerHTML="Counter")
    with solara.Row(style={"align-items": "center"}):
        solara.Button("Increment", on_click=increment, classes=["increment"])
        solara.Text(workload.count_text(clicks.value), classes=["count"])


@solara.component
def Greeting():
    solara.HTML("h2", unsafe_innerHTML="Greeting")
    solara.InputText("Name", value=name, continuous_update=True, classes=["name"])
    solara.Text(workload.greeting_text(name.value), classes=["greeting"])


@solara.component
def Filters():
    solara.HTML("h2", unsafe_innerHTML="Filters")
    solara.Select("Category", values=list(workload.CATEGORIES), value=category, classes=["category"])
    with solara.Row(classes=["min_units"]):
        solara.SliderInt("Minimum units", value=min_units, max=workload.MAX_MIN_UNITS)
    solara.ToggleButtonsSingle(value=granularity, values=list(workload.GRANULARITIES), classes=["granularity"])


@solara.component
def Kpis(kpis: dict[str, str]):
    with solara.Columns():
        with solara.Card("Orders"):
            solara.Text(kpis["orders"], classes=["orders"])
        with solara.Card("Revenue"):
            solara.Text(kpis["revenue"], classes=["revenue"])
        with solara.Card("Average price"):
            solara.Text(kpis["average_price"], classes=["average_price"])
        with solara.Card("Top product"):
            solara.Text(kpis["top_product"], classes=["top_product"])


@solara.component
def Chart(category: str, min_units: int):
    with solara.Column(classes=["chart"]):
        PlotlyChart(figure=build_figure(category, min_units, granularity.value))


@solara.component
def Table(caption: str, orders: pd.DataFrame):
    solara.Text(caption, classes=["caption"])
    with solara.Column(classes=["rows"]):
        solara.DataFrame(orders, items_per_page=50)


@solara.component
def Report():
    Kpis(compute_kpis(category.value, min_units.value))
    Chart(category.value, min_units.value)
    Table(caption_table(category.value, min_units.value), list_top_orders(category.value, min_units.value))


@solara.component
def Answer():
    solara.HTML("h2", unsafe_innerHTML="Answer")
    with solara.Row():
        solara.Button("Ask", on_click=ask, classes=["ask"])
    solara.Text(answer.value, classes=["answer"])


@solara.component
def Job():
    solara.HTML("h2", unsafe_innerHTML="Job")
    with solara.Row():
        solara.Button("Crunch", on_click=crunch, classes=["crunch"])
    solara.ProgressLinear(progress.value.percent if crunch.pending else False)
    solara.Text(progress.value.text, classes=["step"])
    if crunch.finished:
        solara.Text(crunch.value, classes=["crunched"])


@solara.component
def Upload():
    solara.HTML("h2", unsafe_innerHTML="Upload")
    # A file drop ignores a second file of the same name and size; a new one doesn't.
    solara.FileDrop("Drop a CSV file here", on_file=summarize, lazy=False).key(uploaded.value)
    solara.Text(uploaded.value, classes=["uploaded"])


@solara.component
def Page():
    solara.Title("Orders")
    with solara.Column(margin=4):
        solara.HTML("h1", unsafe_innerHTML="Orders")
        Counter()
        Greeting()
        Filters()
        Report()
        Answer()
        Job()
        Upload()
