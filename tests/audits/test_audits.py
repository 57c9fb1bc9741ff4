"""Each audit fires on what was broken on purpose, at the right place, and on nothing else; what fails is withheld."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pyuibench.analysis.known_delays import KNOWN_DELAYS
from pyuibench.audits.controls import HEADLINE_TIMES, twin_ratios
from pyuibench.audits.registry import AUDITS, audit, withhold
from pyuibench.entries.catalog import AGAIN
from pyuibench.figures.ends import ENDS
from pyuibench.results.plan import Expected, PlannedBoot
from pyuibench.results.records import Failure, Interaction, Measurement, Origin, columns, origin_fields
from pyuibench.results.store import SampleFile, Store, load

BLOCKS = 5
EXPECTED = (
    Expected("rounds", "browser", 6, 6),
    Expected("crowd", "wire", 6, 6),
    Expected("crowd", "wire", 1, None, "unrelated"),
)
VARIANTS = (("ground", "socket"), ("ground", AGAIN), ("maple", "app"))
META = {
    "instruments": ["browser", "wire"],
    "scenarios": ["unrelated", "local"],
    "experiments": [{"name": "rounds"}, {"name": "crowd", "actions": 4, "interval_ms": 1000.0}],
    "entries": {
        "ground": {"baseline": True, "variants": {"socket": {}, AGAIN: {}}},
        "maple": {"variants": {"app": {}}},
    },
}


def origin_of(entry, variant, block):
    return Origin(
        block=block,
        boot=f"{block}-{entry}-{variant}",
        entry=entry,
        variant=variant,
        role="idiomatic",
        model="callback",
        experiment="rounds",
        page="app",
    )


def planned(origin):
    """Return the boot as a plan has it, with what it has to give."""
    return PlannedBoot(origin, ("rounds", "crowd"), EXPECTED).as_json()


def browser_samples(origin, random):
    """Return two rounds of three controls, the first a warm-up, a second apart."""
    for sequence in range(6):
        scenario, control = (("unrelated", "increment"), ("unrelated", "name"), ("local", "granularity"))[sequence % 3]
        right_ms = float(20 * np.exp(random.normal(0, 0.05)))
        yield Interaction(
            **origin_fields(origin),
            instrument="browser",
            scenario=scenario,
            control=control,
            sessions=1,
            session=0,
            sequence=sequence,
            warmup=sequence < 3,
            started_ns=(origin.block * 100 + sequence) * 10**9,
            right_ms=right_ms,
            user_code_calls=1,
            user_code_ms=1.0,
            until_user_code_ms=right_ms / 2,
        )


def crowd_samples(origin):
    """Return three actions of each of two sessions, one a second."""
    for session in range(2):
        for sequence in range(3):
            yield Interaction(
                **{**origin_fields(origin), "experiment": "crowd"},
                instrument="wire",
                scenario="unrelated",
                control="increment",
                sessions=2,
                session=session,
                sequence=sequence,
                warmup=False,
                started_ns=(origin.block * 100 + 50 + sequence) * 10**9 + session * 10**8,
                right_ms=5.0,
                service_ms=5.0,
                response_ms=5.0,
            )


def figures(origin):
    for metric, value, sessions in (
        ("outside_requests", 0, 1),
        ("leftover_processes", 0, 0),
        ("generator_cpu_share", 0.1, 2),
    ):
        yield Measurement(
            **origin_fields(origin), instrument="browser", metric=metric, value=value, sessions=sessions, detail=""
        )


@pytest.fixture
def run(tmp_path):
    random = np.random.default_rng(6)
    origins = [origin_of(entry, variant, block) for block in range(BLOCKS) for entry, variant in VARIANTS]
    store = Store.create(tmp_path / "run", {**META, "plan": [planned(origin) for origin in origins]})
    for origin in origins:
        file = SampleFile(store.begin(origin.boot) / "harness.jsonl")
        file.add(*browser_samples(origin, random), *crowd_samples(origin), *figures(origin))
        file.close()
        store.end(origin.boot)
    store.finish()
    return load(store.directory)


def interactions(run, change):
    """Return the run with a changed copy of its interactions, and which of them are maple's in the browser."""
    rows = run.interactions.copy()
    changed = change(rows, (rows["entry"] == "maple") & (rows["instrument"] == "browser"))
    return replace(run, interactions=rows if changed is None else changed)


def measurements(run, metric, value, detail=""):
    rows = run.measurements.copy()
    rows.loc[(rows["entry"] == "maple") & (rows["metric"] == metric), ["value", "detail"]] = [value, detail]
    return replace(run, measurements=rows)


