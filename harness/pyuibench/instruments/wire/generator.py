"""What the sessions of one Locust process share: the app, the load, the samples, and this process's part in the load."""

import itertools
import sys
import traceback
from collections.abc import Iterator
from urllib.parse import urlsplit

import gevent
from gevent import Greenlet
from locust import runners
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from pyuibench.contract.states import Action, initial_texts
from pyuibench.contract.visits import OwnValues, compute_expected, visits
from pyuibench.contract.walks import app_actions, grid_actions
from pyuibench.entries.catalog import entry_at
from pyuibench.errors import ForeignAnswerError
from pyuibench.instruments.resources import descendants, measure
from pyuibench.instruments.shared.cpu_clocks import TreeClock
from pyuibench.instruments.shared.ledger import ServerCalls
from pyuibench.instruments.wire.client import Client
from pyuibench.instruments.wire.config import CAUSE_MARK, FOREIGN_EXIT_CODE, FOREIGN_MARK, WireConfig
from pyuibench.instruments.wire.crew import Crew
from pyuibench.instruments.wire.leader import Leader
from pyuibench.instruments.wire.samples import Samples, in_words
from pyuibench.instruments.wire.session import Turns, client_factory

STOPPED = "the load was stopped before its end"
HEARTBEATS = 10
"""For how many seconds nothing may be heard of a worker before it is taken for lost. Locust's own 3 are too few for a machine
that has more to do than it can: the workers are late then, and not gone."""
runners.HEARTBEAT_LIVENESS = HEARTBEATS


class Generator:
    """One Locust process of a load: it leads the load, or has a crew of sessions in it, or both."""

    def __init__(self, config: WireConfig, environment: Environment) -> None:
        """Take the part that the environment's runner has. Raises UserError for an entry that can't be used."""
        assert environment.runner
        self.target, self.load = config.target, config.load
        self.environment = environment
        self.variant = entry_at(self.target.entry).variant(self.target.variant)
        self.samples = Samples(self.target)
        self.leader: Leader | None = None
        self.crew: Crew | None = None
        if not isinstance(environment.runner, WorkerRunner):
            self.leader = Leader(self.target, self.load, environment.runner, self.samples)
        if not isinstance(environment.runner, MasterRunner):
            self.crew = Crew(self.load, environment.runner, self.samples)
        self.turns = Turns(self.variant.entry.table.opening_gap_ms)
        self.numbers = itertools.count()
        # How many sessions are being opened.
        self.opening = 0
        self.is_on_app = self.target.page == "app"
        self.initial = initial_texts(self.target.page, self.target.grid_cells)
        # Calls are attributed to actions by time, which only works where one session acts.
        is_read = self.target.ledger and self.load.is_lone
        self.ledger = ServerCalls(self.target.ledger) if self.target.ledger and is_read else None
        # What a server takes can't be shared out among sessions either.
        self.server_clock = TreeClock(self.target.servers) if self.target.servers and self.load.is_lone else None
        self._leading: Greenlet | None = None
        self._new_client = client_factory(self.variant, self.target.site_packages)

    def client(self, host: str, index: int) -> Client:
        """Return a client for the session of this number: at a port of its own where there are several."""
        url = self.target.url or host
        place = urlsplit(url)
        if self.target.visitor_ports > 1 and place.port is not None:
            port = place.port + index % self.target.visitor_ports
            url = place._replace(netloc=f"{place.hostname}:{port}").geturl()
        return self._new_client(url, self.target.page, self.target.grid_cells)

    def actions(self, number: int) -> Iterator[Action]:
        """Return what the session of this number does, without end."""
        seed = self.load.seed
        if not self.is_on_app:
            return grid_actions(seed + number, self.target.grid_cells, in_rounds=bool(self.target.cell_costs))
        if self.load.script == "rounds":
            return app_actions(seed + number, self.load.scenarios)
        return visits(seed, number, self.load.controls)

    def own_values(self, number: int) -> OwnValues | None:
        """Return the values of the visitor of this number; None where visitors' values don't tell them apart."""
        return OwnValues(number) if self.is_on_app and self.load.script == "visits" else None

    def begin(self) -> None:
        """Begin the load: what is right is computed before, and this process leads if it is to."""
        # Clicks on the counter need nothing computed.
        if (
            self.crew
            and self.load.script == "visits"
            and {control for _, control in self.load.controls} != {"increment"}
        ):
            for _ in compute_expected():
                # The leader takes a process that it hears nothing of for lost.
                gevent.sleep(0)
        if self.leader:
            self._leading = gevent.spawn(self._lead, self.leader)

    def _lead(self, leader: Leader) -> None:
        try:
            leader.lead()
        except ForeignAnswerError as error:
            self._tell_foreign(str(error))
        except Exception as error:
            traceback.print_exc()
            self._tell_cause(f"{type(error).__name__}: {error}")
        # The shape ends the load too, within a second; there are many loads in a run.
        if self.environment.runner and self._is_headless:
            self.environment.runner.quit()

    @property
    def _is_headless(self) -> bool:
        """Return whether the process ends with its load: without Locust's page, where it is begun and stopped by hand."""
        options = self.environment.parsed_options
        return bool(options and options.headless)

    def _tell_cause(self, words: str) -> None:
        """Have this process end as failed, and say why: a load without a verdict must not look like one led to its end."""
        self.environment.process_exit_code = 1
        print(f"{CAUSE_MARK}{words}", file=sys.stderr, flush=True)

    def _tell_foreign(self, words: str) -> None:
        """Have this process end with the exit code of an answer of another session, and say which it was."""
        self.environment.process_exit_code = FOREIGN_EXIT_CODE
        print(f"{FOREIGN_MARK}{words}", file=sys.stderr, flush=True)

    def sessions_to_open(self) -> int:
        """Return how many sessions are to be open with the next one, as far as this process knows."""
        if self.crew is None or self.load.is_counted:
            return self.load.levels[0]
        return max(self.load.levels[0], self.crew.sessions + 1)

    def store_memory(self, actions: int) -> None:
        """Store the server's memory after so many actions of a session that is alone."""
        if self.target.servers:
            pss_bytes = measure(descendants(self.target.servers)).pss_bytes
            self.samples.figure("pss_bytes", pss_bytes, 1, at=actions)

    def stop(self) -> None:
        """Forget what is true of a load that was stopped, as it may be begun again, and tell if that was before its end.

        Locust stops one of which all workers are lost; on its page a person may.
        """
        self.numbers = itertools.count()
        if self.leader:
            if self._leading and self.leader.is_leading:
                self._leading.kill()
                self.samples.failure(in_words(self.leader.wanted), STOPPED)
                if self._is_headless:
                    self._tell_cause(
                        f"{STOPPED}; Locust stops it when it hears nothing of its workers for {HEARTBEATS} s"
                    )
            self.leader.begin_again()
        if self.crew:
            self.crew.begin_again()

    def close(self) -> None:
        """Store what is known at the end of the load; one with an answer of another session ends so, whatever became of it."""
        if self.crew:
            self.crew.close()
        if self.leader and self.leader.foreign_answer and self.environment.process_exit_code != FOREIGN_EXIT_CODE:
            self._tell_foreign(self.leader.foreign_answer)
        self.samples.close()
