from collections.abc import AsyncIterator

import gradio as gr

from workload import conversation


async def reply(message: str, history: list[gr.MessageDict]) -> AsyncIterator[str]:
    answer = ""
    async for token in conversation.reply_tokens_async(message):
        answer += token
        yield answer


def earlier() -> list[gr.MessageDict]:
    messages: list[gr.MessageDict] = []
    for question, answer in conversation.history():
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "content": answer})
    return messages


demo = gr.ChatInterface(reply, title=conversation.TITLE, chatbot=gr.Chatbot(earlier()))

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", quiet=True, ssr_mode=False)
