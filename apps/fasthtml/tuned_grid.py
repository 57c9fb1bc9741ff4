from fasthtml.common import Div, Input, Link, Output, Script, Titled, charset, fast_app, viewport
from local_headers import ICON, SCRIPTS

import workload

app, rt = fast_app(
    default_hdrs=False,
    hdrs=(
        charset,
        viewport,
        Script(src="/scripts/htmx.org/dist/htmx.min.js"),
        Link(rel="stylesheet", href="/style.css"),
        ICON,
    ),
    routes=SCRIPTS,
)


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
                cls="cell",
            )
            for index in range(workload.grid_cells())
        ),
    )


@rt
def cell(index: int, value: int) -> str:
    return workload.cell_value(index, value)
