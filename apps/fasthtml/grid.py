import os

from fasthtml.common import H1, Div, Input, Link, Main, Output, Script, fast_app
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

import workload

app, rt = fast_app(
    default_hdrs=False,
    routes=[
        Mount("/scripts", StaticFiles(directory=os.environ["SCRIPTS"])),
    ],
    hdrs=(
        Link(rel="icon", href="data:,"),
        Link(rel="stylesheet", href="/style.css"),
        Script(src="/scripts/htmx.org/dist/htmx.js"),
    ),
)


@rt
def index() -> Main:
    return Main(
        H1("Grid"),
        *(
            Div(
                Input(
                    id=f"slider-{index}",
                    name="value",
                    type="range",
                    max=workload.MAX_CELL_VALUE,
                    value=workload.DEFAULT_CELL_VALUE,
                    hx_post=cell.to(index=index),
                    hx_trigger="input",
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
