from dash import ALL, Dash, Input, Output, callback, dcc, html

import workload

app = Dash(title="Grid")

app.layout = [
    html.H1("Grid"),
    html.Section(
        [
            html.Div(
                [
                    dcc.Slider(
                        0,
                        workload.MAX_CELL_VALUE,
                        1,
                        value=workload.DEFAULT_CELL_VALUE,
                        id={"type": "slider", "index": index},
                    ),
                    html.Output(id={"type": "cell", "index": index}),
                ],
                className="cell",
            )
            for index in range(workload.grid_cells())
        ]
    ),
]


@callback(
    Output({"type": "cell", "index": ALL}, "children"),
    Input({"type": "slider", "index": ALL}, "value"),
)
def update_cells(values):
    return [workload.cell_value(index, value) for index, value in enumerate(values)]
