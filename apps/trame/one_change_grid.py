from trame.app import TrameApp
from trame.decorators import change
from trame.ui.vuetify3 import SinglePageLayout
from trame.widgets import html
from trame.widgets import vuetify3 as v3

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
            self.state[f"cell_{index}"] = workload.cell_value(index, self.state[slider])

    def _build_ui(self):
        with SinglePageLayout(self.server) as self.ui:
            self.ui.title.set_text("Grid")
            self.ui.icon.hide()
            with self.ui.content, v3.VContainer():
                for index, slider in enumerate(SLIDERS):
                    with v3.VRow(align="center"):
                        with v3.VCol(cols=6):
                            v3.VSlider(
                                id=f"slider-{index}",
                                v_model=(slider, workload.DEFAULT_CELL_VALUE),
                                min=0,
                                max=workload.MAX_CELL_VALUE,
                                step=1,
                                hide_details=True,
                            )
                        with v3.VCol(cols=6):
                            html.Span(f"{{{{ cell_{index} }}}}", id=f"cell-{index}")


def main():
    app = GridApp()
    app.server.start()


if __name__ == "__main__":
    main()
