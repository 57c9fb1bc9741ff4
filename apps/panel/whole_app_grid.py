import panel as pn

import workload

pn.extension()


def show(*values: int) -> pn.Column:
    return pn.Column(
        *(
            pn.pane.Markdown(workload.cell_value(index, value), css_classes=[f"cell-{index}"])
            for index, value in enumerate(values)
        )
    )


sliders = [
    pn.widgets.IntSlider(
        label=f"Cell {index}",
        value=workload.DEFAULT_CELL_VALUE,
        start=0,
        end=workload.MAX_CELL_VALUE,
        css_classes=[f"slider-{index}"],
    )
    for index in range(workload.grid_cells())
]

pn.Column("# Grid", pn.Row(pn.Column(*sliders), pn.bind(show, *sliders))).servable(title="Grid")
