import os

import pandas as pd
from nicegui import events, run, ui

import workload

ORDERS = workload.orders()


@ui.page("/", title="Orders")
def orders_page() -> None:
    clicks = asked = jobs = 0

    def count_click() -> None:
        nonlocal clicks
        clicks += 1
        count.text = workload.count_text(clicks)

    def select_orders() -> pd.DataFrame:
        return workload.select_orders(ORDERS, category.value, min_units.value)

    def show_orders() -> None:
        selected = select_orders()
        kpis = workload.kpis(selected, category.value, min_units.value)
        order_count.text = kpis["orders"]
        revenue.text = kpis["revenue"]
        average_price.text = kpis["average_price"]
        top_product.text = kpis["top_product"]
        show_chart(selected)
        caption.text = workload.table_caption(selected, category.value, min_units.value)
        table.update_from_pandas(workload.top_orders(selected))

    def show_chart(selected: pd.DataFrame) -> None:
        chart.update_figure(workload.revenue_figure(selected, category.value, min_units.value, granularity.value))

    async def ask_question() -> None:
        nonlocal asked
        asked += 1
        answer.text = ""
        ask.disable()
        async for token in workload.answer_tokens_async(asked):
            answer.text += token
        ask.enable()

    async def run_job() -> None:
        nonlocal jobs
        jobs += 1
        crunched.text = ""
        crunch.disable()
        for step in range(1, workload.CRUNCH_STEPS + 1):
            progress.text = await run.io_bound(workload.crunch, jobs, step)
            progress_bar.value = step / workload.CRUNCH_STEPS
        crunched.text = workload.crunched_text(jobs)
        crunch.enable()

    async def summarise_upload(e: events.UploadEventArguments) -> None:
        uploaded.text = await run.io_bound(workload.upload_summary, await e.file.read())

    ui.markdown("# Orders")

    ui.markdown("## Counter")
    with ui.row(align_items="center"):
        ui.button("Increment", on_click=count_click).props("data-testid=increment")
        count = ui.label(workload.count_text(0)).props("data-testid=count")

    ui.markdown("## Greeting")
    with ui.row(align_items="center"):
        ui.input("Name", on_change=lambda e: greeting.set_text(workload.greeting_text(e.value))).props(
            "data-testid=name"
        )
        greeting = ui.label(workload.greeting_text("")).props("data-testid=greeting")

    ui.markdown("## Filters")
    with ui.grid(columns=3).classes("w-full items-center gap-8"):
        category = ui.select(
            list(workload.CATEGORIES), label="Category", value=workload.DEFAULT_CATEGORY, on_change=show_orders
        ).props("data-testid=category")
        with ui.column().classes("gap-0"):
            ui.label("Minimum units")
            min_units = ui.slider(
                min=0, max=workload.MAX_MIN_UNITS, value=workload.DEFAULT_MIN_UNITS, on_change=show_orders
            ).props("label data-testid=min_units")
        granularity = ui.radio(
            list(workload.GRANULARITIES),
            value=workload.DEFAULT_GRANULARITY,
            on_change=lambda: show_chart(select_orders()),
        ).props("inline data-testid=granularity")

    with ui.grid(columns=4).classes("w-full"):
        with ui.card():
            ui.label("Orders")
            order_count = ui.label().classes("text-lg").props("data-testid=orders")
        with ui.card():
            ui.label("Revenue")
            revenue = ui.label().classes("text-lg").props("data-testid=revenue")
        with ui.card():
            ui.label("Average price")
            average_price = ui.label().classes("text-lg").props("data-testid=average_price")
        with ui.card():
            ui.label("Top product")
            top_product = ui.label().classes("text-lg").props("data-testid=top_product")

    chart = ui.plotly({}).classes("w-full").props("data-testid=chart")
    caption = ui.label().props("data-testid=table")
    table = (
        ui.table.from_pandas(pd.DataFrame(), row_key="order_id").classes("w-full max-h-96").props("data-testid=rows")
    )

    ui.markdown("## Answer")
    ask = ui.button("Ask", on_click=ask_question).props("data-testid=ask")
    answer = ui.label().props("data-testid=answer")

    ui.markdown("## Job")
    with ui.row(align_items="center").classes("w-full"):
        crunch = ui.button("Crunch", on_click=run_job).props("data-testid=crunch")
        progress_bar = ui.linear_progress(show_value=False).classes("w-64").props("instant-feedback")
        progress = ui.label().props("data-testid=progress")
    crunched = ui.label().props("data-testid=crunched")

    ui.markdown("## Upload")
    ui.upload(label="CSV file", auto_upload=True, on_upload=summarise_upload).props("accept=.csv data-testid=upload")
    uploaded = ui.label().props("data-testid=uploaded")

    show_orders()


ui.run(
    host="127.0.0.1",
    port=int(os.environ.get("PORT", "8080")),
    reload=False,
    show=False,
    reconnect_timeout=10.0,
)
