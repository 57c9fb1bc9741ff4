import solara

import workload


@solara.component
def Cell(index: int):
    value = solara.use_reactive(workload.DEFAULT_CELL_VALUE)
    with solara.Column(classes=[f"slider-{index}"]):
        solara.SliderInt(f"Cell {index}", value=value, max=workload.MAX_CELL_VALUE)
        solara.Text(workload.cell_value(index, value.value), classes=[f"cell-{index}"])


@solara.component
def Page():
    solara.Title("Grid")
    with solara.Column(margin=4):
        solara.Markdown("# Grid")
        for index in range(workload.grid_cells()):
            Cell(index)
