"""What experiments are made of: their boots, the steps in each, and what a step can do to a boot."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import psutil

from pyuibench.contract.model import Answers
from pyuibench.contract.scenarios import SCENARIOS, PageName, Texts
from pyuibench.contract.states import Action, initial_texts
from pyuibench.contract.walks import NOT_OFTEN, app_actions, grid_actions
from pyuibench.entries.catalog import AGAIN, Variant
from pyuibench.entries.lifetime import Lifetime
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.browser.asking import Visitor
from pyuibench.instruments.browser.task import BrowserTask
from pyuibench.instruments.wire.config import Load
from pyuibench.results.plan import Expected
from pyuibench.results.records import CellCosts, Measurement, Origin, origin_fields

HOLD_MS = 50
"""For how long a right state must hold."""
REST_MS = (40.0, 90.0)
"""For how long a session rests between two actions, from and to: at random, so that no timer of a page is met in step."""


@dataclass(frozen=True)
class BootSpec:
    """What is started for a boot. Experiments of a profile that ask for equal boots share one.

    `name` tells boots of a variant apart. `cell_costs`: what each cell of the scaling page costs, where they differ; they are
    then changed in rounds, so that each cost is met as often. `keeps_sessions` is False where the server is started with the
    entry's documented setting that gives closed sessions up early. `tokens_per_s`: the pace of answers, 0 for the workload's own;
    `tokens`: how many a language model writes, 0 where none is asked. `contract`: that of the page, where it isn't the reference
    app's; `turns`: those that a conversation has had when it opens. `can_be_busy`: whether a session can do something else while
    a job of its own runs, which few can't. Without `has_server` steps start their own. `deployment` and `visitors`: through a
    proxy, with one port for each visitor.
    """

    name: str
    page: PageName = "app"
    cells: int = 0
    cost_ms: float = 0.0
    cost_kind: str = ""
    cell_costs: CellCosts = ()
    job_kind: str = ""
    tokens_per_s: float = 0.0
    tokens: int = 0
    contract: str = ""
    turns: int = 0
    can_be_busy: bool = True
    deployment: str = ""
    visitors: int = 1
    keeps_sessions: bool = True
    has_server: bool = True


APP = BootSpec("app")
"""The app page as the entry serves it."""


class Boot(ABC):
    """A boot while it is measured: what a step may do to it."""

    spec: BootSpec
    variant: Variant
    chosen: Selection
    seed: int
    lifetime: Lifetime
    ledger: Path

    @property
    @abstractmethod
    def answers(self) -> Answers:
        """Return what the language models answer that the boot's page asks."""

    @abstractmethod
    def visitors(
        self, experiment: str, initial: Texts, number: int, first: int = 0
    ) -> AbstractContextManager[tuple[Visitor, ...]]:
        """Have so many visitors' pages open, numbered from `first` on. Raises GestureError when one doesn't open."""

    @abstractmethod
    def origin(self, experiment: str) -> Origin:
        """Return where a sample of an experiment belongs."""

    @abstractmethod
    def keep(self, record: Origin) -> None:
        """Store a sample."""

    @abstractmethod
    def act(self, load: Load, experiment: str, *, has_ledger: bool = False, processes: int = 1) -> None:
        """Have sessions act on the wire. Raises WireError when the load fails."""

    @abstractmethod
    def act_beside(self, load: Load) -> AbstractContextManager[Callable[[], bool]]:
        """Have sessions act on the wire meanwhile, from when all of them are open; their samples aren't stored.

        Gives a function that says whether they still act. Raises WireError when they don't all open.
        """

    @abstractmethod
    def look(self, task: BrowserTask) -> Iterator[Origin]:
        """Yield what the browser times. Raises GestureError when the page doesn't load or a control can't be operated."""

    @abstractmethod
    def count_traffic(self, task: BrowserTask) -> Iterator[Measurement]:
        """Yield what a page load and one action of each control carry, untimed. Raises GestureError likewise."""

    @abstractmethod
    def open_pages(self, count: int) -> AbstractContextManager[tuple[int | None, ...]]:
        """Have so many pages open in the browser, in their first state; gives the process of each, None if it can't be told.

        Raises GestureError when one doesn't open.
        """

    @abstractmethod
    def survive(self) -> Iterator[tuple[str, str, float | None]]:
        """Yield event, what was kept, and milliseconds until the page answered again, of servers started for that."""

    @abstractmethod
    def processes(self) -> list[psutil.Process]:
        """Return the processes that serve."""

    def task(
        self,
        experiment: str,
        actions: Iterable[Action],
        warmup_actions: int = 0,
        initial: Texts | None = None,
        **more: Any,
    ) -> BrowserTask:
        """Return what the browser is to do, from the page's first state: `initial`, or that of the reference app's page."""
        return BrowserTask(
            origin=self.origin(experiment),
            cell_costs=self.spec.cell_costs,
            initial=initial_texts(self.spec.page, self.spec.cells) if initial is None else initial,
            actions=tuple(actions),
            warmup_actions=warmup_actions,
            hold_ms=HOLD_MS,
            rest_ms=REST_MS,
            seed=self.seed,
            **more,
        )

    def actions(self, seed: int | None = None, often: Mapping[str, int] = NOT_OFTEN) -> Iterator[Action]:
        """Yield the browser's actions on the page without end: downward, since the wire's session has gone up before.

        `often`: as in `app_actions`.
        """
        chance = self.seed if seed is None else seed
        if self.spec.page == "app":
            return app_actions(chance, self.chosen.app_scenarios(), downward=True, often=often)
        return grid_actions(chance, self.spec.cells, downward=True, in_rounds=bool(self.spec.cell_costs))

    def figure(self, experiment: str, instrument: str, metric: str, value: float | None, **more: Any) -> Measurement:
        """Return a figure of this boot."""
        origin = origin_fields(self.origin(experiment))
        return Measurement(**origin, instrument=instrument, metric=metric, value=value, **more)


@dataclass(frozen=True)
class Step:
    """One part of a boot: if it fails, the rest goes on. `what` says for people what was tried."""

    instrument: str
    what: str
    run: Callable[[], None] = field(repr=False)


@dataclass(frozen=True)
class Experiment(ABC):
    """One kind of question to a run, with its settings: the fields of its class."""

    name: ClassVar[str]

    @abstractmethod
    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterable[BootSpec]:
        """Yield the boots that a variant takes in a block."""

    @abstractmethod
    def steps(self, boot: Boot) -> Iterable[Step]:
        """Yield the steps in one of its boots, in their order."""

    @abstractmethod
    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterable[Expected]:
        """Yield how many samples one of its boots gives when nothing fails."""


def controls_in(scenarios: Iterable[str]) -> int:
    """Return how many controls the scenarios of a round have."""
    return sum(len(SCENARIOS[name].controls) for name in scenarios)


def is_twin(variant: Variant) -> bool:
    """Return whether a variant is the baseline under its second name, which only shows the noise of comparing."""
    return variant.name == AGAIN


def pause_ms() -> float:
    """Return how long a session on the wire waits between two actions, on average: as long as the browser's does."""
    return HOLD_MS + sum(REST_MS) / 2
