import asyncio

from inference import models
from shared import chat, classifier
from shiny import reactive
from shiny.express import input, render, ui

import workload

ui.page_opts(title="Ask a model")
ui.h1("Ask a model")

ui.input_text("sentence", "A sentence about a product", update_on="blur")


@reactive.extended_task
async def classify(sentence: str) -> str:
    return await asyncio.to_thread(models.classify, classifier, sentence)


@reactive.effect
@reactive.event(input.sentence, ignore_init=True)
def _() -> None:
    classify(input.sentence())


@render.text
def label() -> str:
    return classify.result()


ui.input_task_button("batch", "Classify the next batch")


@ui.bind_task_button(button_id="batch")
@reactive.extended_task
async def classify_batch(number: int) -> str:
    return await asyncio.to_thread(models.classify_batch, classifier, number)


@reactive.effect
@reactive.event(input.batch)
def _() -> None:
    classify_batch(input.batch())


@render.text
def summary() -> str:
    return classify_batch.result()


ui.input_text("order", "Something to write", update_on="blur")
answer = ui.MarkdownStream("answer")
answer.ui()


@reactive.effect
@reactive.event(input.order, ignore_init=True)
async def _() -> None:
    await answer.stream(models.answer_async(chat, input.order()))


ui.input_action_button("increment", "Click")


@render.text
def count() -> str:
    return workload.count_text(input.increment())
