"""Carries a plan out, boot by boot. What fails is recorded with its reason, and the rest goes on."""

import itertools
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from pyuibench.contract.scenarios import SCENARIOS, Texts
from pyuibench.contract.states import Action, initial_app, initial_grid
from pyuibench.contract.visits import CONTROLS
from pyuibench.contract.walks import app_actions, grid_actions
from pyuibench.entries.catalog import AGAIN, Variant
from pyuibench.entries.lifetime import lifetime_of
from pyuibench.errors import ServerError, UserError
from pyuibench.experiments.budget import within
from pyuibench.experiments.plan import Profile, Selection, grid_of
from pyuibench.instruments import process_tree as resources
from pyuibench.instruments import survival as resilience
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.instruments.browser.instrument import BrowserTask, far_away, timed, untimed
from pyuibench.instruments.browser.page import GestureError
from pyuibench.instruments.wire.config import WireConfig
from pyuibench.instruments.wire.load import load_config, run_load
from pyuibench.instruments.wire.run import WireError, run
from pyuibench.results.records import Failure, Instrument, Interaction, Measurement, Origin, origin_fields
from pyuibench.results.store import CYCLES, NEIGHBOUR, TRUTH, WORKERS, SampleFile, Store
from pyuibench.serving.environment import Environment
from pyuibench.serving.fleet import Fleet
from pyuibench.serving.machine import Cores
from pyuibench.serving.server import Override, Running, Server

LIMIT_S = 240.0
SETTLE_S = 2.0
MOST_KEPT_S = 15.0
CYCLE_HOLD_S = 1.0
BESIDE_TIMES = 1.5
"""For how long others act, as a multiple of what a browser's rounds take alone."""
BESIDE_MOST_S = 40.0
CYCLE_SETTLE_S = 1.0
WARM_S = 1.0
NO_PAUSE_MS = 1.0
OPEN_BUSY_S = 30.0
HELD = b'"warmup": false'
"""What is in a load's samples once a level is held."""
STEP_ERRORS = (ServerError, GestureError, WireError, PlaywrightError)


@dataclass(frozen=True)
class Boot:
    """One boot while it is measured."""

    origin: Origin
    variant: Variant
    environment: Environment
    server: Running
    ledger: Path
    directory: Path
    file: SampleFile
    seed: int

    @property
    def initial(self) -> Texts:
        """Return what the page shows at first."""
        return (initial_app() if self.origin.page == "app" else initial_grid(self.origin.grid_cells)).expected

    def actions(self, chosen: Selection) -> Iterator[Action]:
        """Return the browser's actions on this boot's page: downward, since the wire's session has gone up before."""
        if self.origin.page == "app":
            return app_actions(self.seed, chosen.app_scenarios(), downward=True)
        return grid_actions(self.seed, self.origin.grid_cells, downward=True)

    def measurement(self, instrument: Instrument, metric: str, value: float, detail: str = "") -> Measurement:
        """Return a figure of this boot."""
        return Measurement(
            **origin_fields(self.origin), instrument=instrument, metric=metric, value=value, detail=detail
        )


