import os
import uuid

from celery import Celery
from dash import CeleryManager, Dash, Input, Output, State, callback, dcc, html
from inference import models

import workload

# Celery's processes are forked from one that has imported this module, so they share its models.
CLASSIFIER = models.load_classifier()
CHAT = models.load_chat()
POLL_MS = 100

celery_app = Celery(__name__, broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
app = Dash(title="Ask a model", background_callback_manager=CeleryManager(celery_app))


def serve_layout():
    return [
        # A part of each job's key: without it sessions that ask the same would share a job.
        dcc.Store(id="session-id", data=str(uuid.uuid4())),
        html.H1("Ask a model"),
        html.Section([html.Button("Increment", id="increment", n_clicks=0), html.Output(id="count")]),
        html.Section([dcc.Input(id="sentence", placeholder="Sentence", n_submit=0), html.Output(id="label")]),
        html.Section([html.Button("Batch", id="batch", n_clicks=0), html.Output(id="summary")]),
        html.Section([dcc.Input(id="order", placeholder="Order", n_submit=0), html.P(id="answer")]),
    ]


app.layout = serve_layout


@callback(Output("count", "children"), Input("increment", "n_clicks"))
def update_count(n_clicks):
    return workload.count_text(n_clicks)


@callback(
    Output("label", "children"),
    Input("sentence", "n_submit"),
    State("sentence", "value"),
    prevent_initial_call=True,
)
def classify(n_submit, sentence):
    return models.classify(CLASSIFIER, sentence)


@callback(
    Output("summary", "children"),
    Input("batch", "n_clicks"),
    State("session-id", "data"),
    background=True,
    interval=POLL_MS,
    prevent_initial_call=True,
)
def classify_batch(n_clicks, session_id):
    return models.classify_batch(CLASSIFIER, n_clicks)


@callback(
    Output("answer", "children"),
    Input("order", "n_submit"),
    State("order", "value"),
    State("session-id", "data"),
    background=True,
    progress=Output("answer", "children"),
    interval=POLL_MS,
    prevent_initial_call=True,
)
def answer(set_progress, n_submit, order, session_id):
    text = ""
    for piece in models.answer(CHAT, order):
        text += piece
        set_progress(text)
    return text