def failed(run):
    return {each.name: [(it.where, it.message) for it in each.objections] for each in audit(run) if not each.passed}


MAPLE = "maple/app, app page"


def test_a_sound_run_passes_every_audit(run):
    assert failed(run) == {}
    assert withhold(run, audit(run)).interactions.equals(run.interactions)


def test_a_request_to_another_host(run):
    broken = measurements(run, "outside_requests", 2, "http://cdn.example")
    assert failed(broken) == {
        "nothing fetched from outside": [(MAPLE, "its page asked other hosts: http://cdn.example")]
    }


def test_what_was_not_proven_is_said_and_nothing_withheld(run):
    entries = {**run.meta["entries"], "maple": {"variants": {"app": {"verified": False}}}}
    broken = replace(run, meta={**run.meta, "entries": entries})
    ((_, message),) = failed(broken)["conformance"]
    assert "maple/app" in message
    assert len(withhold(broken, audit(broken)).interactions) == len(run.interactions)


def test_a_process_left_running(run):
    broken = measurements(run, "leftover_processes", 1, "sleep 99")
    assert failed(broken) == {"nothing left running": [(MAPLE, "left processes running: sleep 99")]}


def test_workers_that_do_not_end_with_their_first_process(run):
    broken = measurements(run, "leftover_processes", 1, "worker 2")
    workers = broken.measurements["metric"] == "leftover_processes"
    broken.measurements.loc[workers, "experiment"] = "workers"
    assert failed(broken) == {}


def test_a_load_generator_short_of_cpu(run):
    broken = measurements(run, "generator_cpu_share", 0.9)
    message = "the load generator used 90% of a core, more than 50%"
    assert failed(broken) == {"load generator": [(f"{MAPLE}, wire with 2 sessions", message)]}
    kept = withhold(broken, audit(broken))
    at_maple = kept.interactions[kept.interactions["entry"] == "maple"]
    assert set(at_maple["instrument"]) == {"browser"}
    (failure,) = kept.failures.to_dict("records")
    assert (failure["step"], failure["page"]) == ("wire, 2 sessions", "app")
    assert message in failure["reason"]


def test_a_server_that_answers_before_its_user_code(run):
    def early(rows, at):
        rows.loc[at, "until_user_code_ms"] = rows.loc[at, "right_ms"] + 30

    message = "in 30 of 30 interactions user code ran before the gesture or after its answer"
    assert failed(interactions(run, early)) == {"clocks": [(MAPLE, message)]}


def test_user_code_beside_other_sessions_may_be_theirs(run):
    def beside(rows, at):
        rows.loc[at, "until_user_code_ms"] = rows.loc[at, "right_ms"] + 30
        rows.loc[at, "sessions"] = 10

    assert "clocks" not in failed(interactions(run, beside))


def test_a_clock_that_was_set_forward(run):
    def step(rows, at):
        rows.loc[at, "until_user_code_ms"] -= 3_600_000

    assert list(failed(interactions(run, step))) == ["clocks"]


def test_an_entry_that_answers_from_a_cache_keyed_by_nothing(run):
    def cached(rows, at):
        rows.loc[at & (rows["block"] == 2), ["user_code_calls", "until_user_code_ms"]] = [0, None]

    found = failed(interactions(run, cached))
    assert found == {"user code ran": [(MAPLE, "6 of 30 right answers came though no user code ran")]}


def test_sessions_that_share_results_may_have_what_another_one_had_computed(run):
    def cached(rows, at):
        rows.loc[at & (rows["block"] == 2), ["user_code_calls", "until_user_code_ms"]] = [0, None]
        rows.loc[rows["entry"] == "maple", "role"] = "tuned-shared"

    assert failed(interactions(run, cached)) == {}


def test_a_deleted_sample(run):
    def delete(rows, at):
        return rows.drop(index=rows[at & (rows["block"] == 1) & (rows["sequence"] == 2)].index)

    found = failed(interactions(run, delete))
    assert found == {
        "samples in order": [(MAPLE, "samples are missing or double in 1-maple-app")],
        "samples complete": [
            (MAPLE, "1-maple-app has 5 samples of the browser (rounds) instead of 6, and no failure that says why")
        ],
    }


def test_the_last_samples_deleted(run):
    def delete(rows, at):
        return rows.drop(index=rows[at & (rows["block"] == 1) & (rows["sequence"] > 2)].index)

    assert list(failed(interactions(run, delete))) == ["samples complete"]


