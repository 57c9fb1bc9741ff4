from session import AppSession
from transports import over_websocket

app = over_websocket("app", AppSession)
