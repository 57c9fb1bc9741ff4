from pages import routes
from session import AppSession
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect


async def live(socket):
    await socket.accept()
    session = AppSession()
    shown = session.everything()
    await socket.send_json(shown)
    acted = 0
    try:
        while True:
            action = await socket.receive_json()
            outputs = session.act(action["control"], action["value"])
            await socket.send_json(outputs)
            acted += 1
            if acted == 10:
                await socket.send_json({output: shown[output] for output in outputs})
            shown |= outputs
    except WebSocketDisconnect:
        return


app = Starlette(routes=[*routes("app", "websocket"), WebSocketRoute("/live", live)])
