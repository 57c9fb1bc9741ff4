import panel as pn

import workload

pn.extension()


@pn.cache(max_items=1000)
def cell_value(index: int, value: int) -> str:
    return workload.cell_value(index, value)


def cell(index: int) -> pn.Row:
    slider = pn.widgets.IntSlider(
        label=f"Cell {index}",
        value=workload.DEFAULT_CELL_VALUE,
        start=0,
        end=workload.MAX_CELL_VALUE,
        css_classes=[f"slider-{index}"],
    )
    value = pn.bind(cell_value, index, slider)
    return pn.Row(slider, pn.pane.Markdown(value, css_classes=[f"cell-{index}"]))


pn.Column("# Grid", *map(cell, range(workload.grid_cells()))).servable(title="Grid")
