from session import GridSession
from transports import over_http

app = over_http("grid", GridSession)
