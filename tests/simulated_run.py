"""Runs as a quiet machine gives them, by chance: of a few entries, with the noise that was seen in the committed runs.

Times are log-normal: an action's base, times what its block, its boot, its boot's case and the sample itself add by chance. A
boot's part is shared by all of its actions, so comparisons within a run depend on each other, as they do in real ones.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from pyuibench.analysis.known_delays import KNOWN_DELAYS
from pyuibench.contract.known_delays import TRUTHS, with_pauses
from pyuibench.entries.catalog import AGAIN
from pyuibench.results.plan import Expected, PlannedBoot
from pyuibench.results.records import Origin, columns, defaults, origin_fields
from pyuibench.results.store import Run

ROUND = (
    ("unrelated", "increment"),
    ("unrelated", "name"),
    ("local", "granularity"),
    ("global", "category"),
    ("global", "min_units"),
)
SIZES = (1, 10)
ROUNDS = 3
CELL_ACTIONS = 4
DELAY_ACTIONS = 10
SESSIONS, CROWD_ACTIONS, INTERVAL_MS = 10, 4, 1000.0
BASE_MS = {"increment": 10.0, "name": 12.0, "granularity": 25.0, "category": 40.0, "min_units": 40.0, "cell": 8.0}
SPREAD = {"increment": 0.32, "name": 0.21, "granularity": 0.17, "category": 0.15, "min_units": 0.15, "cell": 0.23}
"""Standard deviations of the logarithms of a boot's samples in the browser."""
LOAD_MS = {"cold": 300.0, "warm": 150.0}
WIRE_SHARE = 0.3
"""What an action takes on the wire, of what it takes in the browser."""


@dataclass(frozen=True)
class Noise:
    """Standard deviations, as estimated from `results/reference` and `results/again`.

    Of logarithms: of blocks, boots, a boot's cases, page loads in a boot, and samples on the wire (those in the browser are in
    SPREAD). In milliseconds, of known delays: of boots, and of samples in the browser and on the wire. `clock_ms`: of the page's
    clock to the machine's. `others`: the share of a core that others use on a quiet machine.
    """

    block: float = 0.04
    boot: float = 0.05
    case: float = 0.04
    load: float = 0.06
    wire: float = 0.15
    delay_boot_ms: float = 0.1
    delay_browser_ms: float = 1.3
    delay_wire_ms: float = 0.15
    clock_ms: float = 0.2
    others: float = 0.02


def origin(entry, variant, block, page="app", cells=0, cost_ms=0.0, kind="", experiment="rounds"):
    name = {"app": "app", "grid": f"grid{cells}"}[page] if experiment != KNOWN_DELAYS else experiment
    return Origin(
        block=block,
        boot=f"{block:02d}-{entry}-{variant}-{name}",
        entry=entry,
        variant=variant,
        role="idiomatic",
        model="callback",
        experiment=experiment,
        page=page,
        grid_cells=cells,
        grid_cost_ms=cost_ms,
        grid_cost_kind=kind,
    )


def browser_rows(place, actions, warmup, loads):
    """Yield what the browser times in a boot: loads, and so many actions, the first of them a warm-up."""
    at = {**origin_fields(place), "instrument": "browser", "sessions": 1, "session": 0}
    for sequence, how in enumerate(loads):
        yield {**at, "scenario": "load", "control": how, "sequence": sequence, "warmup": False, "base_ms": LOAD_MS[how]}
    for sequence in range(warmup + len(actions)):
        scenario, control = actions[(sequence - warmup) % len(actions)]
        base_ms = BASE_MS[control] + place.grid_cost_ms
        yield {**at, "scenario": scenario, "control": control, "sequence": sequence, "warmup": sequence < warmup} | {
            "base_ms": base_ms
        }


def wire_rows(place, actions, warmup):
    """Yield what one session on the wire does in a boot."""
    for row in browser_rows(place, actions, warmup, ()):
        base_ms = place.grid_cost_ms + WIRE_SHARE * (row["base_ms"] - place.grid_cost_ms)
        yield {**row, "instrument": "wire", "base_ms": base_ms}


