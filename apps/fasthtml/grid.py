from fasthtml.common import Div, Input, Output, Titled, fast_app
from local_headers import DEFAULT_HEADERS, ICON, SCRIPTS

import workload

app, rt = fast_app(default_hdrs=False, hdrs=(*DEFAULT_HEADERS, ICON), routes=SCRIPTS)


@rt
def index() -> tuple:
    return Titled(
        "Grid",
        *(
            Div(
                Input(
                    id=f"slider-{index}",
                    name="value",
                    type="range",
                    max=workload.MAX_CELL_VALUE,
                    value=workload.DEFAULT_CELL_VALUE,
                    hx_post=cell.to(index=index),
                    hx_target=f"#cell-{index}",
                ),
                Output(workload.cell_value(index, workload.DEFAULT_CELL_VALUE), id=f"cell-{index}"),
            )
            for index in range(workload.grid_cells())
        ),
    )


@rt
def cell(index: int, value: int) -> str:
    return workload.cell_value(index, value)
