import os
import uuid

from celery import Celery
from dash import CeleryManager, Dash, Input, Output, Patch, State, callback, dcc, html

from workload import conversation

POLL_MS = 100

celery_app = Celery(__name__, broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
app = Dash(title=conversation.TITLE, background_callback_manager=CeleryManager(celery_app))


def message(text, **kwargs):
    return html.P(text, className="message", **kwargs)


def layout():
    earlier = [message(text) for turn in conversation.history() for text in turn]
    return [
        # A part of each job's key: without it sessions that ask the same would share a job.
        dcc.Store(id="session-id", data=str(uuid.uuid4())),
        html.H1(conversation.TITLE),
        html.Section(earlier, id="messages"),
        html.Section([], id="turn"),
        dcc.Input(id="say", placeholder="Ask something", autoComplete="off", n_submit=0, value=""),
        dcc.Store(id="question"),
        dcc.Store(id="reply"),
    ]


app.layout = layout


@callback(
    Output("messages", "children"),
    Output("turn", "children"),
    Output("question", "data"),
    Output("say", "value"),
    Input("say", "n_submit"),
    State("say", "value"),
    State("question", "data"),
    State("reply", "data"),
    prevent_initial_call=True,
)
def ask(n_submit, text, question, reply):
    messages = Patch()
    if question:
        messages.extend([message(question), message(reply)])
    return messages, [message(text), message("", id="answer")], text, ""


@callback(
    Output("answer", "children"),
    Output("reply", "data"),
    Input("question", "data"),
    State("session-id", "data"),
    background=True,
    progress=Output("answer", "children"),
    interval=POLL_MS,
    prevent_initial_call=True,
)
def answer(set_progress, question, session_id):
    text = ""
    for token in conversation.reply_tokens(question):
        text += token
        set_progress(text)
    return text, text
