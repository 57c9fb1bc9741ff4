"""Forms with files, as a server reads them."""

import socket
import threading
from email import message_from_bytes, policy

import pytest

from pyuibench.instruments.shared.sent import Sent
from pyuibench.instruments.wire.client import ProtocolError, Traffic
from pyuibench.instruments.wire.http import Connection, multipart
from pyuibench.instruments.wire.recording import Recording


def test_a_form_has_its_fields_and_its_file():
    body, headers = multipart({"files": ("orders.csv", b"a,b\r\n1,2\n")}, {"session": "x1"})
    message = message_from_bytes(f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode() + body, policy=policy.HTTP)
    field, file = message.iter_parts()
    assert field.get_param("name", header="Content-Disposition") == "session"
    assert field.get_payload(decode=True) == b"x1"
    assert file.get_filename() == "orders.csv"
    assert file.get_content_type() == "text/csv"
    assert file.get_payload(decode=True) == b"a,b\r\n1,2\n"


class KeptAndClosed:
    """A server that answers so many requests, each on a connection that it keeps, and closes it at the next without a word."""

    def __init__(self, answers_a_connection):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.answers_a_connection = answers_a_connection
        self.asked = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        for count in self.answers_a_connection:
            connection, _ = self.listening.accept()
            with connection:
                for number in range(count + 1):
                    self.asked.append(connection.recv(65_536).partition(b" ")[0].decode())
                    if number < count:
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def test_a_connection_that_was_kept_and_then_closed_is_opened_again_as_a_browser_does():
    server = KeptAndClosed([1, 1])
    connection = Connection(server.url, Traffic())
    assert connection.post("/", b"one") == b"ok"
    assert connection.post("/", b"two") == b"ok"
    # The second was sent twice: once on the connection that was closed upon it.
    assert server.asked == ["POST", "POST", "POST"]
    connection.close()


def test_a_page_is_got_from_where_the_server_redirects_to():
    moved = b"HTTP/1.1 302 Found\r\nLocation: /below/index.html?a=1\r\nSet-Cookie: id=7; Path=/\r\nContent-Length: 0\r\n\r\n"
    there = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        asked = []

        def serve():
            connection, _ = listening.accept()
            with connection:
                for answer in (moved, there):
                    asked.append(connection.recv(65_536).decode())
                    connection.sendall(answer)

        serving = threading.Thread(target=serve)
        serving.start()
        connection = Connection(f"http://127.0.0.1:{listening.getsockname()[1]}/below", Traffic())
        assert connection.get("/") == b"page"
        connection.close()
        serving.join()
    assert [each.partition(" HTTP")[0] for each in asked] == ["GET /below/", "GET /below/index.html?a=1"]
    assert "Cookie: id=7" in asked[1]


def test_what_is_sent_is_kept_with_where_it_is_sent_to():
    server = KeptAndClosed([3])
    recording = Recording()
    connection = Connection(server.url, recording)
    connection.get("/page?a=1")
    connection.post("/name", {"value": "x"})
    connection.put("/file", b"a,b")
    connection.close()
    sent = recording.take()
    assert sent == [Sent("GET /page?a=1", b""), Sent("POST /name", b'{"value":"x"}'), Sent("PUT /file", b"a,b")]
    assert (recording.messages_up, recording.bytes_up) == (2, len(b'{"value":"x"}a,b'))
    assert recording.take() == []


def test_a_server_that_closes_every_connection_is_told():
    server = KeptAndClosed([0, 0])
    connection = Connection(server.url, Traffic())
    with pytest.raises(ProtocolError, match="POST /: "):
        connection.post("/", b"one")
    connection.close()
