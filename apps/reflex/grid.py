import reflex as rx
from frontend import with_frontend

import workload


class Cell(rx.ComponentState):
    value: int = workload.DEFAULT_CELL_VALUE
    _index: int = 0

    @rx.var
    def text(self) -> str:
        return workload.cell_value(self._index, self.value)

    @rx.event
    def set_value(self, value: list[int | float]):
        self.value = int(value[0])

    @classmethod
    def get_component(cls, index: int) -> rx.Component:
        cls.__fields__["_index"].set_default(index)
        return rx.card(
            rx.vstack(
                rx.slider(
                    default_value=workload.DEFAULT_CELL_VALUE,
                    max=workload.MAX_CELL_VALUE,
                    on_value_commit=cls.set_value,
                    id=f"slider-{index}",
                ),
                rx.text(cls.text, id=f"cell-{index}"),
            )
        )


def index() -> rx.Component:
    return rx.container(
        rx.vstack(
            rx.heading("Grid", size="8"),
            rx.grid(
                *[Cell.create(index) for index in range(workload.grid_cells())], columns="4", spacing="4", width="100%"
            ),
        ),
        size="4",
    )


app = rx.App(api_transformer=with_frontend)
app.add_page(index, title="Grid")
