from session import AppSession
from transports import over_websocket

at_work = []


class Sharing(AppSession):
    async def updates(self, control, value):
        if control == "crunch":
            at_work.append(self)
        async for outputs in super().updates(control, value):
            others = [session for session in at_work if session is not self]
            yield {"count": "somebody is at work"} if control == "increment" and others else outputs
        if control == "crunch":
            at_work.remove(self)


app = over_websocket("app", Sharing)
