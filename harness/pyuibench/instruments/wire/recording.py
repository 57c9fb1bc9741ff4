"""Keeps what a wire client sends, so that it can be compared with what a page sends. Never while something is timed."""

from dataclasses import dataclass, field

from pyuibench.instruments.shared.sent import Sent
from pyuibench.instruments.wire.client import Traffic


@dataclass
class Recording(Traffic):
    """Traffic that also keeps its messages; it takes the place of a client's own before it opens."""

    sent: list[Sent] = field(default_factory=list)

    def asked(self, to: str) -> None:
        """Keep a request without a body."""
        self.sent.append(Sent(to, b""))

    def up(self, to: str, message: bytes) -> None:
        """Count and keep one message."""
        super().up(to, message)
        self.sent.append(Sent(to, message))

    def take(self) -> list[Sent]:
        """Return what was sent since it was last asked."""
        sent, self.sent = self.sent, []
        return sent
