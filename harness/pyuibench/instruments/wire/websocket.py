"""A WebSocket connection as a browser keeps one: compression offered, Nagle off, every frame acknowledged at once."""

import os
import socket
import time
from collections import deque
from collections.abc import Mapping
from threading import Lock

from websockets.client import ClientProtocol
from websockets.exceptions import WebSocketException
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.typing import Origin, Subprotocol
from websockets.uri import WebSocketURI, parse_uri

from pyuibench.instruments.wire.client import ProtocolError, Traffic
from pyuibench.instruments.wire.tls import context

QUICK_ACK_VARIABLE = "PYUIBENCH_QUICK_ACK"
RECEIVE_BYTES = 65_536


class WebSocket:
    """One connection: the protocol by websockets' Sans-I/O layer, on a socket of gevent (docs/method/load.md, "The wire").

    It offers permessage-deflate in Chromium's words, since a server that is spared compressing is faster than any browser's.
    Traffic is counted as the messages' own bytes, before and after compression, as Chromium reports it.

    A server that sends a message in several small segments without TCP_NODELAY waits for the peer's ACK between them; a
    peer that delays its ACKs, as Linux does for an idle reader, adds about 40 ms. Chromium does not show this delay, so
    neither does this client, unless `PYUIBENCH_QUICK_ACK=0` asks for the kernel's own behaviour.
    """

    def __init__(
        self,
        url: str,
        traffic: Traffic,
        *,
        subprotocols: list[str] | None = None,
        origin: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 60.0,
    ) -> None:
        """Connect. Raises ProtocolError when the server refuses."""
        self._traffic = traffic
        self._quick_ack = os.environ.get(QUICK_ACK_VARIABLE, "1") != "0"
        self._sending = Lock()
        self._messages: deque[str | bytes] = deque()
        self._parts: list[Frame] = []
        uri = parse_uri(url)
        self._to = f"WebSocket {uri.resource_name}"
        traffic.asked(self._to)
        self._protocol = ClientProtocol(
            uri,
            origin=Origin(origin) if origin else None,
            extensions=[ClientPerMessageDeflateFactory(client_max_window_bits=True)],
            subprotocols=[Subprotocol(name) for name in subprotocols] if subprotocols else None,
            max_size=None,
        )
        try:
            self._socket = _connected(uri, timeout_s)
        except OSError as error:
            raise ProtocolError(f"no WebSocket at {url}: {error}") from error
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._shake_hands(headers or {})
        except (WebSocketException, OSError) as error:
            self._socket.close()
            raise ProtocolError(f"no WebSocket at {url}: {error}") from error

    def send(self, message: str | bytes) -> None:
        """Send a text or a binary message. Raises ProtocolError when the connection is closed."""
        data = message.encode() if isinstance(message, str) else message
        self._traffic.up(self._to, data)
        # Messages are compressed one upon the other, so they have to leave in the same order.
        with self._sending:
            if self._protocol.state is not State.OPEN:
                raise ProtocolError("the WebSocket is closed")
            if isinstance(message, str):
                self._protocol.send_text(data)
            else:
                self._protocol.send_binary(data)
            self._flush()

    def receive(self, timeout_s: float) -> str | bytes:
        """Return the next message: str for text, bytes for binary.

        Raises TimeoutError after `timeout_s`, ProtocolError when the connection is closed.
        """
        deadline = time.monotonic() + timeout_s
        while not self._messages:
            self._read(deadline)
        message = self._messages.popleft()
        self._traffic.down(len(message.encode()) if isinstance(message, str) else len(message))
        return message

    def close(self) -> None:
        """Close the connection without waiting for the server's farewell, as a closed tab does."""
        with self._sending:
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(CloseCode.GOING_AWAY)
                self._flush()
        self._socket.close()

    def _shake_hands(self, headers: Mapping[str, str]) -> None:
        request = self._protocol.connect()
        for name, value in headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        self._flush()
        while self._protocol.state is State.CONNECTING and not self._protocol.handshake_exc:
            self._feed()
        if self._protocol.handshake_exc:
            raise self._protocol.handshake_exc
        self._take()
        # A ping may have come together with the server's answer, and a page reads on without being asked to.
        self._flush()

    def _read(self, deadline: float) -> None:
        self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            self._feed()
        except TimeoutError:
            raise TimeoutError("no message in time") from None
        except OSError as error:
            raise ProtocolError(f"the WebSocket broke: {error}") from error
        self._take()
        with self._sending:
            self._flush()
        if not self._messages and self._protocol.state is not State.OPEN:
            raise ProtocolError(f"the WebSocket is closed: {self._farewell()}")

    def _farewell(self) -> str:
        # The protocol's own `close_exc` only exists after the end of the stream, which may come later than the close frame.
        return str(self._protocol.close_rcvd or self._protocol.parser_exc)

    def _feed(self) -> None:
        if self._quick_ack:
            # The kernel falls back to delayed ACKs by itself, so the wish is renewed for every message.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        if data := self._socket.recv(RECEIVE_BYTES):
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()

    def _take(self) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                self._parts.append(event)
                if event.fin:
                    self._messages.append(_joined(self._parts))
                    self._parts.clear()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._socket.sendall(data)


def _joined(parts: list[Frame]) -> str | bytes:
    data = b"".join(bytes(part.data) for part in parts)
    return data.decode() if parts[0].opcode is Opcode.TEXT else data


def _connected(uri: WebSocketURI, timeout_s: float) -> socket.socket:
    """Return a connection, secured where the address asks for it. Raises OSError."""
    plain = socket.create_connection((uri.host, uri.port), timeout=timeout_s)
    if not uri.secure:
        return plain
    try:
        return context().wrap_socket(plain, server_hostname=uri.host)
    except OSError:
        plain.close()
        raise
