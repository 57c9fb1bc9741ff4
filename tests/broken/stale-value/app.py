from session import AppSession
from transports import over_websocket


class Stale(AppSession):
    def act(self, control, value):
        before = self.everything()
        return {output: before[output] for output in super().act(control, value)}


app = over_websocket("app", Stale)
