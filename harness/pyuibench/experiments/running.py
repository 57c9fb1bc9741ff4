"""A boot that runs: what starts it, and what steps can do to it."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from playwright.sync_api import Browser

from pyuibench.contract.model import Answers
from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import initial_app
from pyuibench.entries.catalog import Variant
from pyuibench.entries.lifetime import Lifetime, lifetime_of
from pyuibench.experiments.base import HOLD_MS, REST_MS, Boot, BootSpec
from pyuibench.experiments.pages import PreparedPage
from pyuibench.experiments.selection import Selection
from pyuibench.instruments import resilience
from pyuibench.instruments.base import Reading
from pyuibench.instruments.browser import instrument
from pyuibench.instruments.browser.asking import Visitor, visitors
from pyuibench.instruments.browser.cpu_time import renderer_pid
from pyuibench.instruments.browser.page import GestureError, Page
from pyuibench.instruments.browser.task import BrowserTask, ServedPage
from pyuibench.instruments.server import stop
from pyuibench.instruments.wire.config import Load, Target
from pyuibench.instruments.wire.run import HELD_FILE, WireError, run_load
from pyuibench.results.plan import PlannedBoot
from pyuibench.results.records import Measurement, Origin
from pyuibench.results.store import SampleFile
from pyuibench.serving.environment import Environment
from pyuibench.serving.fleet import Fleet
from pyuibench.serving.machine import Cores
from pyuibench.serving.models import Models
from pyuibench.serving.server import Override, Running, Server, WorkloadSettings

LOOK_S = 0.1


@contextmanager
def started(spec: BootSpec, page: PreparedPage, log: Path, ledger: Path, cores: Cores) -> Iterator[Running | None]:
    """Start what a boot measures: on the server's own cores, or, if it is several workers, on all."""
    with _server(spec, page, log, ledger, cores) as server:
        yield server


def _server(
    spec: BootSpec, page: PreparedPage, log: Path, ledger: Path, cores: Cores
) -> AbstractContextManager[Running | None]:
    if not spec.has_server:
        return nullcontext()
    variant, environment = page.variant, page.environment
    if spec.deployment:
        everywhere = sorted({*cores.server, *cores.harness})
        return Fleet(variant, environment, spec.deployment, spec.visitors, log, everywhere)
    kept = lifetime_of(variant.entry)
    override = None if spec.keeps_sessions else Override(arguments=kept.arguments, env=kept.env)
    return Server(
        variant,
        environment,
        spec.page,
        log,
        workload=WorkloadSettings(
            spec.cells, spec.cost_ms, spec.cost_kind or spec.job_kind, spec.cell_costs, spec.tokens_per_s, spec.turns
        ),
        ledger=ledger,
        cores=cores.server,
        override=Override(env=page.models.env(spec.tokens)) if page.models else override,
    )


