import socket

import pytest

from pyuibench.entries.catalog import FIRST_OUTGOING_PORT
from pyuibench.serving import ports, proxy
from pyuibench.serving.ports import HOST, SERVED, free_port, is_taken


def test_a_port_that_something_listens_on_is_taken():
    with socket.create_server((HOST, free_port())) as server:
        assert is_taken(server.getsockname()[1])


def test_a_free_port_is_one_that_no_outgoing_connection_is_given():
    assert free_port() in SERVED
    assert SERVED.stop <= FIRST_OUTGOING_PORT
    assert max(proxy.FIRST_PORTS) + proxy.MOST_VISITORS <= SERVED.start


def test_the_last_free_port_is_found(monkeypatch):
    monkeypatch.setattr(ports, "is_taken", lambda port: port != SERVED[7])
    assert free_port() == SERVED[7]


def test_no_free_port_is_an_error(monkeypatch):
    monkeypatch.setattr(ports, "is_taken", lambda port: True)
    with pytest.raises(OSError, match="ports from 20000 to 27999 are taken"):
        free_port()
