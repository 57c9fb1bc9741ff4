"""Profile -> schedule: every variant once a block, in an order that a seed decides."""

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace

from pyuibench.contract.known_delays import KINDS, TRUTHS, Truth, with_pauses
from pyuibench.contract.scenarios import SCENARIOS, TASKS, PageName
from pyuibench.contract.service_level import P95_MS
from pyuibench.entries.catalog import AGAIN, Variant
from pyuibench.entries.deployment import deployments_of
from pyuibench.errors import UserError
from pyuibench.instruments.wire.arrivals import Arrivals
from pyuibench.instruments.wire.load_config import LEVELS
from pyuibench.results.records import INSTRUMENTS, Instrument, Origin
from pyuibench.results.store import NEIGHBOUR, TRUTH, WORKERS
from pyuibench.serving.server import Grid

# The instruments that need no running server.
WITHOUT_SERVER: frozenset[Instrument] = frozenset({"code", "environment"})
# Those that time interactions.
TIMING: frozenset[Instrument] = frozenset({"browser", "wire"})
# Milliseconds and their kind: on the CPU, or asleep.
Cost = tuple[float, str]


@dataclass(frozen=True)
class Profile:
    """How much is measured. A round is one action of each control; the first `warmup_rounds` of a session don't count.

    The scaling page is measured with each of `grid_cells` at each of `grid_costs`, milliseconds and their kind a cell; with one
    cell, which leaves nothing untouched, at the first cost only. With `grid_costs_in_turn` a block has the first cost and so many
    of the others, which take turns.

    On the wire one session does the same, and then, in the first `crowd_blocks` blocks, each of `crowd_sessions` does
    `crowd_actions`, one due every `crowd_interval_ms`. A right state must hold for `hold_ms`; then a session rests for
    `rest_ms`, from and to. With `only_times_grid` the scaling page is measured in the browser alone. In the first
    `task_blocks` blocks browser and wire carry out the tasks, which take ten seconds; in the first `resilience_blocks` it is
    seen what survives a cut connection, a reload and a restart; in the first `rtt_blocks` the browser goes through its rounds
    again with each of `rtts_ms` added to every round trip. In the first `truth_blocks` the baseline's server is given each of the
    known delays `truths`, milliseconds and their kind, which `truth_actions` actions shall recover.

    With `load_levels` all that is done to the app page instead is a load: as many sessions as each level says, held for
    `load_hold_s`, their actions due as `load_arrivals` has it, until a scenario's 95th percentile is above that of `load_slo_ms`;
    by `load_processes` generators. In the first `load_cycle_blocks`, and not for the baseline's twin, come `load_cycles` in which
    `load_cycle_sessions` are opened, used and closed.

    With `load_browser_rounds` a browser goes through so many, alone and then beside `load_browser_sessions`; with
    `load_neighbours`, in boots of their own, so many click, calm and while one more session has jobs run.

    With `worker_sessions` the app page is deployed with one and with two workers, behind a proxy that is sticky or isn't, and so
    many sessions, which don't think between an answer and the next action, keep it busy for `worker_hold_s`.
    """

    name: str
    blocks: int
    rounds: int
    warmup_rounds: int
    grid_cells: tuple[int, ...]
    grid_actions: int
    crowd_sessions: int
    crowd_actions: int
    crowd_interval_ms: float = 1000.0
    grid_costs: tuple[Cost, ...] = ((1.0, "cpu"),)
    grid_costs_in_turn: int = 0
    hold_ms: int = 50
    rest_ms: tuple[float, float] = (40.0, 90.0)
    crowd_blocks: int = 100
    task_blocks: int = 100
    resilience_blocks: int = 0
    rtts_ms: tuple[float, ...] = ()
    rtt_blocks: int = 0
    only_times_grid: bool = False
    truths: tuple[Cost, ...] = tuple(map(astuple, TRUTHS))
    truth_blocks: int = 1
    truth_actions: int = 10
    load_levels: tuple[int, ...] = ()
    load_hold_s: float = 4.0
    load_slo_ms: tuple[tuple[str, float], ...] = P95_MS
    load_arrivals: Arrivals = "poisson"
    load_cycles: int = 0
    load_cycle_sessions: int = 5
    load_cycle_blocks: int = 1
    load_processes: int = 1
    load_browser_rounds: int = 0
    load_browser_sessions: int = 10
    load_neighbours: int = 0
    worker_sessions: int = 0
    worker_hold_s: float = 6.0