@pytest.mark.parametrize(
    ("experiment", "scenario", "wanted", "instead"),
    [
        ("crowd", "", (9, None), "9 or more"),
        ("beside", "", (3, 12), "3 to 12"),
        ("one-offs", "drag", (1, None), "1 or more"),
    ],
)
def test_what_any_experiment_had_to_give_is_missed(run, experiment, scenario, wanted, instead):
    plan = [
        PlannedBoot(origin_of("maple", "app", 1), (experiment,), (Expected(experiment, "wire", *wanted, scenario),))
    ]
    ((where, message),) = failed(replace(run, meta={**run.meta, "plan": [it.as_json() for it in plan]}))[
        "samples complete"
    ]
    assert where == MAPLE
    assert f"({experiment}) instead of {instead}, and no failure" in message


def test_more_samples_than_a_boot_can_have_given(run):
    plan = [PlannedBoot(origin_of("maple", "app", 1), ("rounds",), (Expected("rounds", "browser", 2, 2),)).as_json()]
    assert "samples complete" in failed(replace(run, meta={**run.meta, "plan": plan}))


def test_a_boot_that_failed_lacks_nothing(run):
    def delete(rows, at):
        return rows.drop(index=rows[at & (rows["block"] == 1)].index)

    cut = interactions(run, delete)
    failure = Failure(
        **origin_fields(origin_of("maple", "app", 1)),
        scope="step",
        instrument="browser",
        step="browser",
        reason="crashed",
    )
    cut = replace(cut, failures=pd.DataFrame([vars(failure)], columns=columns("failures")))
    assert failed(cut) == {}


def test_samples_that_run_backwards(run):
    def swap(rows, at):
        rows.loc[at & (rows["block"] == 1), "started_ns"] *= -1

    assert failed(interactions(run, swap)) == {
        "samples in order": [(MAPLE, "samples run backwards in time in 1-maple-app")]
    }


def test_a_crowd_that_could_not_keep_up(run):
    rows = run.interactions.copy()
    crowd = (rows["entry"] == "maple") & (rows["instrument"] == "wire")
    rows.loc[crowd, "started_ns"] += rows.loc[crowd, "sequence"] * 10**9
    found = failed(replace(run, interactions=rows))
    message = "actions came at 50% of the rate that was planned: the sessions couldn't keep up"
    assert found == {"load offered": [(f"{MAPLE}, wire with 2 sessions", message)]}


def held(run, waiting):
    """Return the run with the generator's own account of how many of a crowd's two sessions wait at a time."""
    rows = run.measurements[run.measurements["metric"] == "generator_cpu_share"]
    figures = [
        rows.assign(metric=metric, value=value, experiment="crowd")
        for metric, value in (("hold_s", 3.0), ("waiting_sessions", waiting))
    ]
    return replace(run, measurements=pd.concat([run.measurements, *figures], ignore_index=True))


def test_littles_law_holds(run):
    # Six answers of 500 ms in 3 s: one session waits at a time.
    rows = run.interactions.assign(service_ms=500.0)
    assert failed(held(replace(run, interactions=rows), 1.0)) == {}
    assert failed(held(replace(run, interactions=rows), 1.09)) == {}


@pytest.mark.parametrize("waiting", [0.8, 1.3])
def test_samples_that_disagree_with_littles_law(run, waiting):
    rows = run.interactions.assign(service_ms=500.0)
    found = failed(held(replace(run, interactions=rows), waiting))["Little's law"]
    assert found[0] == (
        "ground/again, app page, wire with 2 sessions",
        f"in 0-ground-again {waiting:.3f} sessions waited at a time, by the samples 1.000",
    )


def truths(run, off_ms=0.0):
    """Return the run with a delay of 20 ms put into the control, of which so much more is found."""
    costs = ((10.0, "cpu"), (30.0, "cpu"))
    grid = {"experiment": KNOWN_DELAYS, "page": "grid", "grid_cells": len(costs)}
    boot = replace(origin_of("ground", "socket", 0), **grid, boot=f"0-{KNOWN_DELAYS}")
    cells = [replace(boot, grid_cost_ms=cost_ms, grid_cost_kind=kind) for cost_ms, kind in costs]
    sample = run.interactions[run.interactions["instrument"] == "browser"].iloc[0]
    rows = [
        {**sample, **origin_fields(origin), "scenario": "grid", "warmup": False, "right_ms": cost_ms + number / 10}
        for origin, cost_ms in zip(cells, (10.0, 30.0 + off_ms), strict=True)
        for number in range(9)
    ]
    meta = {
        **run.meta,
        "instruments": ["browser"],
        "plan": [*run.meta["plan"], PlannedBoot(boot, (KNOWN_DELAYS,), cell_costs=costs).as_json()],
    }
    return replace(run, meta=meta, interactions=pd.concat([run.interactions, pd.DataFrame(rows)], ignore_index=True))


