import os

from nicegui import ui

from workload import conversation


@ui.page("/", title=conversation.TITLE)
def conversation_page() -> None:
    async def send() -> None:
        question = text.value
        text.value = ""
        with message_container:
            ui.chat_message(text=question, name="You", sent=True)
            response_message = ui.chat_message(name="Assistant", sent=False)
        response = ""
        async for token in conversation.reply_tokens_async(question):
            response += token
            response_message.clear()
            with response_message:
                ui.label(response)
            ui.run_javascript("window.scrollTo(0, document.body.scrollHeight)")

    ui.markdown(f"# {conversation.TITLE}")
    message_container = ui.column().classes("w-full max-w-2xl mx-auto items-stretch")
    with message_container:
        for question, answer in conversation.history():
            ui.chat_message(text=question, name="You", sent=True)
            ui.chat_message(text=answer, name="Assistant", sent=False)
    with ui.footer().classes("bg-white"):
        text = (
            ui.input(placeholder="Ask something")
            .props("outlined data-testid=say")
            .classes("w-full")
            .on("keydown.enter", send)
        )


ui.run(
    host="127.0.0.1",
    port=int(os.environ.get("PORT", "8080")),
    reload=False,
    show=False,
    reconnect_timeout=10.0,
)
