import asyncio
from collections.abc import AsyncIterator

import panel as pn
from inference import models

import workload

pn.extension()

# The script runs for each session, what is cached is loaded once.
classifier = pn.state.as_cached("classifier", models.load_classifier)
chat = pn.state.as_cached("chat", models.load_chat)


async def classify(sentence: str) -> str:
    return await asyncio.to_thread(models.classify, classifier, sentence) if sentence else ""


async def classify_batch(number: int) -> str:
    return await asyncio.to_thread(models.classify_batch, classifier, number) if number else ""


async def answer(order: str) -> AsyncIterator[str]:
    text = ""
    if order:
        async for piece in models.answer_async(chat, order):
            text += piece
            yield text


sentence = pn.widgets.TextInput(label="A sentence about a product", css_classes=["sentence"])
batch = pn.widgets.Button(label="Classify the next batch", css_classes=["batch"])
order = pn.widgets.TextInput(label="Something to write", css_classes=["order"])
increment = pn.widgets.Button(label="Click", css_classes=["increment"])

pn.Column(
    pn.pane.HTML("<h1>Ask a model</h1>", css_classes=["title"]),
    pn.Row(sentence, pn.pane.Markdown(pn.bind(classify, sentence), css_classes=["label"])),
    pn.Row(batch, pn.pane.Markdown(pn.bind(classify_batch, batch.param.clicks), css_classes=["summary"])),
    order,
    pn.pane.Markdown(pn.bind(answer, order), css_classes=["answer"]),
    pn.Row(increment, pn.pane.Markdown(pn.bind(workload.count_text, increment.param.clicks), css_classes=["count"])),
).servable(title="Ask a model")