# To the next city, across a continent, and to another one.
RTTS_MS = (20.0, 50.0, 150.0)
TAX_COSTS = ((0.0, "cpu"), (1.0, "cpu"), (5.0, "sleep"), (1.0, "sleep"), (5.0, "cpu"))

PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("smoke", 1, 1, 1, (1, 10), 2, 2, 2, 250.0, truths=((20.0, "sleep"),), truth_actions=5),
        Profile("quick", 3, 3, 1, (1, 40), 5, 10, 4, crowd_blocks=1, task_blocks=1, only_times_grid=True),
        Profile("tax", 3, 1, 1, (1, 50, 200), 5, 2, 0, 1000, TAX_COSTS, 2, task_blocks=0, only_times_grid=True),
        Profile("far", 3, 1, 1, (), 0, 2, 0, task_blocks=0, resilience_blocks=1, rtts_ms=RTTS_MS, rtt_blocks=3),
        Profile("again", 60, 3, 1, (), 0, 2, 0, task_blocks=0),
        Profile("workers", 3, 0, 0, (), 0, 1, 0, task_blocks=0, worker_sessions=20),
        Profile("load", 3, 0, 0, (), 0, 1, 0, task_blocks=0, load_levels=LEVELS, load_cycles=10),
        Profile("neighbours", 3, 0, 0, (), 0, 1, 0, task_blocks=0, load_browser_rounds=2, load_neighbours=10),
        Profile("full", 10, 3, 1, (1, 40, 100), 5, 10, 10, crowd_blocks=3, task_blocks=3),
    )
}


@dataclass(frozen=True)
class Selection:
    """The part of everything that a run is about."""

    scenarios: tuple[str, ...] = tuple(SCENARIOS)
    instruments: tuple[Instrument, ...] = INSTRUMENTS

    @property
    def pages(self) -> tuple[PageName, ...]:
        """Return the pages that the scenarios need."""
        return tuple(dict.fromkeys(SCENARIOS[name].page for name in self.scenarios))

    def app_scenarios(self) -> tuple[str, ...]:
        """Return the chosen scenarios of the app page's rounds."""
        return tuple(name for name in self.scenarios if SCENARIOS[name].page == "app" and SCENARIOS[name].in_rounds)

    def tasks(self, variant: Variant) -> tuple[str, ...]:
        """Return the chosen scenarios of what a session does once, as far as the variant can."""
        return tuple(name for name in TASKS if name in self.scenarios and name not in variant.not_applicable)


def profile_named(name: str) -> Profile:
    """Return a profile. Raises UserError for an unknown one."""
    if name not in PROFILES:
        raise UserError(f"There is no profile {name!r}; known profiles: {', '.join(PROFILES)}.")
    return PROFILES[name]


def selection(scenarios: Sequence[str], instruments: Sequence[str]) -> Selection:
    """Return what names choose; everything for none. Raises UserError for an unknown name."""
    for kind, names, known in (("scenario", scenarios, tuple(SCENARIOS)), ("instrument", instruments, INSTRUMENTS)):
        for name in names:
            if name not in known:
                raise UserError(f"There is no {kind} {name!r}; known {kind}s: {', '.join(known)}.")
    return Selection(
        tuple(name for name in SCENARIOS if not scenarios or name in scenarios),
        tuple(name for name in INSTRUMENTS if not instruments or name in instruments),
    )


def make_plan(profile: Profile, variants: Iterable[Variant], chosen: Selection, seed: int) -> list[Origin]:
    """Return the boots in order: blocked, every one once a block, shuffled within it by the seed.

    There are none when no chosen instrument looks at a running server.
    """
    if WITHOUT_SERVER.issuperset(chosen.instruments):
        return []
    chance = random.Random(seed)
    plan: list[Origin] = []
    measured = tuple(variants)
    truths = [origin for variant in measured for origin in _truth_boots(profile, variant, chosen)]
    neighbours = [origin for variant in measured for origin in _neighbour_boots(profile, variant, chosen)]
    for block in range(profile.blocks):
        boots = [origin for variant in measured for origin in _boots(profile, variant, chosen, block)]
        wanted = boots + neighbours + (truths if block < profile.truth_blocks else [])
        order = [replace(origin, block=block, boot=f"{block:02d}-{origin.boot}") for origin in wanted]
        chance.shuffle(order)
        plan += order
    return plan


