import solara
from solara.lab import ChatBox, ChatInput, ChatMessage, task

from workload import conversation


def earlier() -> list[dict[str, str]]:
    messages = []
    for question, answer in conversation.history():
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "content": answer})
    return messages


messages = solara.reactive(earlier())


@task
async def reply(question: str) -> None:
    messages.value = [*messages.value, {"role": "assistant", "content": ""}]
    async for token in conversation.reply_tokens_async(question):
        content = messages.value[-1]["content"] + token
        messages.value = [*messages.value[:-1], {"role": "assistant", "content": content}]


@solara.component
def Page():
    def send(question: str) -> None:
        messages.value = [*messages.value, {"role": "user", "content": question}]
        reply(question)

    solara.Title(conversation.TITLE)
    with solara.Column(style={"width": "700px", "height": "80vh"}, margin=4):
        solara.Markdown(f"# {conversation.TITLE}")
        with ChatBox():
            for message in messages.value:
                is_user = message["role"] == "user"
                with ChatMessage(user=is_user, avatar=False, name="You" if is_user else "Assistant"):
                    solara.Markdown(message["content"])
        ChatInput(send_callback=send, disabled=reply.pending)
