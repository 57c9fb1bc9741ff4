"""A plan has every boot once a block, in an order that only the seed decides."""

import json
from dataclasses import replace

import pytest

from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.entries.catalog import find_entries
from pyuibench.entries.deployment import APART, ONE, TWO
from pyuibench.errors import UserError
from pyuibench.experiments.base import Experiment
from pyuibench.experiments.kinds.crowd import Crowd
from pyuibench.experiments.kinds.cycles import Cycles
from pyuibench.experiments.kinds.far import Far
from pyuibench.experiments.kinds.known_delays import KnownDelays
from pyuibench.experiments.kinds.load import Levels
from pyuibench.experiments.kinds.neighbours import Neighbours
from pyuibench.experiments.kinds.one_offs import OneOffs
from pyuibench.experiments.kinds.rounds import Rounds
from pyuibench.experiments.kinds.scaling import Scaling
from pyuibench.experiments.kinds.survival import Survival
from pyuibench.experiments.kinds.workers import Workers
from pyuibench.experiments.names import profile_names
from pyuibench.experiments.plan import boots_of, make_plan, spec_of
from pyuibench.experiments.profiles import PROFILES, Profile, profile_named
from pyuibench.experiments.registry import EXPERIMENTS, as_json, experiment_from
from pyuibench.experiments.selection import Selection, selection
from pyuibench.instruments.registry import instrument_names
from pyuibench.project import APPS
from pyuibench.results.plan import planned

BASELINE = find_entries([APPS])["baseline"].variants
EVERYTHING = Selection()
SIZES = Scaling(cells=(1, 10), actions=1, costs=((0.5, "sleep"),))
PROFILE = Profile("plan", 4, (Rounds(rounds=1, warmup_rounds=0), Crowd(sessions=2, actions=1), SIZES))
# Each variant serves its app page, and its grid page in each size.
BOOTS = {
    (variant, page, cells)
    for variant in ("websocket", "http", "sse")
    for page, cells in (("app", 0), ("grid", 1), ("grid", 10))
}


def plan_of(*experiments, variants=BASELINE[:1], blocks=1, chosen=EVERYTHING, seed=7):
    return make_plan(Profile("plan", blocks, experiments), variants, chosen, seed)


def origins(plan):
    return [boot.origin for boot in plan]


def places(plan):
    return [(it.variant, it.page, it.grid_cells) for it in origins(plan)]


def by_block(plan):
    return [[boot for boot in plan if boot.origin.block == block] for block in range(PROFILE.blocks)]


def test_every_boot_comes_once_a_block():
    plan = make_plan(PROFILE, BASELINE, Selection(), 7)
    for boots in by_block(plan):
        assert len(boots) == len(BOOTS)
        assert set(places(boots)) == BOOTS
    assert [it.block for it in origins(plan)] == [0] * 9 + [1] * 9 + [2] * 9 + [3] * 9


def test_boots_have_names_of_their_own():
    plan = make_plan(PROFILE, BASELINE, Selection(), 7)
    assert len({it.boot for it in origins(plan)}) == len(plan)
    names = {(it.block, *place): it.boot for it, place in zip(origins(plan), places(plan), strict=True)}
    assert names[2, "http", "grid", 10] == "02-baseline-http-grid10"
    assert names[0, "sse", "app", 0] == "00-baseline-sse-app"


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda it: it.name)
def test_no_two_boots_of_a_profile_have_one_name(profile):
    plan = make_plan(replace(profile, blocks=2), BASELINE, Selection(), 7)
    assert len({it.boot for it in origins(plan)}) == len(plan)
    by_id = {variant.id: variant for variant in BASELINE}
    for boot in plan:
        spec = spec_of(profile, boot, by_id[f"{boot.origin.entry}/{boot.origin.variant}"], Selection())
        assert (spec.contract or spec.page, spec.cells, spec.deployment) == (
            boot.origin.page,
            boot.origin.grid_cells,
            boot.origin.deployment,
        )