@dataclass(frozen=True, kw_only=True)
class RunningBoot(Boot):
    """One boot while it is measured."""

    planned: PlannedBoot
    spec: BootSpec
    variant: Variant
    chosen: Selection
    seed: int
    lifetime: Lifetime
    browser: Browser
    environment: Environment
    server: Running | None
    models: Models | None
    directory: Path
    ledger: Path
    file: SampleFile
    log: Path

    def origin(self, experiment: str) -> Origin:
        """Return where a sample of an experiment belongs."""
        return replace(self.planned.origin, experiment=experiment)

    def keep(self, record: Origin) -> None:
        """Store a sample."""
        self.file.add(record)

    def stop(self) -> None:
        """Stop the server, and store what it left running."""
        if self.server:
            self.keep_readings(self.planned.origin.experiment, "server", [stop(self.server)])

    def keep_readings(self, experiment: str, instrument: str, readings: Iterable[Reading], step: str = "") -> None:
        """Store what an instrument has read, with the step beside which it did where the reading has no detail of its own."""
        for each in readings:
            self.keep(self.figure(experiment, instrument, each.metric, each.value, detail=each.detail or step))

    def processes(self) -> list[psutil.Process]:
        """Return the processes that serve."""
        return self._running.processes()

    def act(self, load: Load, experiment: str, *, has_ledger: bool = False, processes: int = 1) -> None:
        """Have sessions act on the wire. Raises WireError when the load fails."""
        run_load(self._target(experiment, self.directory, has_ledger), load, self._running.url, processes)

    @contextmanager
    def act_beside(self, load: Load) -> Iterator[Callable[[], bool]]:
        """Have sessions act meanwhile. Raises WireError when they don't all open, or the load fails."""
        directory = self.directory / "beside"
        directory.mkdir()
        target = self._target("beside", directory, has_ledger=False)
        with ThreadPoolExecutor(1) as pool:
            acting = pool.submit(run_load, target, load, self._running.url)
            while not acting.done() and not (directory / HELD_FILE).exists():
                time.sleep(LOOK_S)
            if not (directory / HELD_FILE).exists():
                acting.result()
                raise WireError("the sessions that were to act beside the browser didn't all open")
            yield lambda: not acting.done()
            acting.result()

    def look(self, task: BrowserTask) -> Iterator[Origin]:
        """Yield what the browser times. Raises GestureError when the page doesn't load or a control can't be operated."""
        return instrument.timed(self.browser, self._served_page(), task)

    def count_traffic(self, task: BrowserTask) -> Iterator[Measurement]:
        """Yield what a page load and one action of each control carry, untimed. Raises GestureError likewise."""
        return instrument.untimed(self.browser, self._served_page(), task)

    @contextmanager
    def open_pages(self, count: int) -> Iterator[tuple[int | None, ...]]:
        """Have so many pages open in the browser, and give the process of each. Raises GestureError when one doesn't open."""
        with ExitStack() as opened:
            renderers = []
            for number in range(1, count + 1):
                page = Page(self.browser, self.variant, self._running.url, initial_app().expected, 0)
                opened.enter_context(page)
                if reason := page.open().reason:
                    raise GestureError(f"page {number} of {count}: {reason}")
                renderers.append(renderer_pid(page.browser, page.cdp))
            yield tuple(renderers)

    @property
    def answers(self) -> Answers:
        """Return what the language models answer that the boot's page asks."""
        assert self.models, "the boot's page asks no language models"
        return self.models.answers(self.spec.tokens)

    def visitors(
        self, experiment: str, initial: Texts, number: int, first: int = 0
    ) -> AbstractContextManager[tuple[Visitor, ...]]:
        """Have so many visitors' pages open, numbered from `first` on. Raises GestureError when one doesn't open."""
        origin, numbers = self.origin(experiment), range(first, first + number)
        return visitors(self.browser, self._served_page(), origin, initial, numbers, HOLD_MS, REST_MS, self.seed)

    def survive(self) -> Iterator[tuple[str, str, float | None]]:
        """Yield event, what was kept, and milliseconds until the page answered again."""
        for outcome in resilience.outcomes(self.browser, self.variant, self.environment, self.log):
            yield outcome.event, outcome.kept, outcome.until_answer_ms

    @property
    def _running(self) -> Running:
        assert self.server, "the boot has no server of its own"
        return self.server

    def _served_page(self) -> ServedPage:
        return ServedPage(self.variant, self._running.url, self.ledger, self._running.supervisor_pids)

    def _target(self, experiment: str, directory: Path, has_ledger: bool) -> Target:
        return Target(
            entry=self.variant.entry.directory,
            variant=self.variant.name,
            page=self.spec.page,
            grid_cells=self.spec.cells,
            cell_costs=self.spec.cell_costs,
            site_packages=self.environment.site_packages,
            visitor_ports=self.spec.visitors,
            servers=self._running.supervisor_pids,
            ledger=self.ledger if has_ledger else None,
            samples=directory,
            origin=self.origin(experiment),
        )
