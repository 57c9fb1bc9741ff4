from session import AppSession
from transports import over_http

app = over_http("app", AppSession)
