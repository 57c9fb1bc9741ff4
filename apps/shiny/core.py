import asyncio

import pandas as pd
import plotly.graph_objects as go
from shiny import App, Inputs, Outputs, Session, reactive, render, req, ui
from shinywidgets import output_widget, render_plotly

import workload

orders = workload.orders()

app_ui = ui.page_fluid(
    ui.panel_title("Orders"),
    ui.h2("Counter"),
    ui.input_action_button("increment", "Increment"),
    ui.output_text("count"),
    ui.h2("Greeting"),
    ui.input_text("name", "Name"),
    ui.output_text("greeting"),
    ui.h2("Filters"),
    ui.input_select("category", "Category", workload.CATEGORIES, selected=workload.DEFAULT_CATEGORY),
    ui.input_slider("min_units", "Minimum units", 0, workload.MAX_MIN_UNITS, workload.DEFAULT_MIN_UNITS, width="100%"),
    ui.input_radio_buttons(
        "granularity", "Granularity", workload.GRANULARITIES, selected=workload.DEFAULT_GRANULARITY, inline=True
    ),
    ui.layout_columns(
        ui.value_box("Orders", ui.output_text("order_count")),
        ui.value_box("Revenue", ui.output_text("revenue")),
        ui.value_box("Average price", ui.output_text("average_price")),
        ui.value_box("Top product", ui.output_text("top_product")),
    ),
    output_widget("chart"),
    ui.output_text("table"),
    ui.output_data_frame("rows"),
    ui.h2("Answer"),
    ui.input_action_button("ask", "Ask"),
    ui.output_markdown_stream("answer"),
    ui.h2("Job"),
    ui.input_task_button("crunch", "Crunch"),
    ui.output_text("progress"),
    ui.output_text("crunched"),
    ui.h2("Upload"),
    ui.input_file("upload", "CSV file", accept=".csv"),
    ui.output_text("uploaded"),
)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    @render.text
    def count() -> str:
        return workload.count_text(input.increment())

    @render.text
    def greeting() -> str:
        return workload.greeting_text(input.name())

    @reactive.calc
    def selected() -> pd.DataFrame:
        return workload.select_orders(orders, input.category(), input.min_units())

    @reactive.calc
    def kpis() -> dict[str, str]:
        return workload.kpis(selected(), input.category(), input.min_units())

    @render.text
    def order_count() -> str:
        return kpis()["orders"]

    @render.text
    def revenue() -> str:
        return kpis()["revenue"]

    @render.text
    def average_price() -> str:
        return kpis()["average_price"]

    @render.text
    def top_product() -> str:
        return kpis()["top_product"]

    @render_plotly
    def chart() -> go.Figure:
        return go.Figure(workload.revenue_figure(selected(), input.category(), input.min_units(), input.granularity()))

    @render.text
    def table() -> str:
        return workload.table_caption(selected(), input.category(), input.min_units())

    @render.data_frame
    def rows() -> pd.DataFrame:
        return workload.top_orders(selected())

    stream = ui.MarkdownStream("answer")

    @reactive.effect
    @reactive.event(input.ask)
    async def _() -> None:
        await stream.stream(workload.answer_tokens_async(input.ask()))

    progress_text = reactive.value("")

    @ui.bind_task_button(button_id="crunch")
    @reactive.extended_task
    async def crunch(job: int) -> str:
        with ui.Progress(max=workload.CRUNCH_STEPS) as bar:
            for step in range(1, workload.CRUNCH_STEPS + 1):
                text = await asyncio.to_thread(workload.crunch, job, step)
                bar.set(step, message="Crunching")
                async with reactive.lock():
                    progress_text.set(text)
                    await reactive.flush()
        return workload.crunched_text(job)

    @reactive.effect
    @reactive.event(input.crunch)
    def _() -> None:
        crunch(input.crunch())

    @render.text
    def progress() -> str:
        return progress_text()

    @render.text
    def crunched() -> str:
        return crunch.result()

    @render.text
    def uploaded() -> str:
        file = req(input.upload())[0]
        return workload.upload_summary(file["datapath"])


app = App(app_ui, server)
