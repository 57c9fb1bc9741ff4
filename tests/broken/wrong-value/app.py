from session import AppSession
from transports import over_websocket


class Wrong(AppSession):
    def act(self, control, value):
        outputs = super().act(control, value)
        if control == "min_units":
            outputs["orders"] = f"1{outputs['orders']}"
        return outputs


app = over_websocket("app", Wrong)