def crowd_rows(place):
    for session in range(SESSIONS):
        for sequence in range(CROWD_ACTIONS):
            scenario, control = ROUND[(session + sequence) % len(ROUND)]
            yield {
                **origin_fields(replace(place, experiment="crowd")),
                "instrument": "wire",
                "sessions": SESSIONS,
                "session": session,
                "scenario": scenario,
                "control": control,
                "sequence": sequence,
                "warmup": False,
                "base_ms": WIRE_SHARE * BASE_MS[control],
            }


@dataclass(frozen=True)
class Plan:
    """What is simulated: rows without their times, boots with what they have to give, and variants."""

    rows: pd.DataFrame
    boots: tuple[PlannedBoot, ...]
    variants: tuple[tuple[str, str], ...]


def plan(others=2, blocks=3):
    """Return a run's plan: the baseline twice, and so many other entries, in so many blocks; known delays in the first."""
    variants = (("ground", "socket"), ("ground", AGAIN), *((f"entry{number}", "app") for number in range(others)))
    rows, boots = [], []
    for block in range(blocks):
        for entry, variant in variants:
            app = origin(entry, variant, block)
            rounds = [*ROUND] * ROUNDS
            rows += [*browser_rows(app, rounds, len(ROUND), ("cold", "warm")), *wire_rows(app, rounds, len(ROUND))]
            expected = [
                Expected("rounds", it, len(ROUND) * (ROUNDS + 1), len(ROUND) * (ROUNDS + 1))
                for it in ("browser", "wire")
            ]
            if block == 0:
                rows += crowd_rows(app)
                expected.append(Expected("crowd", "wire", SESSIONS * CROWD_ACTIONS, SESSIONS * CROWD_ACTIONS))
            boots.append(PlannedBoot(app, ("rounds", "crowd"), tuple(expected)))
            for cells in SIZES:
                grid = origin(entry, variant, block, "grid", cells, 1.0, "cpu", "scaling")
                rows += browser_rows(grid, [("grid", "cell")] * CELL_ACTIONS, 1, ("cold",))
                count = 1 + CELL_ACTIONS
                boots.append(PlannedBoot(grid, ("scaling",), (Expected("scaling", "browser", count, count),)))
    costs = tuple((truth.cost_ms, truth.kind) for truth in with_pauses(TRUTHS))
    place = origin("ground", "socket", 0, "grid", len(costs), experiment=KNOWN_DELAYS)
    for cost_ms, kind in costs:
        changed = replace(place, grid_cost_ms=cost_ms, grid_cost_kind=kind)
        actions = [("grid", "cell")] * DELAY_ACTIONS
        rows += [*browser_rows(changed, actions, 1, ()), *wire_rows(changed, actions, 1)]
    count = len(costs) * (1 + DELAY_ACTIONS)
    expected = tuple(Expected(KNOWN_DELAYS, it, count, count) for it in ("browser", "wire"))
    boots.append(PlannedBoot(place, (KNOWN_DELAYS,), expected, costs))
    filled = pd.DataFrame(rows)
    unset = {name: value for name, value in defaults("interactions").items() if name not in filled}
    return Plan(filled.assign(**unset), tuple(boots), variants)


def times(rows, chance, noise):
    """Return what each row's action took, in milliseconds."""

    def by(names, spread):
        numbers = rows.groupby(names, sort=False).ngroup().to_numpy()
        return chance.normal(0, spread, numbers.max() + 1)[numbers]

    logs = by(["block"], noise.block) + by(["boot"], noise.boot)
    logs += by(["boot", "instrument", "scenario", "control"], noise.case)
    is_load, is_wire = (
        rows[name].eq(value).to_numpy() for name, value in (("scenario", "load"), ("instrument", "wire"))
    )
    spread = np.select([is_load, is_wire], [noise.load, noise.wire], rows["control"].map(SPREAD))
    free = rows["base_ms"].to_numpy() * np.exp(logs + chance.normal(0, 1, len(rows)) * spread)
    # What is put into a server by hand is there in full, and all but free of noise.
    is_delay = (rows["experiment"].eq(KNOWN_DELAYS) & rows["scenario"].eq("grid")).to_numpy()
    exact = rows["base_ms"].to_numpy() + by(["boot", "instrument"], noise.delay_boot_ms)
    spread_ms = np.where(is_wire, noise.delay_wire_ms, noise.delay_browser_ms)
    return np.where(is_delay, exact + chance.normal(0, 1, len(rows)) * spread_ms, free)


