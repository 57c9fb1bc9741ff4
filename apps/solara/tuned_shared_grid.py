import solara

import workload


@solara.memoize(storage=solara.cache.Memory(max_items=4000))
def cell_text(index: int, value: int) -> str:
    return workload.cell_value(index, value)


@solara.component
def Cell(index: int):
    value = solara.use_reactive(workload.DEFAULT_CELL_VALUE)
    with solara.Column(classes=[f"slider-{index}"]):
        solara.SliderInt(f"Cell {index}", value=value, max=workload.MAX_CELL_VALUE)
        solara.Text(cell_text(index, value.value), classes=[f"cell-{index}"])


@solara.component
def Page():
    solara.Title("Grid")
    with solara.Column(margin=4):
        solara.HTML("h1", unsafe_innerHTML="Grid")
        for index in range(workload.grid_cells()):
            Cell(index)
