import asyncio

from inference import models
from trame.app import TrameApp
from trame.decorators import task
from trame.ui.vuetify3 import SinglePageLayout
from trame.widgets import html
from trame.widgets import vuetify3 as v3

import workload

CLASSIFIER = models.load_classifier()
CHAT = models.load_chat()


class ModelApp(TrameApp):
    def __init__(self, server=None):
        super().__init__(server)
        self.batches = 0
        self.state.trame__title = "Ask a model"
        self.state.update({"clicks": 0, "count": workload.count_text(0)})
        self.state.update({"label": "", "summary": "", "answer": ""})
        self._build_ui()

    def increment(self):
        self.state.clicks += 1
        self.state.count = workload.count_text(self.state.clicks)

    @task
    async def classify(self, sentence):
        label = await asyncio.to_thread(models.classify, CLASSIFIER, sentence)
        with self.state:
            self.state.label = label

    @task
    async def classify_batch(self):
        self.batches += 1
        with self.state:
            self.state.classifying = True
        summary = await asyncio.to_thread(models.classify_batch, CLASSIFIER, self.batches)
        with self.state:
            self.state.summary = summary
            self.state.classifying = False

    @task
    async def write(self, order):
        with self.state:
            self.state.answer = ""
        async for piece in models.answer_async(CHAT, order):
            with self.state:
                self.state.answer += piece

    def _build_ui(self):
        with SinglePageLayout(self.server) as self.ui:
            self.ui.title.set_text("Ask a model")
            self.ui.icon.hide()
            with self.ui.content, v3.VContainer():
                html.H1("Ask a model")

                v3.VTextField(
                    id="sentence",
                    label="Sentence",
                    v_model=("sentence", ""),
                    __events=[("keydown_enter", "keydown.enter")],
                    keydown_enter=(self.classify, "[sentence]"),
                )
                html.P("{{ label }}", id="label")

                v3.VBtn(
                    "Classify a batch",
                    id="batch",
                    click=self.classify_batch,
                    loading=("classifying", False),
                    classes="mt-6",
                )
                html.P("{{ summary }}", id="summary")

                v3.VTextField(
                    id="order",
                    label="Order",
                    v_model=("order", ""),
                    __events=[("keydown_enter", "keydown.enter")],
                    keydown_enter=(self.write, "[order]"),
                    classes="mt-6",
                )
                html.P("{{ answer }}", id="answer")

                v3.VBtn("Increment", id="increment", click=self.increment, classes="mt-6")
                html.P("{{ count }}", id="count")


def main():
    app = ModelApp()
    app.server.start()


if __name__ == "__main__":
    main()
