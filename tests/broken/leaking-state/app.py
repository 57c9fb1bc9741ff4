from session import AppSession
from transports import over_websocket


class Leaking(AppSession):
    clicks = 0

    def act(self, control, value):
        if control == "increment":
            Leaking.clicks += 1
        return super().act(control, value)

    def _count(self):
        self.inputs = self.inputs.with_value("increment", Leaking.clicks)
        return super()._count()


app = over_websocket("app", Leaking)
