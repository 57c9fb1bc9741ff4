import solara

import workload

values = [solara.reactive(workload.DEFAULT_CELL_VALUE) for _ in range(workload.grid_cells())]


@solara.component
def Page():
    solara.Title("Grid")
    with solara.Column(margin=4):
        solara.Markdown("# Grid")
        for index, value in enumerate(values):
            with solara.Column(classes=[f"slider-{index}"]):
                solara.SliderInt(f"Cell {index}", value=value, max=workload.MAX_CELL_VALUE)
                solara.Text(workload.cell_value(index, value.value), classes=[f"cell-{index}"])
