from session import AppSession
from starlette.responses import JSONResponse
from starlette.routing import Route
from transports import over_websocket

import workload


async def short(request):
    csv = (await request.body()).rstrip()
    return JSONResponse({"uploaded": workload.upload_summary(csv[: csv.rfind(b"\n")])})


app = over_websocket("app", AppSession)
app.router.routes.insert(0, Route("/upload", short, methods=["POST"]))
