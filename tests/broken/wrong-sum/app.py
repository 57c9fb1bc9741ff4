from session import AppSession
from transports import over_websocket


class Short(AppSession):
    async def updates(self, control, value):
        if control == "upload":
            value = value[: value.rstrip().rfind(b"\n")]
        async for outputs in super().updates(control, value):
            yield outputs


app = over_websocket("app", Short)
