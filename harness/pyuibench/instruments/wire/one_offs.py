"""What a session that is alone does once, after its actions, on the wire."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gevent

from pyuibench.instruments.shared.one_offs import carry_out
from pyuibench.instruments.wire.arrivals import thinking_ms
from pyuibench.instruments.wire.generator import Generator
from pyuibench.instruments.wire.session import WireSession, words_of
from pyuibench.instruments.wire.tab import Tab


def carry_out_one_offs(here: Generator, tab: Tab, new_tab: Callable[[], Tab]) -> None:
    """Carry out the load's one-offs in a session, up to the first that goes wrong, and store them or why they failed."""
    chance = random.Random(here.load.seed)
    rested_ns = 0

    def rest() -> None:
        nonlocal rested_ns
        gevent.sleep(thinking_ms(here.load.interval_ms, chance) / 1e3)
        if here.ledger:
            here.ledger.new_calls()
        if here.server_clock:
            here.server_clock.start()
        rested_ns = time.monotonic_ns()

    @contextmanager
    def other() -> Iterator[WireSession]:
        second = new_tab()
        second.open()
        try:
            yield second.session
        finally:
            second.close()

    try:
        dones = carry_out(tab.session, other, tab.state, here.load.one_offs, rest, time.monotonic)
        for sequence, done in enumerate(dones):
            if done.result:
                tab.keep(done.action, done.result, rested_ns, sessions=1, sequence=sequence)
            elif done.reason:
                here.samples.failure(done.action.scenario, done.reason)
    except Exception as error:
        here.samples.failure("one-offs", words_of(error))
