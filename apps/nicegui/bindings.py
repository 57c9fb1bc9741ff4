import os

import pandas as pd
from nicegui import events, run, ui

import workload

ORDERS = workload.orders()


class Report:
    """What one visitor has chosen, and the texts that the page's elements are bound to."""

    def __init__(self) -> None:
        self.clicks = 0
        self.count = workload.count_text(0)
        self.name = ""
        self.greeting = workload.greeting_text("")
        self.category = workload.DEFAULT_CATEGORY
        self.min_units = workload.DEFAULT_MIN_UNITS
        self.granularity = workload.DEFAULT_GRANULARITY
        self.orders = ""
        self.revenue = ""
        self.average_price = ""
        self.top_product = ""
        self.caption = ""
        self.asked = 0
        self.can_ask = True
        self.answer = ""
        self.jobs = 0
        self.can_crunch = True
        self.progress = ""
        self.progress_value = 0.0
        self.crunched = ""
        self.uploaded = ""

    def count_click(self) -> None:
        self.clicks += 1
        self.count = workload.count_text(self.clicks)

    def greet(self) -> None:
        self.greeting = workload.greeting_text(self.name)

    def select_orders(self) -> pd.DataFrame:
        return workload.select_orders(ORDERS, self.category, self.min_units)

    def describe(self, selected: pd.DataFrame) -> None:
        kpis = workload.kpis(selected, self.category, self.min_units)
        self.orders = kpis["orders"]
        self.revenue = kpis["revenue"]
        self.average_price = kpis["average_price"]
        self.top_product = kpis["top_product"]
        self.caption = workload.table_caption(selected, self.category, self.min_units)

    async def ask_question(self) -> None:
        self.asked += 1
        self.answer = ""
        self.can_ask = False
        async for token in workload.answer_tokens_async(self.asked):
            self.answer += token
        self.can_ask = True

    async def run_job(self) -> None:
        self.jobs += 1
        self.crunched = ""
        self.can_crunch = False
        for step in range(1, workload.CRUNCH_STEPS + 1):
            self.progress = await run.io_bound(workload.crunch, self.jobs, step)
            self.progress_value = step / workload.CRUNCH_STEPS
        self.crunched = workload.crunched_text(self.jobs)
        self.can_crunch = True

    async def summarise_upload(self, e: events.UploadEventArguments) -> None:
        self.uploaded = await run.io_bound(workload.upload_summary, await e.file.read())


@ui.page("/", title="Orders")
def orders_page() -> None:
    report = Report()

    def show_orders() -> None:
        selected = report.select_orders()
        report.describe(selected)
        show_chart(selected)
        table.update_from_pandas(workload.top_orders(selected))

    def show_chart(selected: pd.DataFrame) -> None:
        chart.update_figure(workload.revenue_figure(selected, report.category, report.min_units, report.granularity))

    ui.markdown("# Orders")

    ui.markdown("## Counter")
    with ui.row(align_items="center"):
        ui.button("Increment", on_click=report.count_click).props("data-testid=increment")
        ui.label().bind_text_from(report, "count").props("data-testid=count")

    ui.markdown("## Greeting")
    with ui.row(align_items="center"):
        ui.input("Name", on_change=report.greet).bind_value(report, "name").props("data-testid=name")
        ui.label().bind_text_from(report, "greeting").props("data-testid=greeting")

    ui.markdown("## Filters")
    with ui.grid(columns=3).classes("w-full items-center gap-8"):
        ui.select(list(workload.CATEGORIES), label="Category", value=report.category, on_change=show_orders).bind_value(
            report, "category"
        ).props("data-testid=category")
        with ui.column().classes("gap-0"):
            ui.label("Minimum units")
            ui.slider(min=0, max=workload.MAX_MIN_UNITS, value=report.min_units, on_change=show_orders).bind_value(
                report, "min_units"
            ).props("label data-testid=min_units")
        ui.radio(
            list(workload.GRANULARITIES),
            value=report.granularity,
            on_change=lambda: show_chart(report.select_orders()),
        ).bind_value(report, "granularity").props("inline data-testid=granularity")

    with ui.grid(columns=4).classes("w-full"):
        with ui.card():
            ui.label("Orders")
            ui.label().bind_text_from(report, "orders").classes("text-lg").props("data-testid=orders")
        with ui.card():
            ui.label("Revenue")
            ui.label().bind_text_from(report, "revenue").classes("text-lg").props("data-testid=revenue")
        with ui.card():
            ui.label("Average price")
            ui.label().bind_text_from(report, "average_price").classes("text-lg").props("data-testid=average_price")
        with ui.card():
            ui.label("Top product")
            ui.label().bind_text_from(report, "top_product").classes("text-lg").props("data-testid=top_product")

    chart = ui.plotly({}).classes("w-full").props("data-testid=chart")
    ui.label().bind_text_from(report, "caption").props("data-testid=table")
    table = (
        ui.table.from_pandas(pd.DataFrame(), row_key="order_id").classes("w-full max-h-96").props("data-testid=rows")
    )

    ui.markdown("## Answer")
    ui.button("Ask", on_click=report.ask_question).bind_enabled_from(report, "can_ask").props("data-testid=ask")
    ui.label().bind_text_from(report, "answer").props("data-testid=answer")

    ui.markdown("## Job")
    with ui.row(align_items="center").classes("w-full"):
        ui.button("Crunch", on_click=report.run_job).bind_enabled_from(report, "can_crunch").props("data-testid=crunch")
        progress_bar = ui.linear_progress(show_value=False).bind_value_from(report, "progress_value")
        progress_bar.classes("w-64").props("instant-feedback")
        ui.label().bind_text_from(report, "progress").props("data-testid=progress")
    ui.label().bind_text_from(report, "crunched").props("data-testid=crunched")

    ui.markdown("## Upload")
    ui.upload(label="CSV file", auto_upload=True, on_upload=report.summarise_upload).props(
        "accept=.csv data-testid=upload"
    )
    ui.label().bind_text_from(report, "uploaded").props("data-testid=uploaded")

    show_orders()


ui.run(
    host="127.0.0.1",
    port=int(os.environ.get("PORT", "8080")),
    reload=False,
    show=False,
    reconnect_timeout=10.0,
)
