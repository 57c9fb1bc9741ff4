from collections.abc import Callable
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
def Grid() -> VdomDict:
    values, set_values = use_state([workload.DEFAULT_CELL_VALUE] * workload.grid_cells())

    def make_change_handler(index: int) -> Callable[[dict[str, Any]], None]:
        def handle_change(event: dict[str, Any]) -> None:
            value = int(event["target"]["value"])
            set_values(lambda values: [*values[:index], value, *values[index + 1 :]])

        return handle_change

    return html.main(
        html.h1("Grid"),
        html.section(
            [
                html.div(
                    {"key": index, "class_name": "cell"},
                    html.input(
                        {
                            "id": f"slider-{index}",
                            "type": "range",
                            "max": workload.MAX_CELL_VALUE,
                            "value": value,
                            "on_change": make_change_handler(index),
                        }
                    ),
                    html.output({"id": f"cell-{index}"}, workload.cell_value(index, value)),
                )
                for index, value in enumerate(values)
            ]
        ),
    )


app = Starlette(routes=[Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))])
configure(
    app,
    Grid,
    Options(head=html.head(html.title("Grid"), html.link({"rel": "stylesheet", "href": "/static/page.css"}))),
)