def test_a_known_delay_that_is_found(run):
    assert failed(truths(run, off_ms=0.9)) == {}


def test_a_known_delay_that_is_not_found(run):
    ((where, message),) = failed(truths(run, off_ms=-4.0))["known delays"]
    assert where == "the run"
    assert message.startswith("the browser finds 16.00 ms [")
    assert message.endswith("] of 20 ms on the CPU")


def test_a_known_delay_without_samples(run):
    full = truths(run)
    rows = full.interactions
    without = replace(full, interactions=rows[(rows["experiment"] != KNOWN_DELAYS) | (rows["grid_cost_ms"] == 10.0)])
    assert failed(without) == {"known delays": [("the run", "only 0 of 1 known delays have samples")]}


def test_a_source_changed_while_it_was_measured(run):
    changed = replace(run, meta={**run.meta, "changed_while_measured": ["maple"]})
    assert {where for where, _ in failed(changed)["sources"]} == {MAPLE, "maple/app, grid page"}
    assert "maple" not in set(withhold(changed, audit(changed)).interactions["entry"])


def test_drift_put_in_by_a_background_burner(run):
    def burn(rows, at):
        rows["right_ms"] *= 1 + 0.1 * rows["block"]
        rows["until_user_code_ms"] *= 1 + 0.1 * rows["block"]

    found = failed(interactions(run, burn))
    assert set(found) == {"drift"}
    ((where, message),) = found["drift"]
    assert where == "the run"
    assert "compare ratios, not milliseconds" in message


def test_an_app_that_differs_from_itself(run):
    rows = run.interactions.copy()
    rows.loc[rows["variant"] == AGAIN, "right_ms"] *= 1.5
    found = failed(replace(run, interactions=rows))
    assert found == {"A/A": [("the run", "only 0 of 3 intervals of an app's ratio to itself include 1")]}


def sent(run, maple_ms, delay, taken_up_ms=2.0, baseline_ms=2.0):
    """Return the run with when pages send, and when user code begins after that, and what maple states of a control."""
    rows = run.interactions.copy()
    rows.loc[rows["instrument"] == "browser", "sent_ms"] = baseline_ms
    rows.loc[rows["instrument"] == "browser", "until_user_code_ms"] = baseline_ms + 2.0
    at = (rows["entry"] == "maple") & (rows["control"] == "name") & (rows["instrument"] == "browser")
    rows.loc[at, "sent_ms"] = maple_ms
    rows.loc[at, "until_user_code_ms"] = maple_ms + taken_up_ms
    rows.loc[at, "right_ms"] = maple_ms + taken_up_ms + 20
    entries = {**run.meta["entries"], "maple": {"variants": {"app": {"delays": {"name": delay}}}}}
    return replace(run, interactions=rows, meta={**run.meta, "entries": entries})


PLACE = "maple/app, unrelated · name: "
STATED = {"wait_ms": 250, "source": "text.ts"}
ON_THE_SERVER = {"wait_ms": 0, "server_wait_ms": 50, "source": "server.py"}


@pytest.mark.parametrize(
    ("maple_ms", "delay", "taken_up_ms"),
    [
        (254.0, STATED, 2.0),
        (2.0, {"wait_ms": 0}, 2.0),
        (400.0, {**STATED, "longest_ms": 550}, 2.0),
        (2.0, ON_THE_SERVER, 53.0),
        # A server may work for longer than it waits.
        (2.0, ON_THE_SERVER, 300.0),
        # In words there is nothing to hold anything against.
        (254.0, "none", 2.0),
    ],
)
def test_a_wait_that_is_as_stated(run, maple_ms, delay, taken_up_ms):
    assert "waits by design" not in failed(sent(run, maple_ms, delay, taken_up_ms))


