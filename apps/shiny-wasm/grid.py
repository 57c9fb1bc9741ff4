from shiny import Inputs, Outputs, Session
from shiny.express import module, render, ui

import workload

ui.page_opts(title="Grid")


@module
def cell(input: Inputs, output: Outputs, session: Session, index: int) -> None:
    with ui.layout_columns():
        ui.input_slider("slider", f"Cell {index}", 0, workload.MAX_CELL_VALUE, workload.DEFAULT_CELL_VALUE)

        @render.text
        def value() -> str:
            return workload.cell_value(index, input.slider())


for index in range(workload.grid_cells()):
    cell(f"cell_{index}", index)
