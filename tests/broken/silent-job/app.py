from session import AppSession
from transports import over_websocket


class Silent(AppSession):
    async def updates(self, control, value):
        everything = {}
        async for outputs in super().updates(control, value):
            everything |= outputs
            if control != "crunch":
                yield outputs
        if control == "crunch":
            yield everything


app = over_websocket("app", Silent)
