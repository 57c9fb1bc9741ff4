from dash import MATCH, Dash, Input, Output, State, callback, dcc, html

import workload

app = Dash(title="Grid", backend="fastapi", websocket_callbacks=True)
server = app.server

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
    Output({"type": "cell", "index": MATCH}, "children"),
    Input({"type": "slider", "index": MATCH}, "value"),
    State({"type": "slider", "index": MATCH}, "id"),
)
def update_cell(value, id):
    return workload.cell_value(id["index"], value)
