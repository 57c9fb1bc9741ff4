import os

from nicegui import ui

import workload


def cell(index: int) -> None:
    slider = ui.slider(
        min=0,
        max=workload.MAX_CELL_VALUE,
        value=workload.DEFAULT_CELL_VALUE,
        on_change=lambda: show_value.refresh(),
    ).props(f"data-testid=slider-{index}")

    @ui.refreshable
    def show_value() -> None:
        ui.label(workload.cell_value(index, slider.value)).props(f"data-testid=cell-{index}")

    show_value()


@ui.page("/", title="Grid")
def grid_page() -> None:
    ui.markdown("# Grid")
    with ui.grid(columns="20rem auto").classes("items-center gap-x-8"):
        for index in range(workload.grid_cells()):
            cell(index)


ui.run(
    host="127.0.0.1",
    port=int(os.environ.get("PORT", "8080")),
    reload=False,
    show=False,
    reconnect_timeout=10.0,
)
