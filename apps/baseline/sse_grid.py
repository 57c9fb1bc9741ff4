from session import GridSession
from transports import over_sse

app = over_sse("grid", GridSession)
