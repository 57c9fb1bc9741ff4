from functools import partial

import gradio as gr

import workload

with gr.Blocks(title="Grid") as demo:
    gr.Markdown("# Grid")
    for index in range(workload.grid_cells()):
        with gr.Row():
            slider = gr.Slider(
                0,
                workload.MAX_CELL_VALUE,
                workload.DEFAULT_CELL_VALUE,
                step=1,
                label=f"Cell {index}",
                elem_id=f"slider-{index}",
            )
            value = gr.Textbox(label="Value", elem_id=f"cell-{index}")
        gr.on(fn=partial(workload.cell_value, index), inputs=slider, outputs=value)

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", quiet=True, ssr_mode=False)
