from session import AppSession
from transports import over_sse

app = over_sse("app", AppSession)
