"""A WebSocket connection as a browser keeps one: Nagle off, every frame acknowledged at once, pings answered."""

import os
import socket

import websocket

from pyuibench.wire.client import ProtocolError, Traffic

QUICK_ACK_VARIABLE = "PYUIBENCH_QUICK_ACK"


class WebSocket:
    """One connection, by websocket-client: the fastest under gevent of those compared (METHODOLOGY.md, "The wire").

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
        cookie: str | None = None,
        headers: dict[str, str] | None = None,
        timeout_s: float = 30.0,
    ) -> None:
        """Connect. Raises ProtocolError when the server refuses."""
        self._traffic = traffic
        self._quick_ack = os.environ.get(QUICK_ACK_VARIABLE, "1") != "0"
        try:
            self._socket = websocket.create_connection(
                url,
                timeout=timeout_s,
                subprotocols=subprotocols,
                origin=origin,
                cookie=cookie,
                header=headers,
                skip_utf8_validation=True,
                sockopt=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            )
        except (websocket.WebSocketException, OSError) as error:
            raise ProtocolError(f"no WebSocket at {url}: {error}") from error

    def send(self, message: str | bytes) -> None:
        """Send a text or a binary message."""
        if isinstance(message, str):
            self._traffic.up(len(message.encode()))
            self._socket.send(message)
        else:
            self._traffic.up(len(message))
            self._socket.send_binary(message)

    def receive(self, timeout_s: float) -> str | bytes:
        """Return the next message: str for text, bytes for binary.

        Raises TimeoutError after `timeout_s`, ProtocolError when the connection is closed.
        """
        self._socket.settimeout(timeout_s)
        if self._quick_ack and self._socket.sock:
            # The kernel falls back to delayed ACKs by itself, so the wish is renewed for every message.
            self._socket.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        try:
            opcode, data = self._socket.recv_data()
        except websocket.WebSocketTimeoutException:
            raise TimeoutError(f"no message within {timeout_s:g} s") from None
        except (websocket.WebSocketException, OSError) as error:
            raise ProtocolError(f"the WebSocket broke: {error}") from error
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise ProtocolError("the server closed the WebSocket")
        self._traffic.down(len(data))
        return str(data, "utf-8") if opcode == websocket.ABNF.OPCODE_TEXT else bytes(data)

    def close(self) -> None:
        """Close the connection without waiting for the server's farewell, as a closed tab does."""
        self._socket.close(timeout=0)
