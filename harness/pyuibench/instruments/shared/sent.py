"""What a session sends to its server, as both instruments record it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """One message: `to` has the method (`WebSocket` for what one carries) and the path with its query.

    `body` is None where the browser doesn't tell, as of files; empty for a request without one and for a WebSocket's opening.
    """

    to: str
    body: bytes | None
