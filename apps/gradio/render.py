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
                with gr.Row():
                    gr.Textbox(kpis["orders"], label="Orders", elem_id="orders")
                    gr.Textbox(kpis["revenue"], label="Revenue", elem_id="revenue")
                    gr.Textbox(kpis["average_price"], label="Average price", elem_id="average_price")
                    gr.Textbox(kpis["top_product"], label="Top product", elem_id="top_product")
                figure = workload.revenue_figure(selected, category, min_units, granularity)
                gr.Plot(go.Figure(figure), label="Revenue", elem_id="chart")
                gr.Markdown(workload.table_caption(selected, category, min_units), elem_id="table")
                gr.Dataframe(workload.top_orders(selected), elem_id="rows")

    increment.click(lambda clicks: clicks + 1, inputs=clicks, outputs=clicks, trigger_mode="multiple")

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", quiet=True, ssr_mode=False)
