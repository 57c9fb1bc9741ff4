from trame.app import TrameApp
from trame.decorators import change
from trame.ui.html import DivLayout
from trame.widgets import client, html

import workload

SLIDERS = [f"slider_{index}" for index in range(workload.grid_cells())]


class GridApp(TrameApp):
    def __init__(self, server=None):
        super().__init__(server)
        self.state.trame__title = "Grid"
        self._build_ui()

    @change(*SLIDERS)
    def update_cells(self, **_):
        for index, slider in enumerate(SLIDERS):
            if slider in self.state.modified_keys:
                self.state[f"cell_{index}"] = workload.cell_value(index, self.state[slider])

    def _build_ui(self):
        with DivLayout(self.server) as self.ui:
            client.Style("body { font-family: sans-serif }")
            html.H1("Grid")
            for index, slider in enumerate(SLIDERS):
                with html.Div():
                    html.Input(
                        id=f"slider-{index}",
                        type="range",
                        min=0,
                        max=workload.MAX_CELL_VALUE,
                        step=1,
                        v_model_number=(slider, workload.DEFAULT_CELL_VALUE),
                    )
                    html.Span(f"{{{{ cell_{index} }}}}", id=f"cell-{index}")


def main():
    app = GridApp()
    app.server.start()


if __name__ == "__main__":
    main()
