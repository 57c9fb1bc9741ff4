"""Steps that several experiments have in common."""

from pyuibench.contract.scenarios import ROUNDS
from pyuibench.experiments.base import Boot, pause_ms
from pyuibench.instruments.browser.task import BrowserTask
from pyuibench.instruments.resources import measure
from pyuibench.instruments.wire.config import Load


def alone_on_the_wire(
    boot: Boot, experiment: str, actions: int, warmup_actions: int, scenarios: tuple[str, ...] = ROUNDS
) -> None:
    """Store what one session does on the wire, which is the first that the server has: each action after a pause."""
    load = Load(
        seed=boot.seed,
        script="rounds",
        scenarios=scenarios,
        actions=actions,
        warmup_actions=warmup_actions,
        arrivals="closed",
        interval_ms=pause_ms(),
        opens_cold=True,
    )
    boot.act(load, experiment, has_ledger=True)


def in_browser(boot: Boot, task: BrowserTask, counted: BrowserTask | None = None) -> None:
    """Store what the browser times; and, in the first block, what is sent, which hardly varies.

    `counted`: the task of which that is counted, whose first actions are of a control each; the timed one where none is given.
    """
    for sample in boot.look(task):
        boot.keep(sample)
    if task.origin.block == 0:
        for figure in boot.count_traffic(counted or task):
            boot.keep(figure)


def idle_memory(boot: Boot, experiment: str) -> None:
    """Store what the server takes while nothing is asked of it."""
    figures = measure(boot.processes())
    for metric, value in (
        ("idle_pss_bytes", figures.pss_bytes),
        ("idle_uss_bytes", figures.uss_bytes),
        ("threads", figures.threads),
        ("handles", figures.handles),
        ("processes", figures.processes),
    ):
        boot.keep(boot.figure(experiment, "resources", metric, value))
