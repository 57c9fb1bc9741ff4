from session import AppSession
from transports import over_websocket


class Forgetful(AppSession):
    def act(self, control, value):
        if control == "name":
            self.inputs = self.inputs.with_value("increment", 0)
            return {**super().act(control, value), "count": self._count()}
        return super().act(control, value)


app = over_websocket("app", Forgetful)
