import solara
from inference import models
from solara.lab import task

import workload

CLASSIFIER = models.load_classifier()
CHAT = models.load_chat()

clicks = solara.reactive(0)
batches = solara.reactive(0)
answer = solara.reactive("")


@task
def classify(sentence: str) -> str:
    return models.classify(CLASSIFIER, sentence)


@task
def classify_batch() -> str:
    batches.value += 1
    return models.classify_batch(CLASSIFIER, batches.value)


@task
async def write(order: str) -> None:
    answer.value = ""
    async for piece in models.answer_async(CHAT, order):
        answer.value += piece


@solara.component
def Label():
    solara.InputText("A sentence about a product", on_value=classify, classes=["sentence"])
    solara.Text(classify.latest or "", classes=["label"])


@solara.component
def Batch():
    with solara.Row(style={"align-items": "center"}):
        solara.Button(
            "Classify the next batch", on_click=classify_batch, disabled=classify_batch.pending, classes=["batch"]
        )
        solara.Text(classify_batch.latest or "", classes=["summary"])


@solara.component
def Answer():
    solara.InputText("Something to write", on_value=write, classes=["order"])
    solara.Text(answer.value, classes=["answer"])


@solara.component
def Counter():
    def increment():
        clicks.value += 1

    with solara.Row(style={"align-items": "center"}):
        solara.Button("Click", on_click=increment, classes=["increment"])
        solara.Text(workload.count_text(clicks.value), classes=["count"])


@solara.component
def Page():
    solara.Title("Ask a model")
    with solara.Column(margin=4):
        solara.Markdown("# Ask a model")
        Label()
        Batch()
        Answer()
        Counter()