@pytest.mark.parametrize(
    ("maple_ms", "delay", "taken_up_ms", "message"),
    [
        (2.0, STATED, 2.0, "its page sends 0 ms later than the baseline's, stated are 250 ms"),
        (254.0, {"wait_ms": 0}, 2.0, "its page sends 252 ms later than the baseline's, stated are 0 ms"),
        (
            800.0,
            {**STATED, "longest_ms": 550},
            2.0,
            "its page sends 798 ms later than the baseline's, stated are 250 to 550 ms",
        ),
        (2.0, ON_THE_SERVER, 3.0, "its server takes it up 1 ms later than the baseline's, stated are 50 ms"),
    ],
)
def test_a_wait_that_is_not_as_stated_is_named_with_both_numbers_and_nothing_withheld(
    run, maple_ms, delay, taken_up_ms, message
):
    broken = sent(run, maple_ms, delay, taken_up_ms)
    assert failed(broken)["waits by design"] == [("the run", PLACE + message)]
    assert len(withhold(broken, audit(broken)).interactions) == len(run.interactions)


def test_what_the_baseline_s_page_needs_is_no_wait(run):
    assert "waits by design" not in failed(sent(run, 42.0, {"wait_ms": 0}, baseline_ms=30.0))


def on_the_scaling_page(run, ms_of_cells):
    """Return the run with its browser's samples on scaling pages: maple's sends so late, the baseline's after 2 ms."""
    rows = run.interactions
    own = rows[(rows["instrument"] == "browser") & (rows["page"] == "app") & (rows["control"] == "increment")]
    pages = [
        own.assign(
            page="grid",
            scenario="grid",
            control="cell",
            grid_cells=cells,
            sent_ms=[ms if entry == "maple" else 2.0 for entry in own["entry"]],
        )
        for cells, ms in ms_of_cells.items()
    ]
    meta = {**run.meta, "entries": {**run.meta["entries"]}}
    meta["entries"]["maple"] = {**meta["entries"]["maple"], "delays": {"cell": {"wait_ms": 0}}}
    return replace(run, interactions=pd.concat(pages, ignore_index=True), meta=meta)


@pytest.mark.parametrize(
    ("ms_of_cells", "is_wait"),
    [({1: 12.0, 40: 52.0}, False), ({40: 52.0}, False), ({1: 52.0, 40: 52.0}, True)],
)
def test_what_a_page_of_many_cells_works_before_it_sends_is_no_wait(run, ms_of_cells, is_wait):
    assert ("waits by design" in failed(on_the_scaling_page(run, ms_of_cells))) is is_wait


def beside_steps(run, metric, shares):
    """Return the run with what others used beside steps of maple's boots."""
    steps = [
        Measurement(
            **origin_fields(origin_of("maple", "app", block)),
            instrument="machine",
            metric=metric,
            value=share,
            detail="wire: load",
        )
        for block, share in enumerate(shares)
    ]
    more = pd.DataFrame([vars(step) for step in steps], columns=columns("measurements"))
    return replace(run, measurements=pd.concat([run.measurements, more], ignore_index=True))


def test_cpu_of_others_is_told_with_its_steps_and_withholds_nothing(run):
    broken = beside_steps(run, "others_cpu_share", [0.1, 0.5, 0.05, 0.9])
    ((where, message),) = failed(broken)["CPU of others"]
    assert where == "the run"
    assert "more than 20% of a core in 2 of 4 steps" in message
    assert message.endswith("3-maple-app, wire: load (90%); 1-maple-app, wire: load (50%)")
    assert len(withhold(broken, audit(broken)).interactions) == len(run.interactions)


def test_a_host_that_gives_the_cpu_to_others(run):
    ((_, message),) = failed(beside_steps(run, "others_steal_share", [0.3] * 5))["CPU of others"]
    assert message.startswith("the machine's host gave others more than 10% of a core in 5 of 5 steps")
    assert message.endswith("and 2 more")


def test_a_machine_that_is_left_alone(run):
    quiet = beside_steps(beside_steps(run, "others_cpu_share", [0.02, -0.01]), "others_steal_share", [0.0, 0.01])
    assert failed(quiet) == {}


def with_lags(run, lag_ms):
    """Return the run with the crowd's actions begun so late, each by its own."""
    rows = run.interactions.copy()
    rows.loc[rows["instrument"] == "wire", "lag_ms"] = lag_ms
    return replace(run, interactions=rows)


def test_a_load_generator_that_begins_late(run):
    found = failed(with_lags(run, 40.0))["load on time"]
    message = "30 of 30 actions began more than 25 ms late: the load generator had no core for them"
    assert (f"{MAPLE}, wire with 2 sessions", message) in found
    assert "load on time" not in failed(with_lags(run, 4.0))


