import panel as pn

import workload

pn.extension()


def cell(index: int) -> pn.Row:
    slider = pn.widgets.IntSlider(
        label=f"Cell {index}",
        value=workload.DEFAULT_CELL_VALUE,
        start=0,
        end=workload.MAX_CELL_VALUE,
        css_classes=[f"slider-{index}"],
    )
    value = pn.bind(workload.cell_value, index, slider)
    return pn.Row(slider, pn.pane.Markdown(value, css_classes=[f"cell-{index}"]))


pn.Column("# Grid", *map(cell, range(workload.grid_cells()))).servable(title="Grid")
