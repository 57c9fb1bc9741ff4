from pages import routes
from session import AppSession
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect

sockets = set()


async def live(socket):
    await socket.accept()
    sockets.add(socket)
    session = AppSession()
    await socket.send_json(session.everything())
    try:
        while True:
            action = await socket.receive_json()
            outputs = session.act(action["control"], action["value"])
            for each in tuple(sockets):
                await each.send_json(outputs)
    except WebSocketDisconnect:
        sockets.discard(socket)


app = Starlette(routes=[*routes("app", "websocket"), WebSocketRoute("/live", live)])