def test_order_depends_on_the_seed_alone():
    plan = make_plan(PROFILE, BASELINE, Selection(), 7)
    assert make_plan(PROFILE, BASELINE, Selection(), 7) == plan
    assert make_plan(PROFILE, BASELINE, Selection(), 8) != plan
    assert sorted(make_plan(PROFILE, BASELINE, Selection(), 8), key=str) == sorted(plan, key=str)


def test_blocks_have_orders_of_their_own():
    orders = {tuple(places(boots)) for boots in by_block(make_plan(PROFILE, BASELINE, Selection(), 7))}
    assert len(orders) == PROFILE.blocks


def test_experiments_that_ask_for_equal_boots_share_them():
    boots = boots_of(Profile("x", 1, (Rounds(), OneOffs(), Far(), Crowd(), Survival())), BASELINE[0], Selection(), 0)
    shared = {boot.origin.boot: boot.experiments for boot in boots}
    assert shared == {
        "00-baseline-websocket-app": ("rounds", "one-offs", "far", "crowd"),
        "00-baseline-websocket-survival": ("survival",),
    }
    assert [boot.origin.experiment for boot in boots] == ["rounds", "survival"]


def test_an_experiment_of_few_blocks_leaves_the_others():
    plan = plan_of(Rounds(), OneOffs(blocks=1), blocks=2)
    assert [boot.experiments for boot in plan] == [("rounds", "one-offs"), ("rounds",)]


def test_every_size_is_measured_at_every_cost():
    costs = ((0.0, "cpu"), (5.0, "sleep"))
    plan = plan_of(replace(SIZES, costs=costs))
    grids = {(it.grid_cells, it.grid_cost_ms, it.grid_cost_kind) for it in origins(plan)}
    assert grids == {(size, *cost) for size in SIZES.cells for cost in costs} - {(1, *costs[1])}
    assert "00-baseline-websocket-grid10-5ms-sleep" in {it.boot for it in origins(plan)}


def test_a_variant_s_largest_scaling_page_may_be_smaller():
    small = replace(BASELINE[0], table=BASELINE[0].table.model_copy(update={"most_cells": 5}))
    assert {it.grid_cells for it in origins(plan_of(SIZES, variants=[small]))} == {1, 5}


def test_costs_take_turns_beside_the_first():
    costs = ((0.0, "cpu"), (1.0, "cpu"), (5.0, "sleep"), (1.0, "sleep"), (5.0, "cpu"))
    plan = plan_of(replace(SIZES, costs=costs, costs_in_turn=2), blocks=4)
    for block, boots in enumerate(by_block(plan)):
        turn = costs[1:3] if block % 2 == 0 else costs[3:5]
        own = {(it.grid_cells, it.grid_cost_ms, it.grid_cost_kind) for it in origins(boots)}
        assert own == {(1, *costs[0]), (10, *costs[0]), *((10, *cost) for cost in turn)}


def test_known_delays_are_put_into_the_first_variant_of_the_baseline_and_no_other():
    delays = KnownDelays(delays=((1.0, "sleep"), (20.0, "cpu")), blocks=2)
    plan = plan_of(Rounds(), delays, variants=BASELINE, blocks=4)
    boots = [boot for boot in plan if boot.origin.experiment == "known-delays"]
    assert [boot.origin.block for boot in boots] == [0, 1]
    for boot in boots:
        assert boot.cell_costs == ((10.0, "sleep"), (10.0, "cpu"), (11.0, "sleep"), (30.0, "cpu"))
        it = boot.origin
        assert (it.variant, it.page, it.grid_cells, it.role) == ("websocket", "grid", 4, "baseline")
        assert {(each.least, each.most) for each in boot.expected} == {(4 * 11, 4 * 11)}


def test_the_baseline_s_second_name_has_neither_delays_nor_cycles_nor_neighbours():
    twin = BASELINE[0].entry.again
    assert plan_of(KnownDelays(), Cycles(), Neighbours(), variants=[twin]) == []


