from session import AppSession
from transports import over_websocket


class Guessing(AppSession):
    def _count(self):
        return f"{self.inputs.clicks} clicks"


app = over_websocket("app", Guessing)
