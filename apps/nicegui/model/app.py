import os

from inference import models
from nicegui import run, ui

import workload

# Loaded once, before the server starts: what a module holds is shared by all visitors.
CLASSIFIER = models.load_classifier()
CHAT = models.load_chat()


@ui.page("/", title="Ask a model")
def model_page() -> None:
    batches = clicks = 0

    async def classify() -> None:
        label.text = await run.io_bound(models.classify, CLASSIFIER, sentence.value)

    async def classify_batch() -> None:
        nonlocal batches
        batches += 1
        summary.text = await run.io_bound(models.classify_batch, CLASSIFIER, batches)

    async def write() -> None:
        answer.text = ""
        async for piece in models.answer_async(CHAT, order.value):
            answer.text += piece

    def count_click() -> None:
        nonlocal clicks
        clicks += 1
        count.text = workload.count_text(clicks)

    ui.markdown("# Ask a model")

    sentence = ui.input("A sentence about a product").props("data-testid=sentence").classes("w-96")
    sentence.on("keydown.enter", classify)
    label = ui.label().props("data-testid=label")

    with ui.row(align_items="center"):
        ui.button("Classify the next batch", on_click=classify_batch).props("data-testid=batch")
        summary = ui.label().props("data-testid=summary")

    order = ui.input("Something to write").props("data-testid=order").classes("w-96")
    order.on("keydown.enter", write)
    answer = ui.label().props("data-testid=answer")

    with ui.row(align_items="center"):
        ui.button("Click", on_click=count_click).props("data-testid=increment")
        count = ui.label(workload.count_text(0)).props("data-testid=count")


ui.run(
    host="127.0.0.1",
    port=int(os.environ.get("PORT", "8080")),
    reload=False,
    show=False,
    reconnect_timeout=10.0,
)
