import base64
import os
import uuid

import dash_ag_grid as dag
from celery import Celery
from dash import CeleryManager, Dash, Input, Output, State, callback, dcc, html

import workload

ORDERS = workload.orders()
COLUMNS = [
    {"field": "share", "minWidth": 130},
    {"field": "order_id"},
    {"field": "date", "minWidth": 120},
    {"field": "region"},
    {"field": "category"},
    {"field": "product"},
    {"field": "units"},
    {"field": "price"},
    {"field": "revenue"},
]

POLL_MS = 100

celery_app = Celery(__name__, broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
app = Dash(title="Orders", background_callback_manager=CeleryManager(celery_app))


def serve_layout():
    return [
        # A part of each job's key: without it sessions that ask the same would share a job.
        dcc.Store(id="session-id", data=str(uuid.uuid4())),
        html.H1("Orders"),
        html.Section(
            [
                html.H2("Counter"),
                html.Button("Increment", id="increment", n_clicks=0),
                html.Output(id="count"),
            ]
        ),
        html.Section(
            [
                html.H2("Greeting"),
                html.Label(["Name ", dcc.Input(id="name", value="", type="text")]),
                html.Output(id="greeting"),
            ],
            className="greeting",
        ),
        html.Section(
            [
                html.H2("Filters"),
                html.Label("Category"),
                dcc.Dropdown(workload.CATEGORIES, workload.DEFAULT_CATEGORY, id="category", clearable=False),
                html.Label("Minimum units"),
                dcc.Slider(0, workload.MAX_MIN_UNITS, 1, value=workload.DEFAULT_MIN_UNITS, id="min_units"),
                html.Label("Granularity"),
                dcc.RadioItems(workload.GRANULARITIES, workload.DEFAULT_GRANULARITY, inline=True, id="granularity"),
            ],
            className="filters",
        ),
        html.H2("KPIs"),
        html.Section(
            [
                html.Div(["Orders ", html.Output(id="orders")]),
                html.Div(["Revenue ", html.Output(id="revenue")]),
                html.Div(["Average price ", html.Output(id="average_price")]),
                html.Div(["Top product ", html.Output(id="top_product")]),
            ],
            className="kpis",
        ),
        html.Section([html.H2("Chart"), dcc.Graph(id="chart")]),
        html.Section(
            [
                html.H2("Table"),
                html.P(id="table"),
                dag.AgGrid(id="rows", columnDefs=COLUMNS, defaultColDef={"flex": 1}),
            ]
        ),
        html.Section(
            [
                html.H2("Answer"),
                html.Button("Ask", id="ask"),
                html.P(id="answer"),
            ]
        ),
        html.Section(
            [
                html.H2("Job"),
                html.Button("Crunch", id="crunch"),
                html.Progress(id="bar", value="0", max=str(workload.CRUNCH_STEPS)),
                html.Output(id="progress"),
                html.Output(id="crunched"),
            ]
        ),
        html.Section(
            [
                html.H2("Upload"),
                dcc.Upload(html.Button("Upload CSV file"), id="upload", accept=".csv"),
                html.Output(id="uploaded"),
            ],
            className="upload",
        ),
    ]


app.layout = serve_layout


@callback(
    Output("count", "children"),
    Output("greeting", "children"),
    Output("orders", "children"),
    Output("revenue", "children"),
    Output("average_price", "children"),
    Output("top_product", "children"),
    Output("chart", "figure"),
    Output("table", "children"),
    Output("rows", "rowData"),
    Input("increment", "n_clicks"),
    Input("name", "value"),
    Input("category", "value"),
    Input("min_units", "value"),
    Input("granularity", "value"),
)
def update_page(n_clicks, name, category, min_units, granularity):
    selected = workload.select_orders(ORDERS, category, min_units)
    kpis = workload.kpis(selected, category, min_units)
    return (
        workload.count_text(n_clicks),
        workload.greeting_text(name),
        kpis["orders"],
        kpis["revenue"],
        kpis["average_price"],
        kpis["top_product"],
        workload.revenue_figure(selected, category, min_units, granularity),
        workload.table_caption(selected, category, min_units),
        workload.top_orders(selected).to_dict("records"),
    )


@callback(
    Output("answer", "children"),
    Input("ask", "n_clicks"),
    State("session-id", "data"),
    background=True,
    progress=Output("answer", "children"),
    interval=POLL_MS,
    prevent_initial_call=True,
)
def reply(set_progress, n_clicks, session_id):
    answer = ""
    for token in workload.answer_tokens(n_clicks):
        answer += token
        set_progress(answer)
    return answer


@callback(
    Output("bar", "value"),
    Output("progress", "children"),
    Output("crunched", "children"),
    Input("crunch", "n_clicks"),
    State("session-id", "data"),
    background=True,
    progress=[Output("bar", "value"), Output("progress", "children")],
    interval=POLL_MS,
    prevent_initial_call=True,
)
def run_job(set_progress, n_clicks, session_id):
    for step in range(1, workload.CRUNCH_STEPS + 1):
        progress = str(step), workload.crunch(n_clicks, step)
        set_progress(progress)
    return *progress, workload.crunched_text(n_clicks)


@callback(Output("uploaded", "children"), Input("upload", "contents"), prevent_initial_call=True)
def summarise(contents):
    _, content = contents.split(",")
    return workload.upload_summary(base64.b64decode(content))
