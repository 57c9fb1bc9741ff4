from session import GridSession
from transports import over_websocket

app = over_websocket("grid", GridSession)