def test_a_few_late_actions_are_chance(run):
    rows = with_lags(run, 1.0).interactions
    own = rows.index[(rows["entry"] == "maple") & (rows["instrument"] == "wire")]
    rows.loc[own[:6], "lag_ms"] = 300.0
    assert "load on time" not in failed(replace(run, interactions=rows))
    rows.loc[own[:8], "lag_ms"] = 300.0
    assert "load on time" in failed(replace(run, interactions=rows))


def test_what_is_late_while_sessions_are_opened_does_not_count(run):
    rows = with_lags(run, 40.0).interactions
    assert "load on time" not in failed(replace(run, interactions=rows.assign(held=False)))


def test_where_answers_take_long_a_load_generator_may_be_late_by_a_tenth_of_that(run):
    rows = with_lags(run, 40.0).interactions
    rows.loc[rows["instrument"] == "wire", "response_ms"] = 401.0
    assert "load on time" not in failed(replace(run, interactions=rows))
    rows.loc[rows["instrument"] == "wire", "response_ms"] = 399.0
    assert "load on time" in failed(replace(run, interactions=rows))


def test_an_action_that_waits_for_the_answer_before_it_is_not_late(run):
    # Answers that take all of the second until the next action is begun.
    rows = with_lags(run, 800.0).interactions
    first = rows["sequence"] == 0
    rows.loc[(rows["instrument"] == "wire") & first, "lag_ms"] = 1.0
    rows.loc[rows["instrument"] == "wire", "service_ms"] = 999.0
    assert "load on time" not in failed(replace(run, interactions=rows))


def moments(run, until_ms, sent_ms=5.0, arrived_ms=15.0):
    """Return the run with moments of every interaction of maple's in the browser."""

    def change(rows, at):
        rows.loc[at, ["right_ms", "until_user_code_ms", "sent_ms", "arrived_ms"]] = [
            20.0,
            until_ms,
            sent_ms,
            arrived_ms,
        ]

    return interactions(run, change)


@pytest.mark.parametrize(
    ("until_ms", "words"),
    [(3.0, "2.0 ms before anything was sent"), (17.0, "2.0 ms after the answer had come")],
)
def test_clocks_that_differ_by_little_more_than_a_message_takes(run, until_ms, words):
    found = failed(moments(run, until_ms))
    assert list(found) == ["clocks"]
    assert found["clocks"][0] == (
        MAPLE,
        f"user code ran {words}, by the browser's clock in the typical interaction of 0-maple-app",
    )


def test_moments_in_order_within_the_clocks_error(run):
    assert failed(moments(run, 4.5)) == failed(moments(run, 15.5)) == {}


def test_user_code_of_the_interaction_before_is_no_wrong_clock(run):
    sound = moments(run, 10.0)
    rows = sound.interactions
    one = rows.index[(rows["entry"] == "maple") & (rows["instrument"] == "browser") & (rows["sequence"] == 4)]
    rows.loc[one, "until_user_code_ms"] = 1.0
    assert failed(sound) == {}


def test_every_time_of_the_headline_is_counted(run):
    rows = run.interactions.assign(visible_ms=run.interactions["right_ms"], painted_ms=run.interactions["right_ms"] + 8)
    counted = twin_ratios(replace(run, interactions=rows))
    assert {twin.time for twin in counted} == {"right_ms", "visible_ms", "painted_ms"}
    assert len(counted) == 3 * len({twin.case for twin in counted}) == 9


def test_no_end_of_the_headline_is_left_out():
    assert set(HEADLINE_TIMES) == {end.column for end in ENDS if end.instrument == "browser"}


def test_every_audit_says_what_it_asks():
    assert all(it.about and it.name and it.check.__doc__.startswith("Object") for it in AUDITS.values())


def test_what_a_run_never_looked_at_has_not_passed(run):
    older = {each.name for each in audit(run)}
    assert not {"CPU of others", "waits by design"} & older
    looked = beside_steps(sent(run, 2.0, {"wait_ms": 0}), "others_cpu_share", [0.02])
    assert {each.name for each in audit(looked)} == older | {"CPU of others", "waits by design"}


def test_two_experiments_of_one_boot_have_sessions_of_their_own(run):
    later = run.interactions.assign(experiment="one-offs", started_ns=run.interactions["started_ns"] + 10**12)
    both = replace(run, interactions=pd.concat([run.interactions, later], ignore_index=True))
    assert "samples in order" not in failed(both)
    same = replace(run, interactions=pd.concat([run.interactions] * 2, ignore_index=True))
    assert "samples in order" in failed(same)
