import reflex as rx
from frontend import with_frontend

import workload


class State(rx.State):
    values: list[int] = [workload.DEFAULT_CELL_VALUE] * workload.grid_cells()

    @rx.var
    def texts(self) -> list[str]:
        return [workload.cell_value(index, value) for index, value in enumerate(self.values)]

    @rx.event
    def set_value(self, index: int, value: list[int | float]):
        self.values[index] = int(value[0])


def cell(text: str, index: int) -> rx.Component:
    return rx.card(
        rx.vstack(
            rx.slider(
                default_value=workload.DEFAULT_CELL_VALUE,
                max=workload.MAX_CELL_VALUE,
                on_value_commit=State.set_value(index),
                id=f"slider-{index}",
            ),
            rx.text(text, id=f"cell-{index}"),
        )
    )


def index() -> rx.Component:
    return rx.container(
        rx.vstack(
            rx.heading("Grid", size="8"),
            rx.grid(rx.foreach(State.texts, cell), columns="4", spacing="4", width="100%"),
        ),
        size="4",
    )


app = rx.App(api_transformer=with_frontend)
app.add_page(index, title="Grid")