class Runner:
    """Measures the boots of a plan that are not done yet."""

    def __init__(
        self,
        store: Store,
        profile: Profile,
        chosen: Selection,
        seed: int,
        variants: Mapping[str, Variant],
        environments: Mapping[str, Environment],
        cores: Cores,
    ) -> None:
        """Prepare to measure `variants` (by id) in `environments` (by entry)."""
        self._store = store
        self._profile = profile
        self._chosen = chosen
        self._seed = seed
        self._variants = variants
        self._environments = environments
        self._cores = cores

    def run(
        self,
        plan: list[Origin],
        done: Callable[[Origin, list[Failure]], None],
        after: int = 0,
        limit_s: float = math.inf,
    ) -> None:
        """Measure every boot of the plan that has no samples yet; `done` is called after each with what failed in it.

        The first `after` boots are passed over without a word. No block is begun that would probably end after `limit_s`.
        """
        with on_cores(self._cores.harness):
            numbered = itertools.islice(enumerate(plan), after, None)
            by_block = itertools.groupby(numbered, key=lambda pair: pair[1].block)
            # A browser of its own for each block: should one crash, the next block has a sound one.
            for block in within((list(pairs) for _, pairs in by_block), limit_s):
                with chromium() as browser:
                    for number, origin in block:
                        done(origin, self._measured(browser, origin, self._seed + number))

    def _measured(self, browser: Browser, origin: Origin, seed: int) -> list[Failure]:
        return [] if self._store.is_done(origin.boot) else self._measure(browser, origin, seed)

    def _measure(self, browser: Browser, origin: Origin, seed: int) -> list[Failure]:
        directory = self._store.begin(origin.boot)
        file = SampleFile(directory / "harness.jsonl")
        variant = self._variants[f"{cell.entry}/{cell.variant}"]
        environment = self._environments[origin.entry]
        failures: list[Failure] = []
        ledger = directory / "ledger"
        try:
            with self._started(origin, variant, environment, ledger) as server:
                boot = Boot(origin, variant, environment, server, ledger, directory, file, seed)
                file.add(boot.measurement("server", "boot_ready_ms", server.await_ready()))
                for name, step in self._steps(browser, boot):
                    try:
                        step()
                    except STEP_ERRORS as error:
                        failures.append(Failure(**origin_fields(origin), step=name, reason=str(error)))
                stopped = server.stop()
                left = boot.measurement(
                    "server", "leftover_processes", len(stopped.leftover), "; ".join(stopped.leftover)
                )
                file.add(left)
            # Last, since it restarts the server.
            if "resilience" in self._chosen.instruments and self._has_resilience(origin):
                failures += self._resilience(browser, origin, variant, environment, file)
        except (ServerError, UserError) as error:
            failures.append(Failure(**origin_fields(origin), step="boot", reason=str(error)))
        file.add(*failures)
        file.close()
        for part in directory.glob("ledger.*"):
            part.unlink()
        self._store.end(origin.boot)
        return failures

    def _started(self, origin: Origin, variant: Variant, environment: Environment, ledger: Path) -> Running:
        """Start what a boot measures: on the server's own cores, or, if it is several workers, on all."""
        log = self._store.log(origin.boot)
        if origin.role == WORKERS:
            cores = sorted({*self._cores.server, *self._cores.harness})
            return Fleet(variant, environment, origin.deployment, self._profile.worker_sessions, log, cores)
        kept = lifetime_of(variant.entry)
        return Server(
            variant,
            environment,
            "app" if origin.page == "app" else "grid",
            log,
            grid=grid_of(origin),
            ledger=ledger,
            cores=self._cores.server,
            override=Override(arguments=kept.arguments, env=kept.env) if self._profile.load_levels else None,
        )

    def _steps(self, browser: Browser, boot: Boot) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the steps in their order: the wire first, whose first session finds the server cold."""
        chosen = self._chosen.instruments
        on_app = boot.origin.page == "app"
        if boot.origin.role == TRUTH:
            if "wire" in chosen:
                yield "wire, 1 session", lambda: self._wire_alone(boot)
            if "browser" in chosen:
                yield "browser", lambda: self._timed(browser, boot)
            return
        if boot.origin.role == WORKERS:
            yield "wire", lambda: self._keep_busy(boot)
            return
        if boot.origin.role == NEIGHBOUR:
            yield "warm-up", lambda: self._warm_up(boot)
            yield "clicks, calm", lambda: self._clicks(boot, "unrelated", "rests")
            yield "clicks beside jobs", lambda: self._clicks(boot, "neighbour", "crunches")
            return
        if self._profile.load_levels or self._profile.load_browser_rounds:
            if "wire" in chosen and on_app:
                yield from self._load_steps(browser, boot)
            return
        if "wire" in chosen and (on_app or not self._profile.only_times_grid):
            yield "wire, 1 session", lambda: self._wire_alone(boot)
        if "resources" in chosen:
            yield "resources", lambda: self._resources(boot)
        if "browser" in chosen:
            yield "browser", lambda: self._browser(browser, boot)
            for rtt_ms in self._profile.rtts_ms if self._is_far_away(boot.origin) else ():
                yield f"browser, {rtt_ms:g} ms round trips", partial(self._far_away, browser, boot, rtt_ms)
        if "wire" in chosen and on_app and self._has_crowd(boot.origin):
            yield f"wire, {self._profile.crowd_sessions} sessions", lambda: self._wire_crowd(boot)

    def _has_crowd(self, origin: Origin) -> bool:
        profile = self._profile
        return origin.block < profile.crowd_blocks and profile.crowd_actions > 0 and bool(self._chosen.app_scenarios())

    def _has_resilience(self, origin: Origin) -> bool:
        return origin.page == "app" and origin.block < self._profile.resilience_blocks

    def _resilience(
        self, browser: Browser, origin: Origin, variant: Variant, environment: Environment, file: SampleFile
    ) -> list[Failure]:
        log = self._store.log(f"{cell.boot}-resilience")
        try:
            for outcome in resilience.outcomes(browser, variant, environment, log):
                file.add(
                    Measurement(
                        **origin_fields(origin),
                        instrument="resilience",
                        metric=f"{outcome.event}_ms",
                        value=outcome.until_answer_ms,
                        detail=outcome.kept,
                        reason=None if outcome.until_answer_ms else f"no answer within {resilience.PATIENCE_S:g} s",
                    )
                )
        except STEP_ERRORS as error:
            return [Failure(**origin_fields(origin), step="resilience", reason=str(error))]
        return []

    def _resources(self, boot: Boot) -> None:
        figures = resources.measure(boot.server.processes())
        for metric, value in (
            ("idle_pss_bytes", figures.pss_bytes),
            ("idle_uss_bytes", figures.uss_bytes),
            ("threads", figures.threads),
            ("handles", figures.handles),
            ("processes", figures.processes),
        ):
            boot.file.add(boot.measurement("resources", metric, value))

    def _is_far_away(self, origin: Origin) -> bool:
        return origin.page == "app" and origin.block < self._profile.rtt_blocks

    def _far_away(self, browser: Browser, boot: Boot, rtt_ms: float) -> None:
        # Without a warm-up: the server is warm by now, and what a page's first gestures cost more is little beside a round trip.
        task = self._browser_task(boot)
        counted = task.actions[: len(task.actions) - task.warmup_actions]
        task = replace(task, actions=counted, warmup_actions=0, tasks=(), reopens=False, rtt_ms=rtt_ms)
        for sample in far_away(browser, task):
            boot.file.add(sample)

    def _browser(self, browser: Browser, boot: Boot) -> None:
        self._timed(browser, boot)
        # What an action sends hardly varies: once a variant is enough, and a size of the scaling page.
        costs = [cost_ms for cost_ms, _ in self._profile.grid_costs]
        if boot.origin.block == 0 and (boot.origin.page == "app" or boot.origin.grid_cost_ms == costs[0]):
            for figure in untimed(browser, self._browser_task(boot)):
                boot.file.add(figure)

    def _timed(self, browser: Browser, boot: Boot) -> None:
        for sample in timed(browser, self._browser_task(boot)):
            boot.file.add(sample)

    def _browser_task(self, boot: Boot) -> BrowserTask:
        profile = self._profile
        warmup, counted = self._amounts(boot)
        return BrowserTask(
            origin=boot.origin,
            variant=boot.variant,
            url=boot.server.url,
            ledger=boot.ledger,
            initial=boot.initial,
            actions=tuple(itertools.islice(boot.actions(self._chosen), warmup + counted)),
            warmup_actions=warmup,
            tasks=self._tasks(boot),
            reopens=boot.origin.page == "app",
            hold_ms=profile.hold_ms,
            rest_ms=profile.rest_ms,
            seed=boot.seed,
        )

    def _amounts(self, boot: Boot) -> tuple[int, int]:
        """Return how many actions a session does in warming up, and how many that count."""
        if boot.origin.role == TRUTH:
            return 1, self._profile.truth_actions
        if self._profile.load_browser_rounds:
            return len(CONTROLS), self._profile.load_browser_rounds * len(CONTROLS)
        if boot.origin.page == "grid":
            return 1, self._profile.grid_actions
        controls = sum(len(SCENARIOS[name].controls) for name in self._chosen.app_scenarios())
        return self._profile.warmup_rounds * controls, self._profile.rounds * controls

    def _tasks(self, boot: Boot) -> tuple[str, ...]:
        on_app = boot.origin.page == "app"
        return self._chosen.tasks(boot.variant) if on_app and boot.origin.block < self._profile.task_blocks else ()

    def _wire_alone(self, boot: Boot) -> None:
        warmup, counted = self._amounts(boot)
        config = self._wire(boot, 1)
        config = config.model_copy(
            update={
                "actions": counted,
                "warmup_actions": warmup,
                "tasks": tuple(name for name in self._tasks(boot) if name != "drag"),
                "interval_ms": self._profile.hold_ms + sum(self._profile.rest_ms) / 2,
                "ledger": boot.ledger,
                "measures_first_session": True,
            }
        )
        run(config, boot.server.url, LIMIT_S)

    def _wire_crowd(self, boot: Boot) -> None:
        config = self._wire(boot, self._profile.crowd_sessions).model_copy(
            update={
                "actions": self._profile.crowd_actions,
                "schedule": "open",
                "interval_ms": self._profile.crowd_interval_ms,
            }
        )
        run(config, boot.server.url, LIMIT_S)

    def _load_steps(self, browser: Browser, boot: Boot) -> Iterator[tuple[str, Callable[[], None]]]:
        profile = self._profile
        if profile.load_levels:
            yield "load", lambda: self._put(boot, levels=profile.load_levels)
            yield "memory", lambda: self._memory_given_back(boot)
        if profile.load_cycles and boot.origin.block < profile.load_cycle_blocks and boot.variant.name != AGAIN:
            yield "cycles", lambda: self._cycles(boot)
        if profile.load_browser_rounds and "browser" in self._chosen.instruments:
            yield "browser, alone and beside sessions", lambda: self._browser_beside(browser, boot)

    def _keep_busy(self, boot: Boot) -> None:
        """Have sessions act without a pause, each at the proxy's port for it."""
        sessions = self._profile.worker_sessions
        self._put(
            boot,
            levels=(sessions,),
            visitor_ports=sessions,
            hold_s=self._profile.worker_hold_s,
            arrivals="closed",
            interval_ms=NO_PAUSE_MS,
            open_timeout_s=OPEN_BUSY_S,
        )

    def _put(self, boot: Boot, **settings: Any) -> None:
        """Put a load on a boot's server and store its samples with the boot's."""
        config = load_config(boot.variant, boot.environment, self._profile, boot.seed)
        place = {
            "servers": boot.server.supervisor_pids,
            "samples": boot.directory,
            "origin": origin_fields(boot.origin),
        }
        run_load(config.model_copy(update={**place, **settings}), boot.server.url, self._profile.load_processes)

    def _warm_up(self, boot: Boot) -> None:
        """Have as many sessions click for a moment and keep nothing of it, so that no part of what follows is the first."""
        sessions = self._profile.load_neighbours + 1
        clicks = (("unrelated", "increment"),)
        self._put(boot, levels=(sessions,), controls=clicks, hold_s=WARM_S, samples=None, origin=None, goes_on=True)

    def _clicks(self, boot: Boot, scenario: str, first: str) -> None:
        """Have others click on the counter while the first session rests, or has jobs run."""
        sessions = self._profile.load_neighbours + 1
        self._put(boot, levels=(sessions,), controls=((scenario, "increment"),), first=first, goes_on=True)

    def _memory_given_back(self, boot: Boot) -> None:
        wait_s = _until_given_back_s(boot)
        time.sleep(wait_s)
        pss_bytes = resources.measure(boot.server.processes()).pss_bytes
        boot.file.add(boot.measurement("resources", "closed_pss_bytes", pss_bytes, f"{wait_s:g} s"))

    def _cycles(self, boot: Boot) -> None:
        """Open, use and close sessions again and again; their answers are no part of any level's."""
        profile = self._profile
        origin = {**origin_fields(boot.origin), "role": CYCLES}
        amount = {"levels": (profile.load_cycle_sessions,), "hold_s": CYCLE_HOLD_S, "cycles": profile.load_cycles}
        self._put(boot, **amount, settle_s=CYCLE_SETTLE_S, origin=origin, goes_on=True)

    def _browser_beside(self, browser: Browser, boot: Boot) -> None:
        """Go through a browser's rounds alone, and then while others act, from when all of them are open until they end."""
        sessions = self._profile.load_browser_sessions
        began_s = time.monotonic()
        self._timed(browser, boot)
        hold_s = min(BESIDE_TIMES * (time.monotonic() - began_s), BESIDE_MOST_S)
        directory = boot.directory / "beside"
        directory.mkdir()
        with ThreadPoolExecutor(1) as pool:
            beside = {"levels": (sessions,), "hold_s": hold_s, "samples": directory, "goes_on": True}
            load = pool.submit(self._put, boot, **beside)
            while not load.done() and not any(HELD in file.read_bytes() for file in directory.glob("*.jsonl")):
                time.sleep(0.1)
            is_beside = False
            # Other filters than before, for a server that keeps what it has computed.
            again = self._browser_task(replace(boot, seed=boot.seed + 1))
            for sample in itertools.takewhile(lambda _: not load.done(), timed(browser, again)):
                boot.file.add(_beside(sample, sessions) if isinstance(sample, Interaction) else sample)
                is_beside = True
            load.result()
        if not is_beside:
            raise WireError(f"the {sessions} sessions that were to act beside the browser didn't all open")

    def _wire(self, boot: Boot, sessions: int) -> WireConfig:
        return WireConfig(
            entry=boot.variant.entry.directory,
            variant=boot.variant.name,
            page="app" if boot.origin.page == "app" else "grid",
            grid_cells=boot.origin.grid_cells,
            site_packages=boot.environment.site_packages,
            seed=boot.seed,
            scenarios=self._chosen.app_scenarios(),
            sessions=sessions,
            server=boot.server.supervisor_pids[0],
            samples=boot.directory,
            origin=origin_fields(boot.origin),
        )


def _until_given_back_s(boot: Boot) -> float:
    """Return how long to wait for the memory of closed sessions: a lifetime that nothing shortens isn't waited for."""
    kept_s = lifetime_of(boot.variant.entry).kept_s
    return SETTLE_S + (kept_s if kept_s <= MOST_KEPT_S else 0.0)


@contextmanager
def on_cores(cores: tuple[int, ...]) -> Iterator[None]:
    """Keep this process, and what it starts meanwhile, on some CPUs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _beside(sample: Interaction, sessions: int) -> Interaction:
    """Return a sample taken beside so many sessions, without the user code that ran meanwhile: most of it is theirs."""
    return replace(
        sample,
        sessions=sessions,
        user_code_calls=None,
        user_code_ms=None,
        user_code_cpu_ms=None,
        until_user_code_ms=None,
        until_user_code_done_ms=None,
    )