def simulated(wanted, seed, noise=None):
    """Return a quiet run by chance."""
    noise, chance = noise or Noise(), np.random.default_rng(seed)
    rows = wanted.rows
    took = times(rows, chance, noise)
    is_browser = rows["instrument"].eq("browser").to_numpy()
    computed_ms = took * chance.uniform(0.3, 0.6, len(rows)) + chance.normal(0, noise.clock_ms, len(rows)) * is_browser
    acts = rows["scenario"].ne("load").to_numpy()
    crowd = rows["experiment"].eq("crowd").to_numpy()
    spacing = np.where(crowd, INTERVAL_MS, 150.0)
    within_session = rows.groupby(["boot", "instrument", "experiment", "session"]).cumcount().to_numpy()
    lag_ms = chance.exponential(0.4, len(rows))
    filled = rows.drop(columns="base_ms").assign(
        started_ns=((within_session * spacing + lag_ms + chance.uniform(0, 1, len(rows)) * ~crowd) * 1e6).astype(
            np.int64
        ),
        lag_ms=np.where(is_browser, np.nan, lag_ms),
        right_ms=took,
        visible_ms=np.where(is_browser, took, np.nan),
        painted_ms=np.where(is_browser, took + chance.uniform(2, 16, len(rows)), np.nan),
        service_ms=np.where(is_browser, np.nan, took),
        response_ms=np.where(is_browser, np.nan, took + lag_ms),
        sent_ms=np.where(is_browser & acts, took * 0.1, np.nan),
        arrived_ms=np.where(is_browser & acts, took * 0.9, np.nan),
        user_code_calls=np.where(acts & ~crowd, 1.0, np.nan),
        until_user_code_ms=np.where(acts & ~crowd, computed_ms, np.nan),
        ok=True,
    )
    measurements = pd.DataFrame(_figures(wanted, filled, chance, noise)).assign(reason=None)
    meta = {
        "run_id": f"simulated-{seed}",
        "instruments": ["browser", "wire"],
        "experiments": [{"name": "rounds"}, {"name": "crowd", "interval_ms": INTERVAL_MS}],
        "plan": [boot.as_json() for boot in wanted.boots],
        "entries": _entries(wanted.variants),
    }
    return Run(
        Path("simulated"),
        meta,
        filled.reindex(columns=columns("interactions")),
        measurements.reindex(columns=columns("measurements")),
        pd.DataFrame(columns=columns("failures")),
    )


def _figures(wanted, rows, chance, noise):
    crowds = rows[rows["experiment"] == "crowd"].groupby("boot")["service_ms"].sum() / 1e3
    for boot in wanted.boots:
        at = {**origin_fields(boot.origin), "sessions": 1, "detail": ""}
        yield {**at, "instrument": "browser", "metric": "outside_requests", "value": 0.0}
        yield {**at, "instrument": "server", "metric": "leftover_processes", "value": 0.0}
        for experiment in boot.experiments:
            at["experiment"], at["detail"] = experiment, f"{experiment}: a step"
            used = abs(chance.normal(0, noise.others))
            yield {**at, "instrument": "machine", "metric": "others_cpu_share", "value": used}
            yield {**at, "instrument": "machine", "metric": "others_steal_share", "value": used / 10}
        if boot.origin.boot in crowds.index:
            hold_s = CROWD_ACTIONS * INTERVAL_MS / 1e3
            own_s = SESSIONS * CROWD_ACTIONS * 0.3 / 1e3
            at |= {"experiment": "crowd", "sessions": SESSIONS, "instrument": "wire"}
            waiting = (crowds[boot.origin.boot] + own_s) / hold_s
            yield {**at, "metric": "hold_s", "value": hold_s}
            yield {**at, "metric": "waiting_sessions", "value": waiting}
            yield {**at, "metric": "generator_cpu_share", "value": chance.uniform(0.05, 0.15)}


def _entries(variants):
    found = {}
    for entry, variant in variants:
        stated = {"delays": {control: {"wait_ms": 0} for _, control in ROUND}}
        found.setdefault(entry, {"baseline": entry == "ground", "variants": {}})["variants"][variant] = stated
    return found
