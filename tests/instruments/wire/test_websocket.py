"""The WebSocket against a real server: the messages that come and go, and how it ends."""

import socket
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close, Frame, Opcode
from websockets.server import ServerProtocol
from websockets.sync.server import serve

from pyuibench.instruments.wire.client import ProtocolError, Traffic
from pyuibench.instruments.wire.websocket import WebSocket

LONG = "orders " * 200_000


@contextmanager
def serving(handler, **options):
    with serve(handler, "127.0.0.1", 0, **options) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/live"
        server.shutdown()
        thread.join()


def echo(connection):
    for message in connection:
        connection.send(message)


@contextmanager
def connected(handler, traffic=None, options=None, **wishes):
    with serving(handler, **options or {}) as url:
        client = WebSocket(url, traffic or Traffic(), **wishes)
        yield client
        client.close()


@pytest.mark.parametrize("compression", ["deflate", None])
def test_texts_and_bytes_come_back_as_they_went(compression):
    with connected(echo, options={"compression": compression, "max_size": None}) as client:
        for message in ("a", "", "Größe", LONG, b"\x00\xff", b"", LONG.encode()):
            client.send(message)
            assert client.receive(5) == message


def test_compression_is_agreed_on_as_with_chromium():
    seen = {}

    def look(connection):
        seen["asked"] = connection.request.headers["Sec-WebSocket-Extensions"]
        seen["agreed"] = connection.response.headers.get("Sec-WebSocket-Extensions", "")
        connection.send("done")

    with connected(look) as client:
        client.receive(5)
    assert seen["asked"] == "permessage-deflate; client_max_window_bits"
    assert seen["agreed"].startswith("permessage-deflate")


def test_traffic_is_that_of_the_messages_themselves():
    traffic = Traffic()
    with connected(echo, traffic) as client:
        client.send("x" * 1000)
        client.receive(5)
    assert (traffic.bytes_up, traffic.bytes_down, traffic.messages_up, traffic.messages_down) == (1000, 1000, 1, 1)


def test_a_message_in_several_frames_is_one_message():
    with connected(lambda connection: connection.send(["or", "de", "rs"])) as client:
        assert client.receive(5) == "orders"


def test_messages_that_arrive_together_are_taken_one_by_one():
    def burst(connection):
        for number in range(5):
            connection.send(str(number))
        connection.recv()

    with connected(burst) as client:
        assert [client.receive(5) for _ in range(5)] == ["0", "1", "2", "3", "4"]


def test_a_ping_is_answered():
    answered = []

    def ping(connection):
        answered.append(connection.ping().wait(5))
        connection.send("pinged")

    with connected(ping) as client:
        # The pong leaves while the client waits for the next message.
        assert client.receive(5) == "pinged"
    assert answered == [True]


def test_a_ping_that_comes_with_the_answer_to_the_handshake_is_answered_at_once():
    pong = bytes([0x80 | Opcode.PONG, 0x80 | 2])

    def answer_and_ping(listening, heard):
        connection, _ = listening.accept()
        with connection:
            server = ServerProtocol()
            server.receive_data(connection.recv(65_536))
            (request,) = server.events_received()
            server.send_response(server.accept(request))
            server.send_ping(b"hi")
            connection.sendall(b"".join(server.data_to_send()))
            connection.settimeout(5)
            heard.append(connection.recv(65_536)[:2])
            told.set()
            connection.recv(65_536)

    heard, told = [], Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=answer_and_ping, args=(listening, heard))
        thread.start()
        client = WebSocket(f"ws://127.0.0.1:{listening.getsockname()[1]}/live", Traffic())
        # Nothing is sent or received meanwhile.
        told.wait(5)
        client.close()
        thread.join()
    assert heard == [pong]


def test_headers_origin_and_subprotocol_are_told():
    seen = {}

    def look(connection):
        seen.update(connection.request.headers)
        connection.send(connection.subprotocol)

    wishes = {"origin": "http://127.0.0.1:1", "headers": {"Cookie": "a=b"}, "subprotocols": ["other", "live"]}
    with connected(look, options={"subprotocols": ["live"]}, **wishes) as client:
        assert client.receive(5) == "live"
    assert seen["cookie"] == "a=b"
    assert seen["origin"] == "http://127.0.0.1:1"


def test_silence_is_a_timeout_and_the_connection_goes_on():
    with connected(echo) as client:
        with pytest.raises(TimeoutError):
            client.receive(0.02)
        client.send("still here")
        assert client.receive(5) == "still here"


def test_a_server_that_closes_is_told():
    with connected(lambda connection: connection.send("bye")) as client:
        assert client.receive(5) == "bye"
        with pytest.raises(ProtocolError, match="closed"):
            client.receive(5)
        with pytest.raises(ProtocolError, match="closed"):
            client.send("too late")


def test_a_close_frame_is_told_before_the_stream_has_ended():
    told = Event()

    def close_and_stay(connection):
        connection.socket.sendall(Frame(Opcode.CLOSE, Close(1011, "out of order").serialize()).serialize(mask=False))
        told.wait(5)

    with connected(close_and_stay) as client:
        with pytest.raises(ProtocolError, match=r"closed: 1011 .* out of order"):
            client.receive(5)
        told.set()


def test_a_server_that_hangs_up_is_told():
    hang_up = connected(lambda connection: connection.socket.shutdown(socket.SHUT_RDWR))
    with hang_up as client, pytest.raises(ProtocolError, match=r"unexpected end of stream|broke"):
        client.receive(5)


def test_closing_says_that_the_page_goes_away():
    codes = []

    def wait(connection):
        with pytest.raises(ConnectionClosed) as ended:
            connection.recv()
        codes.append(ended.value.rcvd.code)

    with connected(wait):
        pass
    assert codes == [1001]


def test_nobody_there_and_a_server_without_websockets_are_protocol_errors():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(ProtocolError, match="no WebSocket"):
        WebSocket(f"ws://127.0.0.1:{port}/live", Traffic())

    def refuse(connection, _):
        return connection.respond(403, "no\n")

    with serving(echo, process_request=refuse) as url, pytest.raises(ProtocolError, match="403"):
        WebSocket(url, Traffic())
