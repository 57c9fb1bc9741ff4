from contextlib import asynccontextmanager
from functools import partial

import reflex as rx
from frontend import with_frontend
from inference import models

import workload

MODELS = {}


@asynccontextmanager
async def load_models():
    MODELS["classifier"] = await rx.run_in_thread(models.load_classifier)
    MODELS["chat"] = await rx.run_in_thread(models.load_chat)
    yield
    MODELS.clear()


class State(rx.State):
    clicks: int = 0
    label: str = ""
    summary: str = ""
    answer: str = ""
    _batches: int = 0

    @rx.var
    def count(self) -> str:
        return workload.count_text(self.clicks)

    @rx.event
    def increment(self):
        self.clicks += 1

    @rx.event(background=True)
    async def classify(self, form_data: dict):
        label = await rx.run_in_thread(partial(models.classify, MODELS["classifier"], form_data["sentence"]))
        async with self:
            self.label = label

    @rx.event(background=True)
    async def classify_batch(self):
        async with self:
            self._batches += 1
            number = self._batches
        summary = await rx.run_in_thread(partial(models.classify_batch, MODELS["classifier"], number))
        async with self:
            self.summary = summary

    @rx.event(background=True)
    async def write(self, form_data: dict):
        async with self:
            self.answer = ""
        async for piece in models.answer_async(MODELS["chat"], form_data["order"]):
            async with self:
                self.answer += piece


def text_field(name: str, placeholder: str, button: str, on_submit: rx.EventHandler) -> rx.Component:
    return rx.form(
        rx.hstack(
            rx.input(name=name, placeholder=placeholder, id=name, width="100%"),
            rx.button(button, type="submit"),
        ),
        on_submit=on_submit,
        reset_on_submit=True,
    )


def index() -> rx.Component:
    return rx.container(
        rx.vstack(
            rx.heading("Ask a model", size="8"),
            text_field("sentence", "A sentence to classify", "Classify", State.classify),
            rx.text(State.label, id="label"),
            rx.button("Classify a batch", id="batch", on_click=State.classify_batch),
            rx.text(State.summary, id="summary"),
            text_field("order", "What to write", "Write", State.write),
            rx.text(State.answer, id="answer"),
            rx.button("Increment", id="increment", on_click=State.increment),
            rx.text(State.count, id="count"),
            spacing="4",
        ),
    )


app = rx.App(api_transformer=with_frontend)
app.register_lifespan_task(load_models)
app.add_page(index, title="Ask a model")
