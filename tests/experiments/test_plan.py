"""A plan has every boot once a block, in an order that only the seed decides."""

from dataclasses import replace

import pytest

from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.entries.catalog import find_entries
from pyuibench.errors import UserError
from pyuibench.experiments.plan import PROFILES, Profile, Selection, grid_of, make_plan, profile_named, selection
from pyuibench.project import APPS
from pyuibench.results.records import INSTRUMENTS
from pyuibench.results.store import NEIGHBOUR, TRUTH, WORKERS
from pyuibench.entries.deployment import ONE, TWO

BASELINE = find_entries([APPS])["baseline"].variants
PROFILE = Profile(
    name="plan",
    blocks=4,
    rounds=1,
    warmup_rounds=0,
    grid_cells=(1, 10),
    grid_actions=1,
    crowd_sessions=2,
    crowd_actions=1,
    grid_costs=((0.5, "sleep"),),
    truths=(),
)
# Each variant serves its app page, and its grid page in each size.
BOOTS = {
    (variant, page, cells)
    for variant in ("websocket", "http", "sse")
    for page, cells in (("app", 0), ("grid", 1), ("grid", 10))
}


def places(cells):
    return [(cell.variant, cell.page, cell.grid_cells) for cell in cells]


def by_block(plan):
    return [[cell for cell in plan if cell.block == block] for block in range(PROFILE.blocks)]


def test_every_boot_comes_once_a_block():
    plan = make_plan(PROFILE, BASELINE, Selection(), 7)
    for cells in by_block(plan):
        assert len(cells) == len(BOOTS)
        assert set(places(cells)) == BOOTS
    assert [cell.block for cell in plan] == [0] * 9 + [1] * 9 + [2] * 9 + [3] * 9


def test_boots_have_names_of_their_own():
    plan = make_plan(PROFILE, BASELINE, Selection(), 7)
    assert len({cell.boot for cell in plan}) == len(plan)
    names = {(cell.block, *place): cell.boot for cell, place in zip(plan, places(plan), strict=True)}
    assert names[2, "http", "grid", 10] == "02-baseline-http-grid10"
    assert names[0, "sse", "app", 0] == "00-baseline-sse-app"


def test_order_depends_on_the_seed_alone():
    plan = make_plan(PROFILE, BASELINE, Selection(), 7)
    assert make_plan(PROFILE, BASELINE, Selection(), 7) == plan
    assert make_plan(PROFILE, BASELINE, Selection(), 8) != plan
    assert sorted(make_plan(PROFILE, BASELINE, Selection(), 8), key=str) == sorted(plan, key=str)


def test_blocks_have_orders_of_their_own():
    orders = {tuple(places(cells)) for cells in by_block(make_plan(PROFILE, BASELINE, Selection(), 7))}
    assert len(orders) == PROFILE.blocks


def test_every_size_is_measured_at_every_cost():
    costs = ((0.0, "cpu"), (5.0, "sleep"))
    plan = make_plan(replace(PROFILE, grid_costs=costs), BASELINE[:1], Selection(), 7)
    grids = {(cell.grid_cells, cell.grid_cost_ms, cell.grid_cost_kind) for cell in plan if cell.page == "grid"}
    assert grids == {(size, *cost) for size in PROFILE.grid_cells for cost in costs} - {(1, *costs[1])}
    assert len({cell.boot for cell in plan}) == len(plan)
    assert "00-baseline-websocket-grid10-5ms-sleep" in {cell.boot for cell in plan}


def test_a_variant_s_largest_scaling_page_may_be_smaller():
    small = replace(BASELINE[0], table=BASELINE[0].table.model_copy(update={"most_cells": 5}))
    grids = {cell.grid_cells for cell in make_plan(PROFILE, [small], Selection(), 7) if cell.page == "grid"}
    assert grids == {1, 5}


def test_costs_take_turns_beside_the_first():
    costs = ((0.0, "cpu"), (1.0, "cpu"), (5.0, "sleep"), (1.0, "sleep"), (5.0, "cpu"))
    plan = make_plan(replace(PROFILE, grid_costs=costs, grid_costs_in_turn=2), BASELINE[:1], Selection(), 7)
    grids = [{(cell.grid_cells, cell.grid_cost_ms, cell.grid_cost_kind) for cell in cells} for cells in by_block(plan)]
    for block, own in enumerate(grids):
        turn = costs[1:3] if block % 2 == 0 else costs[3:5]
        assert own - {(0, 0.0, "")} == {(1, *costs[0]), (10, *costs[0]), *((10, *cost) for cost in turn)}


def test_known_delays_are_put_into_the_first_variant_of_the_control_and_no_other():
    profile = replace(PROFILE, truths=((1.0, "sleep"), (20.0, "cpu")), truth_blocks=2)
    plan = make_plan(profile, BASELINE, Selection(), 7)
    truths = [cell for cell in plan if cell.role == TRUTH]
    assert len(plan) - len(truths) == len(make_plan(PROFILE, BASELINE, Selection(), 7))
    wanted = {(10.0, "sleep"), (10.0, "cpu"), (11.0, "sleep"), (30.0, "cpu")}
    for block in (0, 1):
        own = [cell for cell in truths if cell.block == block]
        assert {(cell.grid_cost_ms, cell.grid_cost_kind) for cell in own} == wanted
        assert {(cell.variant, cell.page, cell.grid_cells) for cell in own} == {("websocket", "grid", 1)}
    assert {cell.block for cell in truths} == {0, 1}
    assert len({cell.boot for cell in plan}) == len(plan)


