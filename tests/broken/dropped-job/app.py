from session import AppSession
from transports import over_websocket


class Dropping(AppSession):
    async def updates(self, control, value):
        clicks = self.inputs.clicks
        async for outputs in super().updates(control, value):
            if control == "crunch" and self.inputs.clicks != clicks:
                return
            yield outputs


app = over_websocket("app", Dropping)
