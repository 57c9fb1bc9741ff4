from shiny import App, Inputs, Outputs, Session, module, render, ui

import workload


@module.ui
def cell_ui(index: int) -> ui.Tag:
    return ui.layout_columns(
        ui.input_slider("slider", f"Cell {index}", 0, workload.MAX_CELL_VALUE, workload.DEFAULT_CELL_VALUE),
        ui.output_text("value"),
    )


@module.server
def cell_server(input: Inputs, output: Outputs, session: Session, index: int) -> None:
    @render.text
    def value() -> str:
        return workload.cell_value(index, input.slider())


app_ui = ui.page_fixed(
    ui.panel_title("Grid"),
    [cell_ui(f"cell_{index}", index) for index in range(workload.grid_cells())],
)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    for index in range(workload.grid_cells()):
        cell_server(f"cell_{index}", index)


app = App(app_ui, server)
