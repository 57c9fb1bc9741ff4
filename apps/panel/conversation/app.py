from collections.abc import AsyncIterator

import panel as pn

from workload import conversation

pn.extension()


async def reply(contents: str, user: str, instance: pn.chat.ChatInterface) -> AsyncIterator[str]:
    answer = ""
    async for token in conversation.reply_tokens_async(contents):
        answer += token
        yield answer


chat = pn.chat.ChatInterface(
    callback=reply,
    callback_user="Assistant",
    # Without buttons and icons, which Panel fetches a font for from elsewhere.
    show_send=False,
    show_stop=False,
    show_rerun=False,
    show_undo=False,
    show_clear=False,
    message_params={"show_reaction_icons": False, "show_edit_icon": False, "show_copy_icon": False},
)
for question, answer in conversation.history():
    chat.send(question, user="User", respond=False)
    chat.send(answer, user="Assistant", respond=False)

pn.Column(pn.pane.Markdown(f"# {conversation.TITLE}", css_classes=["title"]), chat).servable(title=conversation.TITLE)
