import os

import pandas as pd
from nicegui import events, run, ui

import workload

ORDERS = workload.orders()


@ui.page("/", title="Orders")
def orders_page() -> None:
    clicks = asked = jobs = steps = 0
    answer = progress = crunched = uploaded = ""

    def count_click() -> None:
        nonlocal clicks
        clicks += 1
        show_count.refresh()

    def select_orders() -> pd.DataFrame:
        return workload.select_orders(ORDERS, category.value, min_units.value)

    async def ask_question() -> None:
        nonlocal asked, answer
        asked += 1
        answer = ""
        ask.disable()
        async for token in workload.answer_tokens_async(asked):
            answer += token
            show_answer.refresh()
        ask.enable()

    async def run_job() -> None:
        nonlocal jobs, steps, progress, crunched
        jobs += 1
        crunched = ""
        crunch.disable()
        for steps in range(1, workload.CRUNCH_STEPS + 1):
            progress = await run.io_bound(workload.crunch, jobs, steps)
            show_job.refresh()
        crunched = workload.crunched_text(jobs)
        show_job.refresh()
        crunch.enable()

    async def summarise_upload(e: events.UploadEventArguments) -> None:
        nonlocal uploaded
        uploaded = await run.io_bound(workload.upload_summary, await e.file.read())
        show_upload.refresh()

    @ui.refreshable
    def show_count() -> None:
        ui.label(workload.count_text(clicks)).props("data-testid=count")

    @ui.refreshable
    def show_greeting() -> None:
        ui.label(workload.greeting_text(name.value)).props("data-testid=greeting")

    @ui.refreshable
    def show_orders() -> None:
        selected = select_orders()
        kpis = workload.kpis(selected, category.value, min_units.value)
        with ui.grid(columns=4).classes("w-full"):
            with ui.card():
                ui.label("Orders")
                ui.label(kpis["orders"]).classes("text-lg").props("data-testid=orders")
            with ui.card():
                ui.label("Revenue")
                ui.label(kpis["revenue"]).classes("text-lg").props("data-testid=revenue")
            with ui.card():
                ui.label("Average price")
                ui.label(kpis["average_price"]).classes("text-lg").props("data-testid=average_price")
            with ui.card():
                ui.label("Top product")
                ui.label(kpis["top_product"]).classes("text-lg").props("data-testid=top_product")
        show_chart(selected)
        ui.label(workload.table_caption(selected, category.value, min_units.value)).props("data-testid=table")
        table = ui.table.from_pandas(workload.top_orders(selected), row_key="order_id")
        table.classes("w-full max-h-96").props("data-testid=rows")

    @ui.refreshable
    def show_chart(selected: pd.DataFrame) -> None:
        figure = workload.revenue_figure(selected, category.value, min_units.value, granularity.value)
        ui.plotly(figure).classes("w-full").props("data-testid=chart")

    @ui.refreshable
    def show_answer() -> None:
        ui.label(answer).props("data-testid=answer")

    @ui.refreshable
    def show_job() -> None:
        with ui.row(align_items="center"):
            ui.linear_progress(steps / workload.CRUNCH_STEPS, show_value=False).classes("w-64")
            ui.label(progress).props("data-testid=progress")
        ui.label(crunched).props("data-testid=crunched")

    @ui.refreshable
    def show_upload() -> None:
        ui.label(uploaded).props("data-testid=uploaded")

    ui.markdown("# Orders")

    ui.markdown("## Counter")
    with ui.row(align_items="center"):
        ui.button("Increment", on_click=count_click).props("data-testid=increment")
        show_count()

    ui.markdown("## Greeting")
    with ui.row(align_items="center"):
        name = ui.input("Name", on_change=show_greeting.refresh).props("data-testid=name")
        show_greeting()

    ui.markdown("## Filters")
    with ui.grid(columns=3).classes("w-full items-center gap-8"):
        category = ui.select(
            list(workload.CATEGORIES),
            label="Category",
            value=workload.DEFAULT_CATEGORY,
            on_change=show_orders.refresh,
        ).props("data-testid=category")
        with ui.column().classes("gap-0"):
            ui.label("Minimum units")
            min_units = ui.slider(
                min=0,
                max=workload.MAX_MIN_UNITS,
                value=workload.DEFAULT_MIN_UNITS,
                on_change=show_orders.refresh,
            ).props("label data-testid=min_units")
        granularity = ui.radio(
            list(workload.GRANULARITIES),
            value=workload.DEFAULT_GRANULARITY,
            on_change=lambda: show_chart.refresh(select_orders()),
        ).props("inline data-testid=granularity")

    show_orders()

    ui.markdown("## Answer")
    ask = ui.button("Ask", on_click=ask_question).props("data-testid=ask")
    show_answer()

    ui.markdown("## Job")
    crunch = ui.button("Crunch", on_click=run_job).props("data-testid=crunch")
    show_job()

    ui.markdown("## Upload")
    ui.upload(label="CSV file", auto_upload=True, on_upload=summarise_upload).props("accept=.csv data-testid=upload")
    show_upload()


ui.run(
    host="127.0.0.1",
    port=int(os.environ.get("PORT", "8080")),
    reload=False,
    show=False,
    reconnect_timeout=10.0,
)
