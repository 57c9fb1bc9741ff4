import reflex as rx
from frontend import with_frontend

from workload import conversation


class State(rx.State):
    chat_history: list[tuple[str, str]] = conversation.history()

    @rx.event
    async def answer(self, form_data: dict):
        question = form_data["question"]
        self.chat_history.append((question, ""))
        yield
        answer = ""
        async for token in conversation.reply_tokens_async(question):
            answer += token
            self.chat_history[-1] = (question, answer)
            yield


def qa(turn: tuple[str, str]) -> rx.Component:
    return rx.box(
        rx.box(rx.text(turn[0], class_name="message"), text_align="right", margin_y="0.5em"),
        rx.box(rx.text(turn[1], class_name="message"), text_align="left", margin_y="0.5em"),
    )


def index() -> rx.Component:
    return rx.container(
        rx.heading(conversation.TITLE, size="8"),
        rx.box(rx.foreach(State.chat_history, qa)),
        rx.form(
            rx.hstack(
                rx.input(name="question", placeholder="Ask something", id="say", width="100%"),
                rx.button("Ask", type="submit"),
            ),
            on_submit=State.answer,
            reset_on_submit=True,
        ),
    )


app = rx.App(api_transformer=with_frontend)
app.add_page(index, title=conversation.TITLE)
