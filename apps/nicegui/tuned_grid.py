import os
from functools import partial

from nicegui import binding, ui

import workload


@binding.bindable_dataclass
class Cell:
    """A cell's value."""

    value: int = workload.DEFAULT_CELL_VALUE


@ui.page("/", title="Grid")
def grid_page() -> None:
    ui.markdown("# Grid")
    with ui.grid(columns="20rem auto").classes("items-center gap-x-8"):
        for index in range(workload.grid_cells()):
            cell = Cell()
            ui.slider(min=0, max=workload.MAX_CELL_VALUE, value=cell.value).bind_value(cell, "value").props(
                f"data-testid=slider-{index}"
            )
            ui.label().bind_text_from(cell, "value", partial(workload.cell_value, index)).props(
                f"data-testid=cell-{index}"
            )


ui.run(
    host="127.0.0.1",
    port=int(os.environ.get("PORT", "8080")),
    reload=False,
    show=False,
    reconnect_timeout=10.0,
    unocss="mini",
)