def test_workers_are_one_and_two():
    plan = make_plan(replace(PROFILE, worker_sessions=8, blocks=1), BASELINE[:2], Selection(), 7)
    found = {(cell.variant, cell.deployment) for cell in plan}
    assert found == {(variant, name) for variant in ("websocket", "http") for name in (ONE, TWO)}
    assert {(cell.role, cell.page) for cell in plan} == {(WORKERS, "app")}
    assert "00-baseline-http-2-workers" in {cell.boot for cell in plan}
    assert not make_plan(replace(PROFILE, worker_sessions=8), BASELINE, selection((), ["browser"]), 7)


def test_neighbours_have_boots_of_their_own_in_every_block():
    app_only = {"grid_cells": (), "load_neighbours": 2, "blocks": 2}
    plan = make_plan(replace(PROFILE, **app_only), BASELINE[:1], Selection(), 7)
    found = sorted((cell.block, cell.grid_cost_kind) for cell in plan if cell.role == NEIGHBOUR)
    assert found == [(0, "cpu"), (0, "sleep"), (1, "cpu"), (1, "sleep")]
    assert len({cell.boot for cell in plan}) == len(plan)


@pytest.mark.parametrize("why", [{"job": "it has none"}, {"neighbour": "its job has no end"}])
def test_what_has_no_jobs_has_no_neighbours(why):
    bare = replace(BASELINE[0], table=BASELINE[0].table.model_copy(update={"not_applicable": why}))
    plan = make_plan(replace(PROFILE, load_neighbours=2), [bare], Selection(), 7)
    assert not [cell for cell in plan if cell.role == NEIGHBOUR]


def test_there_are_no_known_delays_where_nothing_is_timed():
    plan = make_plan(replace(PROFILE, truths=((1.0, "sleep"),)), BASELINE, selection((), ["resources"]), 7)
    assert not [cell for cell in plan if cell.role == TRUTH]


def test_boot_says_what_it_measures():
    for cell in make_plan(PROFILE, BASELINE, Selection(), 7):
        assert (cell.entry, cell.role, cell.model) == ("baseline", "control", "callback")
        cost = (0.5, "sleep") if cell.page == "grid" else (0.0, "")
        assert (cell.grid_cost_ms, cell.grid_cost_kind) == cost
        grid = grid_of(cell)
        assert (grid.cells, grid.cost_ms, grid.cost_kind) == (cell.grid_cells, *cost)


@pytest.mark.parametrize(
    ("scenarios", "pages"), [(["grid"], {"grid"}), (["local"], {"app"}), (["load", "grid"], {"app", "grid"})]
)
def test_scenarios_choose_the_pages(scenarios, pages):
    plan = make_plan(PROFILE, BASELINE, selection(scenarios, ()), 7)
    assert {cell.page for cell in plan} == pages


def test_variant_without_a_page_is_not_booted_for_it():
    bare = BASELINE[0].table.model_copy(update={"grid": None})
    variant = type(BASELINE[0])(BASELINE[0].entry, "websocket", bare)
    assert {cell.page for cell in make_plan(PROFILE, [variant], Selection(), 7)} == {"app"}


@pytest.mark.parametrize("instruments", [["code"], ["environment"], ["code", "environment"]])
def test_nothing_is_booted_for_what_needs_no_server(instruments):
    assert make_plan(PROFILE, BASELINE, selection((), instruments), 7) == []


@pytest.mark.parametrize("instrument", ["browser", "wire", "resources", "server"])
def test_everything_is_booted_for_one_instrument(instrument):
    plan = make_plan(PROFILE, BASELINE, selection((), [instrument, "code"]), 7)
    assert len(plan) == PROFILE.blocks * len(BOOTS)


def test_selection_of_nothing_is_everything():
    assert selection((), ()) == Selection(tuple(SCENARIOS), INSTRUMENTS)


def test_selection_is_in_the_order_of_the_contract_and_has_nothing_twice():
    chosen = selection(["global", "unrelated", "global"], ["code", "browser", "code"])
    assert chosen == Selection(("unrelated", "global"), ("browser", "code"))
    assert chosen.pages == ("app",)
    assert chosen.app_scenarios() == ("unrelated", "global")


def test_scenarios_without_gestures_are_no_app_scenarios():
    assert selection(["load", "grid"], ()).app_scenarios() == ()
    assert Selection().app_scenarios() == ("unrelated", "local", "global")


@pytest.mark.parametrize(
    ("scenarios", "instruments", "sentence"),
    [
        (
            ["local", "nonsense"],
            [],
            "There is no scenario 'nonsense'; known scenarios: load, unrelated, local, global, drag, stream, job, busy, "
            "neighbour, upload, grid.",
        ),
        (
            [],
            ["Browser"],
            "There is no instrument 'Browser'; "
            "known instruments: browser, wire, resources, code, environment, server, resilience.",
        ),
    ],
)
def test_unknown_names(scenarios, instruments, sentence):
    with pytest.raises(UserError) as caught:
        selection(scenarios, instruments)
    assert str(caught.value) == sentence


def test_profiles():
    assert {name: profile_named(name).name for name in PROFILES} == {name: name for name in PROFILES}
    with pytest.raises(
        UserError,
        match=r"^There is no profile 'huge'; known profiles: smoke, quick, tax, far, again, workers, load, neighbours, full\.$",
    ):
        profile_named("huge")
