from session import AppSession
from transports import over_websocket


class AtOnce(AppSession):
    async def updates(self, control, value):
        last = None
        async for outputs in super().updates(control, value):
            if control != "ask":
                yield outputs
            last = outputs
        if control == "ask":
            yield last


app = over_websocket("app", AtOnce)
