from trame.app import TrameApp
from trame.decorators import task
from trame.ui.vuetify3 import SinglePageLayout
from trame.widgets import html
from trame.widgets import vuetify3 as v3

from workload import conversation


class ConversationApp(TrameApp):
    def __init__(self, server=None):
        super().__init__(server)
        self.state.trame__title = conversation.TITLE
        self.state.messages = [text for turn in conversation.history() for text in turn]
        self.state.question = ""
        self._build_ui()

    @task
    async def ask(self):
        question = self.state.question
        with self.state:
            self.state.question = ""
            self.state.messages = [*self.state.messages, question, ""]
        async for token in conversation.reply_tokens_async(question):
            with self.state:
                *earlier, answer = self.state.messages
                self.state.messages = [*earlier, answer + token]

    def _build_ui(self):
        with SinglePageLayout(self.server) as self.ui:
            self.ui.title.set_text(conversation.TITLE)
            self.ui.icon.hide()
            with self.ui.content, v3.VContainer():
                html.H1(conversation.TITLE)
                html.P("{{ message }}", v_for="message, number in messages", key="number", classes="message my-3")
                v3.VTextField(
                    id="say",
                    label="Ask something",
                    v_model=("question", ""),
                    __events=[("keydown_enter", "keydown.enter")],
                    keydown_enter=self.ask,
                )


def main():
    app = ConversationApp()
    app.server.start()


if __name__ == "__main__":
    main()
