"""What an entry's `client.py` implements: one session of its app, spoken to as a browser would, without one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gevent.pool import Group
from gevent.queue import Empty, Queue

from pyuibench.contract.scenarios import PageName, Value


@dataclass
class Traffic:
    """Payload bytes and messages of one session, both ways. An HTTP message counts with its body, not its headers."""

    bytes_up: int = 0
    bytes_down: int = 0
    messages_up: int = 0
    messages_down: int = 0

    def asked(self, to: str) -> None:
        """Hear of a request without a body, or of a WebSocket that opens: neither counts. `to` has its method and path."""

    def up(self, to: str, message: bytes) -> None:
        """Count one message sent: a WebSocket's, or the body of a request."""
        self.bytes_up += len(message)
        self.messages_up += 1

    def down(self, size_bytes: int) -> None:
        """Count one message received."""
        self.bytes_down += size_bytes
        self.messages_down += 1


class ProtocolError(Exception):
    """The server refused, failed, or said something that this client doesn't understand."""


class Client(ABC):
    """One session. The harness owns the clock and the judgement; a client only sends, receives and keeps `texts`.

    `texts` maps output -> what it shows now (as `pyuibench.contract` names outputs: `count`, `chart` (its title
    and bars: `workload.expected.figure_text`), `rows` (the first cell of the first row), `cell-3`, ...). White space doesn't
    matter.

    >>> client = AnyClient("http://127.0.0.1:8000", "app", cells=0)
    >>> client.open()
    >>> client.act("category", "Toys")
    >>> while client.texts["table"] != wanted:
    ...     client.receive(timeout_s=5)
    """

    def __init__(self, url: str, page: PageName, cells: int) -> None:
        """Keep where the server is (no trailing slash), which page it serves, and how many cells the grid page has."""
        self.url = url
        self.page = page
        self.cells = cells
        self.texts: dict[str, str] = {}
        self.traffic = Traffic()
        self._inbox: Queue[Any] = Queue()
        self._greenlets = Group()

    @property
    def origin(self) -> str:
        """Return the scheme and host of the address, as a page says where it comes from."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def socket_url(self) -> str:
        """Return the address with the scheme of WebSockets."""
        return self.url.replace("http", "ws", 1)

    @abstractmethod
    def open(self) -> None:
        """Open a session as a page load does: fetch the page, connect, ask for the first state. Needn't await it."""

    @abstractmethod
    def act(self, control: str, value: Value) -> None:
        """Send what the page would send when `control` is brought to `value`; don't await the answer.

        `control` is a control of the app page, or `cell-<index>` on the grid page. For `increment` the value is the
        number of clicks so far, this one included.
        """

    @abstractmethod
    def receive(self, timeout_s: float) -> None:
        """Wait for the next message that matters, apply it to `texts`, acknowledge it if a browser would.

        Raises TimeoutError after `timeout_s`, ProtocolError if the server reports a failure.
        """

    @abstractmethod
    def close(self) -> None:
        """End the session as a closed tab does."""

    def spawn(self, function: Any, *args: Any) -> None:
        """Run a function in a greenlet of this session; what it raises comes out of `take`."""

        def guarded() -> None:
            try:
                function(*args)
            except Exception as error:  # whatever it is, it belongs to the session that waits for the answer
                self.put(error)

        self._greenlets.spawn(guarded)

    def put(self, message: Any) -> None:
        """Hand a message (or an exception) from a greenlet to `take`."""
        self._inbox.put(message)

    def take(self, timeout_s: float) -> Any:
        """Return the next message from this session's greenlets.

        Raises TimeoutError after `timeout_s`, and whatever a greenlet raised.
        """
        try:
            message = self._inbox.get(timeout=timeout_s)
        except Empty:
            raise TimeoutError(f"no message within {timeout_s:g} s") from None
        if isinstance(message, Exception):
            raise message
        return message

    def kill_greenlets(self) -> None:
        """End this session's greenlets."""
        self._greenlets.kill(block=False)
