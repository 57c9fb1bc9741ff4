from collections.abc import Iterator

import gradio as gr
import plotly.graph_objects as go

import workload

ORDERS = workload.orders()

with gr.Blocks(title="Orders") as demo:
    gr.Markdown("# Orders")
    clicks = gr.State(0)
    with gr.Row():
        with gr.Column(scale=1):
            increment = gr.Button("Increment", elem_id="increment")
            name = gr.Textbox(label="Name", elem_id="name")
            category = gr.Dropdown(
                workload.CATEGORIES, value=workload.DEFAULT_CATEGORY, label="Category", elem_id="category"
            )
            min_units = gr.Slider(
                0,
                workload.MAX_MIN_UNITS,
                workload.DEFAULT_MIN_UNITS,
                step=1,
                label="Minimum units",
                elem_id="min_units",
            )
            granularity = gr.Radio(
                workload.GRANULARITIES, value=workload.DEFAULT_GRANULARITY, label="Granularity", elem_id="granularity"
            )

        with gr.Column(scale=4):

            @gr.render(inputs=[clicks, name, category, min_units, granularity])
            def show(clicks: int, name: str, category: str, min_units: int, granularity: str) -> None:
                selected = workload.select_orders(ORDERS, category, min_units)
                kpis = workload.kpis(selected, category, min_units)
                with gr.Row():
                    gr.Textbox(workload.count_text(clicks), label="Count", elem_id="count")
                    gr.Textbox(workload.greeting_text(name), label="Greeting", elem_id="greeting")
                gr.Markdown("## KPIs")
                with gr.Row():
                    gr.Textbox(kpis["orders"], label="Orders", elem_id="orders")
                    gr.Textbox(kpis["revenue"], label="Revenue", elem_id="revenue")
                    gr.Textbox(kpis["average_price"], label="Average price", elem_id="average_price")
                    gr.Textbox(kpis["top_product"], label="Top product", elem_id="top_product")
                gr.Markdown("## Chart")
                figure = workload.revenue_figure(selected, category, min_units, granularity)
                gr.Plot(go.Figure(figure), label="Revenue", elem_id="chart")
                gr.Markdown("## Table")
                gr.Markdown(workload.table_caption(selected, category, min_units), elem_id="table")
                gr.Dataframe(workload.top_orders(selected), elem_id="rows")

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

    increment.click(lambda clicks: clicks + 1, inputs=clicks, outputs=clicks, trigger_mode="multiple")

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
