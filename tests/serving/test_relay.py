"""The relay passes bytes on as they are, later if it is told to, and cuts connections."""

import socket
import struct
import threading
import time

import pytest

from pyuibench.calibration.kinds.relay import through
from pyuibench.serving.relay import Relay

RTT_MS = 60.0


@pytest.fixture
def echo():
    """Return the port of a server that sends back what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection):
            with connection:
                while data := connection.recv(65_536):
                    connection.sendall(data)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def ended(client):
    try:
        return client.recv(10) == b""
    except ConnectionError:
        return True


def answer(client, data):
    client.sendall(data)
    got = b""
    while len(got) < len(data):
        got += client.recv(65_536)
    return got


def test_bytes_come_through_as_they_are(echo):
    data = bytes(range(256)) * 4_000
    with Relay() as relay, through(relay, echo) as client:
        threading.Thread(target=client.sendall, args=(data,)).start()
        got = b""
        while len(got) < len(data):
            got += client.recv(65_536)
    assert got == data


def test_a_round_trip_takes_no_less_than_it_is_told(echo):
    with Relay(RTT_MS) as relay, through(relay, echo) as client:
        start = time.monotonic()
        assert answer(client, b"ping") == b"ping"
        assert (time.monotonic() - start) * 1e3 >= RTT_MS


def test_what_follows_closely_is_not_delayed_twice(echo):
    """A message is under way while the one before still is: that is latency, not a narrow pipe."""
    with Relay(RTT_MS) as relay, through(relay, echo) as client:
        arrivals = []
        start = time.monotonic()
        for _ in range(10):
            client.sendall(b"x")
            time.sleep(0.002)
        while len(arrivals) < 10:
            arrivals += client.recv(10)
        assert (time.monotonic() - start) * 1e3 < 10 * RTT_MS


def test_a_cut_ends_connections_and_refuses_new_ones_until_it_is_mended(echo):
    with Relay() as relay:
        with through(relay, echo) as client:
            assert answer(client, b"a") == b"a"
            relay.cut()
            assert ended(client)
        with socket.create_connection(("127.0.0.1", relay.port), timeout=5) as refused:
            assert ended(refused)
        relay.restore()
        with through(relay, echo) as client:
            assert answer(client, b"b") == b"b"


def test_the_end_of_a_stream_is_passed_on(echo):
    with Relay() as relay, through(relay, echo) as client:
        client.sendall(b"last")
        client.shutdown(socket.SHUT_WR)
        got = b""
        while data := client.recv(10):
            got += data
    assert got == b"last"


def test_nobody_there_is_told(echo):
    # Bound, so that nobody else can listen there, and not listening.
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with Relay() as relay, through(relay, bound.getsockname()[1]) as client:
            assert client.recv(1) == b""


def test_nothing_but_loopback_is_reached():
    with Relay() as relay, socket.create_connection(("127.0.0.1", relay.port), timeout=5) as client:
        client.sendall(b"\x05\x01\x00" + b"\x05\x01\x00\x01" + socket.inet_aton("192.0.2.1") + struct.pack("!H", 80))
        assert client.recv(2) == b"\x05\x00"
        assert ended(client)
