from collections.abc import Iterator

import gradio as gr
from inference import models

import workload

CLASSIFIER = models.load_classifier()
CHAT = models.load_chat()

with gr.Blocks(title="Ask a model") as demo:
    gr.Markdown("# Ask a model")

    clicks = gr.State(0)
    increment = gr.Button("Increment", elem_id="increment")
    count = gr.Textbox(workload.count_text(0), label="Count", elem_id="count")

    sentence = gr.Textbox(label="Sentence", elem_id="sentence")
    label = gr.Textbox(label="Label", elem_id="label")

    batches = gr.State(0)
    batch = gr.Button("Batch", elem_id="batch")
    summary = gr.Textbox(label="Summary", elem_id="summary")

    order = gr.Textbox(label="Order", elem_id="order")
    answer = gr.Textbox(label="Answer", lines=3, elem_id="answer")

    @increment.click(inputs=clicks, outputs=[clicks, count], trigger_mode="multiple")
    def count_click(clicks: int) -> tuple[int, str]:
        return clicks + 1, workload.count_text(clicks + 1)

    @sentence.submit(inputs=sentence, outputs=label)
    def classify(sentence: str) -> str:
        return models.classify(CLASSIFIER, sentence)

    @batch.click(inputs=batches, outputs=[batches, summary])
    def classify_batch(batches: int) -> tuple[int, str]:
        return batches + 1, models.classify_batch(CLASSIFIER, batches + 1)

    @order.submit(inputs=order, outputs=answer)
    def reply(order: str) -> Iterator[str]:
        text = ""
        for piece in models.answer(CHAT, order):
            text += piece
            yield text


if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", quiet=True, ssr_mode=False)
