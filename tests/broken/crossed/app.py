import asyncio

from session import AppSession
from transports import over_websocket

latest = {}


class Crossing(AppSession):
    async def updates(self, control, value):
        if control == "name":
            latest["name"] = value
            await asyncio.sleep(0.02)
            value = latest["name"]
        async for outputs in super().updates(control, value):
            yield outputs


app = over_websocket("app", Crossing)