def test_workers_are_one_and_two():
    plan = plan_of(Workers(sessions=8), variants=BASELINE[:2])
    found = {(it.variant, it.deployment) for it in origins(plan)}
    # Workers that share a port answer a socket where it was accepted; requests can be sent to another copy each.
    assert found == {*((variant, name) for variant in ("websocket", "http") for name in (ONE, TWO)), ("http", APART)}
    assert {(it.experiment, it.role, it.page) for it in origins(plan)} == {("workers", "baseline", "app")}
    assert "00-baseline-http-2-workers" in {it.boot for it in origins(plan)}
    assert not plan_of(Workers(), chosen=selection((), ["browser"]))


def test_neighbours_have_boots_of_their_own_in_every_block():
    plan = plan_of(Rounds(), Neighbours(), blocks=2)
    found = sorted((it.block, it.job_kind) for it in origins(plan) if it.experiment == "neighbours")
    assert found == [(0, "cpu"), (0, "sleep"), (1, "cpu"), (1, "sleep")]
    assert {it.grid_cost_kind for it in origins(plan)} == {""}


@pytest.mark.parametrize("why", [{"job": "it has none"}, {"neighbour": "its job has no end"}])
def test_what_has_no_jobs_has_no_neighbours(why):
    bare = replace(BASELINE[0], table=BASELINE[0].table.model_copy(update={"not_applicable": why}))
    assert plan_of(Neighbours(), variants=[bare]) == []


def test_there_are_no_known_delays_where_nothing_is_timed():
    assert plan_of(KnownDelays(), chosen=selection((), ["resources"])) == []


def test_boot_says_what_it_measures():
    for it in origins(make_plan(PROFILE, BASELINE, Selection(), 7)):
        assert (it.entry, it.role, it.model) == ("baseline", "baseline", "callback")
        cost = (0.5, "sleep") if it.page == "grid" else (0.0, "")
        assert (it.grid_cost_ms, it.grid_cost_kind) == cost


@pytest.mark.parametrize(
    ("scenarios", "pages"), [(["grid"], {"grid"}), (["local"], {"app"}), (["load", "grid"], {"app", "grid"})]
)
def test_scenarios_choose_the_pages(scenarios, pages):
    plan = make_plan(PROFILE, BASELINE, selection(scenarios, ()), 7)
    assert {it.page for it in origins(plan)} == pages


def test_variant_without_a_page_is_not_booted_for_it():
    bare = BASELINE[0].table.model_copy(update={"grid": None})
    variant = type(BASELINE[0])(BASELINE[0].entry, "websocket", bare)
    assert {it.page for it in origins(make_plan(PROFILE, [variant], Selection(), 7))} == {"app"}


@pytest.mark.parametrize("instruments", [["code"], ["environment"], ["code", "environment"]])
def test_nothing_is_booted_for_what_needs_no_server(instruments):
    assert make_plan(PROFILE, BASELINE, selection((), instruments), 7) == []


@pytest.mark.parametrize("instrument", ["browser", "wire", "resources", "server"])
def test_everything_is_booted_for_one_instrument(instrument):
    plan = make_plan(PROFILE, BASELINE, selection((), [instrument, "code"]), 7)
    assert len(plan) == PROFILE.blocks * len(BOOTS)


# --- what a boot has to give ---------------------------------------------------------------------------------------


def expected_of(experiment, chosen=EVERYTHING, variant=BASELINE[0]):
    (boot, *_) = plan_of(experiment, variants=[variant], chosen=chosen)
    return [(it.instrument, it.scenario, it.least, it.most) for it in boot.expected]


def test_rounds_give_an_action_of_each_control_a_round():
    assert expected_of(Rounds(rounds=3, warmup_rounds=1)) == [("wire", "", 20, 20), ("browser", "", 20, 20)]
    few = selection(["local"], ["browser"])
    assert expected_of(Rounds(rounds=3, warmup_rounds=1), few) == [("browser", "", 4, 4)]


