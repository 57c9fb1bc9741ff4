from collections.abc import AsyncIterator

import panel as pn
from panel.chat import message as chat_message

from workload import conversation

# Panel's own icons are named, and for a named icon the page fetches a font from a CDN. These are drawn.
PENCIL = """<svg viewBox="0 0 24 24" fill="currentColor"><path d="M4 20h4L19 9l-4-4L4 16z"/></svg>"""
DOT = """<svg viewBox="0 0 24 24" fill="currentColor"><circle cx="12" cy="12" r="6"/></svg>"""


def edit_icon(**params) -> pn.widgets.ToggleIcon:
    return pn.widgets.ToggleIcon(**{**params, "icon": PENCIL, "active_icon": PENCIL})


# Every message has one, shown or not.
chat_message.ToggleIcon = edit_icon

pn.extension()


async def reply(contents: str, user: str, instance: pn.chat.ChatInterface) -> AsyncIterator[str]:
    answer = ""
    async for token in conversation.reply_tokens_async(contents):
        answer += token
        yield answer


chat = pn.chat.ChatInterface(
    callback=reply,
    callback_user="Assistant",
    button_properties={name: {"icon": DOT} for name in ("send", "stop", "rerun", "undo", "clear")},
    message_params={"reaction_icons": {}},
)
for question, answer in conversation.history():
    chat.send(question, user="User", respond=False)
    chat.send(answer, user="Assistant", respond=False)

pn.Column(pn.pane.HTML(f"<h1>{conversation.TITLE}</h1>", css_classes=["title"]), chat).servable(
    title=conversation.TITLE
)
