from pages import routes
from session import AppSession
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect


async def live(socket):
    await socket.accept()
    session = AppSession()
    await socket.send_json(session.everything())
    greeting = session.everything()["greeting"]
    names = 0
    try:
        while True:
            action = await socket.receive_json()
            outputs = session.act(action["control"], action["value"])
            await socket.send_json(outputs)
            names += action["control"] == "name"
            if action["control"] == "name" and names == 2:
                await socket.send_json({"greeting": greeting})
            greeting = outputs.get("greeting", greeting)
    except WebSocketDisconnect:
        return


app = Starlette(routes=[*routes("app", "websocket"), WebSocketRoute("/live", live)])
