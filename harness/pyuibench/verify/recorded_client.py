"""Records what a wire client sends, run as `python -m pyuibench.verify.recorded_client` in a process of its own.

It is told what to do as the wire's checks are. It begins when it reads the server's address from its standard input, and ends
some time after it reads another line. Its last line is what was sent in each step as JSON: pairs of address and body, the latter
in base 64.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from base64 import b64encode  # noqa: E402
from collections.abc import Iterator  # noqa: E402

import gevent  # noqa: E402
from gevent import get_hub  # noqa: E402

from pyuibench.contract.states import initial_texts  # noqa: E402
from pyuibench.entries.catalog import entry_at  # noqa: E402
from pyuibench.errors import UserError  # noqa: E402
from pyuibench.instruments.shared.sent import Sent  # noqa: E402
from pyuibench.instruments.wire.config import from_environment  # noqa: E402
from pyuibench.instruments.wire.recording import Recording  # noqa: E402
from pyuibench.instruments.wire.session import WireSession, client_factory  # noqa: E402
from pyuibench.verify.recorded_steps import CLIENT_AFTERWARDS_S, LAST_S, steps  # noqa: E402
from pyuibench.verify.wire_config import WireChecks  # noqa: E402

LOOK_S = 0.1


def recorded(checks: WireChecks, url: str) -> Iterator[list[Sent]]:
    """Yield what a session sends when it opens, with each action, and from then until it is told that it is over.

    Raises UserError for an answer that isn't right.
    """
    target = checks.target
    variant = entry_at(target.entry).variant(target.variant)
    client = client_factory(variant, target.site_packages)(url, target.page, target.grid_cells)
    client.traffic = recording = Recording()
    session = WireSession(client, checks.timeout_s, checks.open_timeout_s)
    answer = session.open(initial_texts(target.page, target.grid_cells))
    yield _afterwards(session, recording, answer.reason)
    for action in steps(target.page, target.grid_cells, frozenset(variant.not_applicable)):
        answer = session.perform(action)
        yield _afterwards(session, recording, answer.reason)
    over = gevent.spawn(get_hub().threadpool.apply, sys.stdin.readline)
    while not over.ready():
        _listen(session, LOOK_S)
    _listen(session, LAST_S)
    yield recording.take()
    session.close()


def _afterwards(session: WireSession, recording: Recording, reason: str | None) -> list[Sent]:
    if reason:
        raise UserError(reason)
    _listen(session, CLIENT_AFTERWARDS_S)
    return recording.take()


def _listen(session: WireSession, for_s: float) -> None:
    deadline = time.monotonic() + for_s
    try:
        while (left_s := deadline - time.monotonic()) > 0:
            session.client.receive(left_s)
    except TimeoutError:
        pass


def main() -> None:
    """Print what is sent in each step on the last line; exit with the reason where it can't be recorded."""
    try:
        session = list(recorded(from_environment(WireChecks), sys.stdin.readline().strip()))
    except UserError as error:
        sys.exit(str(error))
    print(json.dumps([[(sent.to, b64encode(sent.body or b"").decode()) for sent in step] for step in session]))


if __name__ == "__main__":
    main()
