import gradio as gr

import workload

with gr.Blocks(title="Grid") as demo:
    gr.Markdown("# Grid")
    with gr.Row():
        with gr.Column():
            sliders = [
                gr.Slider(
                    0,
                    workload.MAX_CELL_VALUE,
                    workload.DEFAULT_CELL_VALUE,
                    step=1,
                    label=f"Cell {index}",
                    elem_id=f"slider-{index}",
                )
                for index in range(workload.grid_cells())
            ]
        with gr.Column():

            @gr.render(inputs=sliders)
            def show(*values: int) -> None:
                for index, value in enumerate(values):
                    gr.Textbox(workload.cell_value(index, value), label=f"Cell {index}", elem_id=f"cell-{index}")


if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", quiet=True, ssr_mode=False)
