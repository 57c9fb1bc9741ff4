"""Forms with files, as a server reads them."""

import socket
import threading
from email import message_from_bytes, policy

import pytest

from pyuibench.instruments.wire.client import ProtocolError, Traffic
from pyuibench.instruments.wire.http import Connection, multipart


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


def test_a_server_that_closes_every_connection_is_told():
    server = KeptAndClosed([0, 0])
    connection = Connection(server.url, Traffic())
    with pytest.raises(ProtocolError, match="POST /: "):
        connection.post("/", b"one")
    connection.close()
