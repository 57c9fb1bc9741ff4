"""Carries a plan out, boot by boot. What fails is recorded with its reason, and the rest goes on."""

import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from pyuibench.entries.catalog import Variant
from pyuibench.entries.lifetime import lifetime_of
from pyuibench.errors import ForeignAnswerError, ServerError, UserError
from pyuibench.experiments.base import Step
from pyuibench.experiments.pace import Pace
from pyuibench.experiments.pages import PageKey, PreparedPage
from pyuibench.experiments.plan import spec_of
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.running import RunningBoot, started
from pyuibench.experiments.selection import Selection
from pyuibench.experiments.stopping import within
from pyuibench.instruments import machine, speed
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.browser.page import GestureError
from pyuibench.instruments.registry import instruments
from pyuibench.instruments.server import await_ready
from pyuibench.instruments.wire.run import WireError
from pyuibench.results.plan import PlannedBoot
from pyuibench.results.records import Failure, Measurement, Origin, Scope, origin_fields
from pyuibench.results.store import SampleFile, Store
from pyuibench.serving import in_memory, orphans
from pyuibench.serving.environment import Environment
from pyuibench.serving.machine import Cores, on_cores

FOREIGN_ANSWER = "an answer of another session"
"""What is said to have failed where a run ends because of one."""
STEP_ERRORS = (ServerError, GestureError, WireError, PlaywrightError)


@dataclass(frozen=True)
class Setting:
    """What all boots of a run have in common: `variants` and their `environments` by id; `pages` of other contracts."""

    profile: Profile
    chosen: Selection
    seed: int
    variants: Mapping[str, Variant]
    environments: Mapping[str, Environment]
    pages: Mapping[PageKey, PreparedPage]
    cores: Cores


class Runner:
    """Measures the boots of a plan that are not done yet."""

    def __init__(self, store: Store, setting: Setting) -> None:
        """Prepare to measure into a store."""
        self._store = store
        self._setting = setting
        self._pace = Pace()

    def run(
        self,
        plan: Sequence[PlannedBoot],
        done: Callable[[PlannedBoot, list[Failure]], None],
        after: int = 0,
        limit_s: float = math.inf,
    ) -> None:
        """Measure every boot of the plan that has no samples yet; `done` is called after each with what failed in it.

        The first `after` boots are passed over without a word. No block is begun that would probably end after `limit_s`.
        Raises ForeignAnswerError when a session got the answer of another one; the boot is stored before.
        """
        with orphans.inherited(), on_cores(self._setting.cores.harness):
            numbered = itertools.islice(enumerate(plan), after, None)
            by_block = itertools.groupby(numbered, key=lambda pair: pair[1].origin.block)
            blocks = (dict(pairs) for _, pairs in by_block)
            # A browser of its own for each block: should one crash, the next block has a sound one.
            for block in within(blocks, lambda numbered: self._pace.expected_s(numbered.values()), limit_s):
                with chromium(self._setting.cores.browser) as browser:
                    for number, boot in block.items():
                        done(boot, self._measured(browser, boot, self._setting.seed + number))

    def _measured(self, browser: Browser, boot: PlannedBoot, seed: int) -> list[Failure]:
        if self._store.is_done(boot.origin.boot):
            return []
        began_s = time.monotonic()
        failures = self._measure(browser, boot, seed)
        self._pace.took(boot, time.monotonic() - began_s)
        return failures

    def _measure(self, browser: Browser, planned: PlannedBoot, seed: int) -> list[Failure]:
        origin, setting = planned.origin, self._setting
        directory = self._store.begin(origin.boot)
        file = SampleFile(directory / "harness.jsonl")
        variant = setting.variants[origin.variant_id]
        chosen = setting.chosen.of(variant)
        spec = spec_of(setting.profile, planned, variant, chosen)
        page = PreparedPage(variant, setting.environments[variant.id])
        if spec.contract:
            page = setting.pages[variant.id, spec.contract]
        failures: list[Failure] = []
        log = self._store.log(origin.boot)
        foreign: ForeignAnswerError | None = None
        file.add(self._speed(origin, "before the server's start"))
        try:
            with ExitStack() as running:
                ledger = running.enter_context(in_memory.directory()) / "ledger"
                with machine.beside(lambda: []) as others:
                    start = started(spec, page, log, ledger, setting.cores)
                    server = running.enter_context(start)
                    ready = [await_ready(server)] if server else []
                boot = RunningBoot(
                    planned=planned,
                    spec=spec,
                    variant=page.variant,
                    chosen=chosen,
                    seed=seed,
                    lifetime=lifetime_of(page.variant.entry),
                    browser=browser,
                    environment=page.environment,
                    server=server,
                    models=page.models,
                    directory=directory,
                    ledger=ledger,
                    file=file,
                    log=log,
                )
                boot.keep_readings(origin.experiment, "server", ready)
                boot.keep_readings(origin.experiment, machine.INSTRUMENT.name, others, "server: start")
                failures += self._steps(boot)
                boot.stop()
        except (ServerError, UserError) as error:
            failures.append(_failure(planned, "boot", "", "boot", error))
        except ForeignAnswerError as error:
            foreign = error
            failures.append(_failure(planned, "step", "wire", FOREIGN_ANSWER, error))
        file.add(*failures, self._speed(origin, "after the server's end"))
        file.close()
        self._store.end(origin.boot)
        if foreign:
            raise foreign
        return failures

    def _speed(self, origin: Origin, when: str) -> Measurement:
        """Return how fast the machine is, while nothing of the variant runs."""
        read = speed.reading(self._setting.cores, when)
        name = speed.INSTRUMENT.name
        return Measurement(
            **origin_fields(origin), instrument=name, metric=read.metric, value=read.value, detail=read.detail
        )

    def _steps(self, boot: RunningBoot) -> Iterator[Failure]:
        """Carry out the steps of a boot, and yield those that failed."""
        for experiment in self._setting.profile.experiments:
            if experiment.name not in boot.planned.experiments:
                continue
            for step in experiment.steps(boot):
                try:
                    self._watched(boot, experiment.name, step)
                except STEP_ERRORS as error:
                    what = f"{step.instrument}: {step.what}"
                    yield _failure(boot.planned, "step", step.instrument, what, error, experiment.name)

    def _watched(self, boot: RunningBoot, experiment: str, step: Step) -> None:
        """Carry a step out, with the instruments that look beside every step: at the machine, and those chosen at the server."""
        with ExitStack() as watching:
            readings = {
                instrument.name: watching.enter_context(instrument.around(boot.processes))
                for name, instrument in instruments().items()
                if instrument.around
                and (instrument.is_always or (name in boot.chosen.instruments and boot.spec.has_server))
            }
            step.run()
        for name, taken in readings.items():
            boot.keep_readings(experiment, name, taken, f"{step.instrument}: {step.what}")


def _failure(
    boot: PlannedBoot, scope: Scope, instrument: str, step: str, error: Exception, experiment: str = ""
) -> Failure:
    origin = origin_fields(boot.origin)
    origin["experiment"] = experiment or boot.origin.experiment
    return Failure(**origin, scope=scope, instrument=instrument, step=step, reason=str(error))
