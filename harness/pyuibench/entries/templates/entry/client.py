"""The protocol, without a browser (CONTRIBUTING.md, "The wire client")."""

from pyuibench.instruments.wire import client


class Client(client.Client):
    """One session: `open`, `act`, `receive` and `close` are to be written."""
