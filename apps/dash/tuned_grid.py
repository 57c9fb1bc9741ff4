from dash import MATCH, Dash, Input, Output, State, callback, dcc, html

import workload

app = Dash(title="Grid")


def serve_layout():
    return [
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
                        html.Output(
                            workload.cell_value(index, workload.DEFAULT_CELL_VALUE), id={"type": "cell", "index": index}
                        ),
                    ],
                    className="cell",
                )
                for index in range(workload.grid_cells())
            ]
        ),
    ]


app.layout = serve_layout


@callback(
    Output({"type": "cell", "index": MATCH}, "children"),
    Input({"type": "slider", "index": MATCH}, "value"),
    State({"type": "slider", "index": MATCH}, "id"),
    prevent_initial_call=True,
)
def update_cell(value, id):
    return workload.cell_value(id["index"], value)
