from shiny import reactive
from shiny.express import expressify, input, output, render, ui

import workload

ui.page_opts(title="Grid")


@reactive.calc
def values() -> list[str]:
    return [workload.cell_value(index, input[f"slider_{index}"]()) for index in range(workload.grid_cells())]


@expressify
def cell(index: int) -> None:
    with ui.layout_columns():
        ui.input_slider(f"slider_{index}", f"Cell {index}", 0, workload.MAX_CELL_VALUE, workload.DEFAULT_CELL_VALUE)

        @output(id=f"value_{index}")
        @render.text
        def _() -> str:
            return values()[index]


for index in range(workload.grid_cells()):
    cell(index)