def test_the_browser_uses_some_controls_more_often():
    often = Rounds(rounds=3, warmup_rounds=1, often=(("increment", 5), ("name", 2)))
    assert expected_of(often) == [("wire", "", 20, 20), ("browser", "", 40, 40)]
    assert expected_of(often, selection(["local"], ["browser"])) == [("browser", "", 4, 4)]


@pytest.mark.parametrize("wrong", [("category", 2), ("increment", 0), ("crunch", 2)])
def test_what_cannot_be_used_more_often(wrong):
    with pytest.raises(
        ValueError, match=f"'{wrong[0]}' can't be used {wrong[1]} times a round; possible: increment, name"
    ):
        Rounds(often=(wrong,))
    with pytest.raises(UserError, match="can't be used"):
        experiment_from({"name": "rounds", "often": [list(wrong)]})


def test_each_distance_gives_rounds_after_a_warm_up():
    far = Far(rtts_ms=(20.0, 50.0), rounds=2, warmup_rounds=1)
    assert expected_of(far) == [("browser", "", 2 * 3 * 5, 2 * 3 * 5)]


def test_a_crowd_gives_what_all_of_its_sessions_do():
    assert expected_of(Crowd(sessions=7, actions=3)) == [("wire", "", 21, 21)]


def test_each_of_what_is_done_once_is_expected_where_it_can_be_done():
    found = expected_of(OneOffs(), selection(["drag", "keys", "stream"], ()))
    in_browser = [("browser", name, 1, None) for name in ("drag", "keys", "stream")]
    assert found == [("wire", "stream", 1, None), *in_browser]


def test_a_plan_is_read_from_run_json_as_it_was_written():
    plan = tuple(make_plan(PROFILES["smoke"], BASELINE, Selection(), 7))
    assert planned([boot.as_json() for boot in plan]) == plan


# --- selection ---------------------------------------------------------------------------------------------------


def test_selection_of_nothing_is_everything():
    assert selection((), ()) == Selection(tuple(SCENARIOS), instrument_names())


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
            "There is no scenario 'nonsense'; known scenarios: load, unrelated, local, global, drag, keys, stream, job, "
            "busy, neighbour, upload, grid.",
        ),
        (
            [],
            ["Browser"],
            "There is no instrument 'Browser'; "
            "known instruments: browser, code, environment, machine, resilience, resources, server, speed, wire.",
        ),
    ],
)
def test_unknown_names(scenarios, instruments, sentence):
    with pytest.raises(UserError) as caught:
        selection(scenarios, instruments)
    assert str(caught.value) == sentence


# --- profiles and experiments --------------------------------------------------------------------------------------


def test_profiles():
    assert {name: profile_named(name).name for name in PROFILES} == {name: name for name in PROFILES}
    with pytest.raises(UserError, match=r"^There is no profile 'huge'; known profiles: smoke, quick, tax, far, again"):
        profile_named("huge")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_is_a_profile_by_itself(name):
    profile = profile_named(name)
    assert name in profile_names()
    assert name in {each.name for each in profile.experiments}
    assert profile.blocks >= 1


@pytest.mark.parametrize(
    "experiment", [each for profile in PROFILES.values() for each in profile.experiments], ids=lambda it: it.name
)
def test_an_experiment_is_read_from_run_json_as_it_was_written(experiment):
    assert experiment_from(json.loads(json.dumps(as_json(experiment)))) == experiment


@pytest.mark.parametrize(
    "settings", [{"name": "rounds", "roundz": 3}, {"name": "squares"}, {"rounds": 3}, {"name": "load", "levles": [1]}]
)
def test_a_misspelt_setting_is_an_error(settings):
    with pytest.raises(UserError, match="isn't one of this version"):
        experiment_from(settings)


def test_experiments_are_frozen_records_with_few_settings():
    for name, kind in EXPERIMENTS.items():
        assert issubclass(kind, Experiment)
        assert len(as_json(kind())) - 1 <= 10, name
        with pytest.raises(AttributeError):
            kind().blocks = 9


def test_levels_are_a_profile_s_load():
    (load,) = (each for each in PROFILES["load"].experiments if isinstance(each, Levels))
    assert load.load(5).levels == load.levels
