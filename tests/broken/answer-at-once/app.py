from session import AppSession
from transports import over_websocket


class AtOnce(AppSession):
    async def updates(self, control, value):
        answer = ""
        async for outputs in super().updates(control, value):
            if control == "ask":
                answer += "".join(outputs.values())
            else:
                yield outputs
        if control == "ask":
            yield {"answer": answer}


app = over_websocket("app", AtOnce)
