from collections.abc import Iterator

import gradio as gr
import pandas as pd
import plotly.graph_objects as go

import workload

ORDERS = workload.orders()

with gr.Blocks(title="Orders") as demo:
    gr.Markdown("# Orders")

    gr.Markdown("## Counter")
    clicks = gr.State(0)
    with gr.Row():
        increment = gr.Button("Increment", elem_id="increment")
        count = gr.Textbox(workload.count_text(0), label="Count", elem_id="count")

    gr.Markdown("## Greeting")
    with gr.Row():
        name = gr.Textbox(label="Name", elem_id="name")
        greeting = gr.Textbox(label="Greeting", elem_id="greeting")

    gr.Markdown("## Filters")
    with gr.Row():
        category = gr.Dropdown(
            workload.CATEGORIES, value=workload.DEFAULT_CATEGORY, label="Category", elem_id="category"
        )
        min_units = gr.Slider(
            0, workload.MAX_MIN_UNITS, workload.DEFAULT_MIN_UNITS, step=1, label="Minimum units", elem_id="min_units"
        )
        granularity = gr.Radio(
            workload.GRANULARITIES, value=workload.DEFAULT_GRANULARITY, label="Granularity", elem_id="granularity"
        )

    gr.Markdown("## KPIs")
    with gr.Row():
        order_count = gr.Textbox(label="Orders", elem_id="orders")
        revenue = gr.Textbox(label="Revenue", elem_id="revenue")
        average_price = gr.Textbox(label="Average price", elem_id="average_price")
        top_product = gr.Textbox(label="Top product", elem_id="top_product")

    gr.Markdown("## Chart")
    chart = gr.Plot(label="Revenue", elem_id="chart")
    gr.Markdown("## Table")
    caption = gr.Markdown(elem_id="table")
    table = gr.Dataframe(elem_id="rows")

    gr.Markdown("## Answer")
    asked = gr.State(0)
    ask = gr.Button("Ask", elem_id="ask")
    answer = gr.Textbox(label="Answer", lines=3, elem_id="answer")

    gr.Markdown("## Job")
    jobs = gr.State(0)
    crunch = gr.Button("Crunch", elem_id="crunch")
    with gr.Row():
        progress = gr.Textbox(label="Progress", elem_id="progress")
        crunched = gr.Textbox(label="Result", elem_id="crunched")

    gr.Markdown("## Upload")
    with gr.Row():
        upload = gr.File(label="CSV file", file_types=[".csv"], elem_id="upload")
        uploaded = gr.Textbox(label="Uploaded", elem_id="uploaded")

    @increment.click(inputs=clicks, outputs=[clicks, count], trigger_mode="multiple")
    def count_click(clicks: int) -> tuple[int, str]:
        return clicks + 1, workload.count_text(clicks + 1)

    @gr.on(inputs=name, outputs=greeting)
    def greet(name: str) -> str:
        return workload.greeting_text(name)

    @gr.on(
        inputs=[category, min_units, granularity],
        outputs=[order_count, revenue, average_price, top_product, chart, caption, table],
    )
    def show_orders(
        category: str, min_units: int, granularity: str
    ) -> tuple[str, str, str, str, go.Figure, str, pd.DataFrame]:
        selected = workload.select_orders(ORDERS, category, min_units)
        kpis = workload.kpis(selected, category, min_units)
        return (
            kpis["orders"],
            kpis["revenue"],
            kpis["average_price"],
            kpis["top_product"],
            go.Figure(workload.revenue_figure(selected, category, min_units, granularity)),
            workload.table_caption(selected, category, min_units),
            workload.top_orders(selected),
        )

    @ask.click(inputs=asked, outputs=[asked, answer])
    def reply(asked: int) -> Iterator[tuple[int, str]]:
        answer = ""
        for token in workload.answer_tokens(asked + 1):
            answer += token
            yield asked + 1, answer

    @crunch.click(inputs=jobs, outputs=[jobs, progress, crunched], show_progress_on=crunched)
    def run_job(jobs: int, bar: gr.Progress = gr.Progress()) -> Iterator[tuple[int, str, str]]:  # noqa: B008
        job, text = jobs + 1, ""
        for step in range(1, workload.CRUNCH_STEPS + 1):
            text = workload.crunch(job, step)
            bar((step, workload.CRUNCH_STEPS))
            yield job, text, ""
        yield job, text, workload.crunched_text(job)

    upload.upload(workload.upload_summary, inputs=upload, outputs=uploaded)

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", quiet=True, ssr_mode=False)
