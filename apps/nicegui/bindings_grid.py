import os

from nicegui import ui

import workload


class Cell:
    """A cell's value, and the text computed from it."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.value = workload.DEFAULT_CELL_VALUE
        self.compute()

    def compute(self) -> None:
        self.text = workload.cell_value(self.index, self.value)


@ui.page("/", title="Grid")
def grid_page() -> None:
    ui.markdown("# Grid")
    with ui.grid(columns="20rem auto").classes("items-center gap-x-8"):
        for index in range(workload.grid_cells()):
            cell = Cell(index)
            ui.slider(min=0, max=workload.MAX_CELL_VALUE, value=cell.value, on_change=cell.compute).bind_value(
                cell, "value"
            ).props(f"data-testid=slider-{index}")
            ui.label().bind_text_from(cell, "text").props(f"data-testid=cell-{index}")


ui.run(
    host="127.0.0.1",
    port=int(os.environ.get("PORT", "8080")),
    reload=False,
    show=False,
    reconnect_timeout=10.0,
)