def grid_of(origin: Origin) -> Grid:
    """Return the scaling page that a boot serves."""
    return Grid(origin.grid_cells, origin.grid_cost_ms, origin.grid_cost_kind)


def _boots(profile: Profile, variant: Variant, chosen: Selection, block: int) -> Iterable[Origin]:
    if profile.worker_sessions:
        yield from _worker_boots(variant, chosen)
        return
    for page in chosen.pages:
        if variant.page_file(page) is None:
            continue
        for cells, (cost_ms, kind) in _grids(profile, variant, block) if page == "grid" else ((0, (0.0, "")),):
            cost = f"-{cost_ms:g}ms-{kind}" if page == "grid" and len(profile.grid_costs) > 1 else ""
            boot = f"{variant.entry.name}-{variant.name}-{page}{cells or ''}{cost}"
            yield _cell(variant, boot, page, cells, cost_ms, kind)


def _truth_boots(profile: Profile, variant: Variant, chosen: Selection) -> Iterable[Origin]:
    """Yield the boots with known delays: of the baseline's first variant, in every run that times anything."""
    entry = variant.entry
    if (
        not entry.table.baseline
        or variant.name != entry.variants[0].name
        or not TIMING.intersection(chosen.instruments)
    ):
        return
    for truth in with_pauses(Truth(*it) for it in profile.truths):
        boot = f"{entry.name}-{variant.name}-{TRUTH}-{truth.cost_ms:g}ms-{truth.kind}"
        yield replace(_cell(variant, boot, "grid", 1, truth.cost_ms, truth.kind), role=TRUTH)


def _worker_boots(variant: Variant, chosen: Selection) -> Iterable[Origin]:
    """Yield the boots with one and with two workers."""
    for deployment in deployments_of(variant) if "wire" in chosen.instruments else ():
        boot = f"{variant.entry.name}-{variant.name}-{deployment.replace(',', '').replace(' ', '-')}"
        yield replace(_cell(variant, boot, "app", 0, 0.0, ""), role=WORKERS, deployment=deployment)


def _neighbour_boots(profile: Profile, variant: Variant, chosen: Selection) -> Iterable[Origin]:
    """Yield the boots in which one session has jobs run, asleep and on the CPU, while others click."""
    wanted = profile.load_neighbours and "wire" in chosen.instruments
    if wanted and variant.name != AGAIN and not {"job", "neighbour"} & variant.not_applicable.keys():
        for kind in KINDS:
            boot = f"{variant.entry.name}-{variant.name}-{NEIGHBOUR}-{kind}"
            yield replace(_cell(variant, boot, "app", 0, 0.0, kind), role=NEIGHBOUR)


def _cell(variant: Variant, boot: str, page: PageName, cells: int, cost_ms: float, kind: str) -> Origin:
    return Origin(
        block=0,
        boot=boot,
        entry=variant.entry.name,
        variant=variant.name,
        role=variant.table.role,
        model=variant.table.model,
        page=page,
        grid_cells=cells,
        grid_cost_ms=cost_ms,
        grid_cost_kind=kind,
    )


def _grids(profile: Profile, variant: Variant, block: int) -> Iterable[tuple[int, Cost]]:
    sizes = dict.fromkeys(min(cells, variant.table.most_cells or cells) for cells in profile.grid_cells)
    for cells, cost in itertools.product(sizes, _costs(profile, block)):
        if cells > 1 or cost == profile.grid_costs[0]:
            yield cells, cost


def _costs(profile: Profile, block: int) -> tuple[Cost, ...]:
    first, *others = profile.grid_costs
    turns = profile.grid_costs_in_turn or len(others)
    return (first, *itertools.islice(itertools.cycle(others), block * turns, (block + 1) * turns))
