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
    text = pn.pane.Markdown(cell_value(index, slider.value), css_classes=[f"cell-{index}"])

    def show(value: int) -> None:
        text.object = cell_value(index, value)

    pn.bind(show, slider, watch=True)
    return pn.Row(slider, text)


pn.Column("# Grid", *map(cell, range(workload.grid_cells()))).servable(title="Grid")
