from shiny.express import ui
from shinychat.express import Chat

from workload import conversation

ui.page_opts(title=conversation.TITLE, fillable=True)
ui.h1(conversation.TITLE)

messages = []
for question, answer in conversation.history():
    messages.append({"role": "user", "content": question})
    messages.append({"role": "assistant", "content": answer})

chat = Chat(id="chat", history=False)
chat.ui(messages=messages)


@chat.on_user_submit
async def reply(user_input: str) -> None:
    await chat.append_message_stream(conversation.reply_tokens_async(user_input))
