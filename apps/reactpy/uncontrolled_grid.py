from pathlib import Path
from typing import Any

from reactpy import component, html, use_state
from reactpy.backend.starlette import Options, configure
from reactpy.types import VdomDict
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

import workload


@component
def Cell(index: int) -> VdomDict:
    value, set_value = use_state(workload.DEFAULT_CELL_VALUE)

    def handle_change(event: dict[str, Any]) -> None:
        set_value(int(event["target"]["value"]))

    return html.div(
        {"class_name": "cell"},
        html.input(
            {
                "id": f"slider-{index}",
                "type": "range",
                "max": workload.MAX_CELL_VALUE,
                "default_value": workload.DEFAULT_CELL_VALUE,
                "on_change": handle_change,
            }
        ),
        html.output({"id": f"cell-{index}"}, workload.cell_value(index, value)),
    )


@component
def Grid() -> VdomDict:
    return html.main(
        html.h1("Grid"),
        html.section([Cell(index, key=index) for index in range(workload.grid_cells())]),
    )


app = Starlette(routes=[Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))])
configure(
    app,
    Grid,
    Options(head=html.head(html.title("Grid"), html.link({"rel": "stylesheet", "href": "/static/page.css"}))),
)
