"""What a report makes of pages that ask models, from known samples of three boots."""

from dataclasses import asdict, replace

import pandas as pd
import pytest
from looked_up import result_of, value_of

from pyuibench.contract import model
from pyuibench.figures import inference, registry
from pyuibench.figures.answers import MODELS, answers
from pyuibench.figures.base import Missing
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build
from pyuibench.results.records import Interaction, Measurement, Origin, origin_fields

SETTINGS = {"name": "inference", "tokens": 40, "sessions": [1, 4]}
CLASSIFY_MS, MODEL_MS, BATCH_MS, CLICK_MS = 47.0, 36.0, 1500.0, 6.0
FIRST_MS, GAP_MS, END_MS = 240.0, 90.0, 2900.0


def origin(block):
    return Origin(
        block=block,
        boot=f"{block}-maple-app-inference",
        entry="maple",
        variant="app",
        role="idiomatic",
        model="rerun",
        experiment="inference",
        page="model",
    )


def sample(block, scenario, ms, sessions=1, beside=0, **more):
    place = {"instrument": "browser", "scenario": scenario, "control": "increment", "session": 0, "sequence": 0}
    times = {"warmup": False, "started_ns": 0, "right_ms": ms, "sessions": sessions, "beside": beside}
    return Interaction(**origin_fields(origin(block)), **place, **times, **more)


def samples(block):
    for _ in range(3):
        yield sample(block, model.CLASSIFY, CLASSIFY_MS, user_code_ms=MODEL_MS)
        yield sample(block, model.CLICK, CLICK_MS)
        yield sample(block, model.CLICK_IN_OWN, CLICK_MS + BATCH_MS, beside=1)
        yield sample(block, model.CLICK_IN_OTHERS, 2 * CLICK_MS, beside=1)
        yield sample(
            block, model.GENERATE, END_MS, update_ms=[FIRST_MS, FIRST_MS + GAP_MS, FIRST_MS + GAP_MS + 5, END_MS]
        )
    yield sample(block, model.CLASSIFY_BATCH, BATCH_MS)
    for sessions in SETTINGS["sessions"]:
        for session in range(sessions):
            end = END_MS * sessions + session
            yield sample(block, model.GENERATE_TOGETHER, end, sessions, update_ms=[FIRST_MS * sessions, end - 1, end])
        yield sample(block, model.CLICK_BESIDE, CLICK_MS * sessions, beside=sessions)


def measurements(block):
    place = {**origin_fields(origin(block)), "instrument": "resources"}
    for sessions in SETTINGS["sessions"]:
        yield Measurement(**place, metric="models_pss_bytes", value=1e9 + sessions * 1e8, sessions=sessions)
    yield Measurement(**place, metric="model_loads", value=1.0, control="classifier")
    yield Measurement(**place, metric="model_loads", value=3.0, control="chat")


@pytest.fixture
def run(write_run):
    plain = write_run()
    return replace(
        plain,
        interactions=pd.DataFrame(
            [asdict(it) for block in range(3) for it in samples(block)], columns=plain.interactions.columns
        ),
        measurements=pd.DataFrame(
            [asdict(it) for block in range(3) for it in measurements(block)], columns=plain.measurements.columns
        ),
        failures=plain.failures.iloc[:0],
        meta={**plain.meta, "machine": {"processor": "Abacus 9000", "cores": "2"}, "experiments": [SETTINGS]},
    )


def test_one_visitor_has_figures_of_all_that_is_asked(run):
    view = RunView(run, audits=())
    found = {
        name: value_of(view, f"inference.{name}")
        for name in ("classify", "classify_around", "batch", "first_word", "gap")
    }
    assert found == pytest.approx(
        {
            "classify": CLASSIFY_MS,
            "classify_around": CLASSIFY_MS - MODEL_MS,
            "batch": BATCH_MS,
            "first_word": FIRST_MS,
            "gap": END_MS - FIRST_MS - GAP_MS - 5,
        }
    )
    assert value_of(view, "inference.steps") == 4


def test_what_is_to_know_of_the_page_stands_with_its_figures(run):
    entries = {**run.meta["entries"]}
    app = {**entries["maple"]["variants"]["app"], "caveats": {"model": "It rests after each answer."}}
    entries["maple"] = {**entries["maple"], "variants": {**entries["maple"]["variants"], "app": app}}
    view = RunView(replace(run, meta={**run.meta, "entries": entries}), audits=())
    assert result_of(view, "inference.classify").note == "It rests after each answer."


def test_clicks_meanwhile_are_told_apart(run):
    view = RunView(run, audits=())
    found = [value_of(view, f"inference.{name}") for name in ("click", "click_in_own", "click_in_others")]
    assert found == pytest.approx([CLICK_MS, CLICK_MS + BATCH_MS, 2 * CLICK_MS])


@pytest.mark.parametrize("sessions", SETTINGS["sessions"])
def test_each_number_of_visitors_has_its_figures(run, sessions):
    view = RunView(run, audits=())
    found = {
        name: value_of(view, f"inference.at-once-{sessions}.{name}")
        for name in ("first_word", "last", "click", "memory")
    }
    assert found == pytest.approx(
        {
            "first_word": FIRST_MS * sessions,
            "last": END_MS * sessions + sessions - 1,
            "click": CLICK_MS * sessions,
            "memory": 1e9 + sessions * 1e8,
        }
    )


def test_answers_that_are_written_together_are_told_from_those_in_turn(run):
    assert value_of(RunView(run, audits=()), "inference.at-once-4.at_a_time") == pytest.approx(4, rel=1e-3)
    rows = run.interactions
    of_four = (rows["scenario"] == model.GENERATE_TOGETHER) & (rows["sessions"] == 4)
    begun_ns = (
        rows["started_ns"] + of_four * rows.groupby(["boot", "scenario", "sessions"]).cumcount() * END_MS * 4 * 1e6
    )
    in_turn = rows.assign(started_ns=begun_ns.astype("int64"))
    found = value_of(RunView(replace(run, interactions=in_turn), audits=()), "inference.at-once-4.at_a_time")
    assert 0.8 < found < 1


def test_copies_are_those_of_the_language_model(run):
    assert value_of(RunView(run, audits=()), "inference.copies") == 3


def test_who_got_no_right_answer_leaves_no_end_for_all(run):
    wrong = (run.interactions["scenario"] == model.GENERATE_TOGETHER) & (run.interactions["right_ms"] == END_MS * 4 + 2)
    rows = run.interactions.assign(ok=~wrong, reason=wrong.map({True: "shows the answer to another's", False: None}))
    found = result_of(RunView(replace(run, interactions=rows), audits=()), "inference.at-once-4.last")
    assert isinstance(found, Missing)
    assert found.reason == "3 of 12 not ok; the first: shows the answer to another's"
    told = result_of(RunView(replace(run, interactions=rows), audits=()), "inference.at-once-4.wrong")
    assert told == "3 of 12: shows the answer to another's"
    assert result_of(RunView(run, audits=()), "inference.at-once-4.wrong") == "none of 12"


def test_the_question_is_answered_by_the_ends_of_each_order(run):
    entries = {**run.meta["entries"]}
    rows, quicker = run.interactions, {"maple": 1.0, "oak": 0.5}
    both = pd.concat(
        [
            rows.assign(
                entry=name,
                boot=rows["boot"].str.replace("maple", name),
                right_ms=rows["right_ms"] * share,
                user_code_ms=rows["user_code_ms"] * share,
                update_ms=[
                    [at * share for at in times] if isinstance(times, list) else None for times in rows["update_ms"]
                ],
            )
            for name, share in quicker.items()
        ],
        ignore_index=True,
    )
    two = {name: {**entries["maple"], "title": name.title(), "built_on": ""} for name in quicker}
    (found,) = answers([RunView(replace(run, interactions=both, meta={**run.meta, "entries": two}), audits=())])
    assert found.id == MODELS.id
    assert found.sentences == (
        "While another visitor's batch of sentences is classified, a click takes 6.00 ms in Oak and 12.0 ms in Maple.",
        "To one sentence a framework adds 5.50 ms (Oak) to 11.0 ms (Maple).",
        "When 4 ask a language model at once, the middle one sees its first word after 480 ms in Oak and after 960 ms in Maple.",
    )


def test_a_run_without_models_has_no_such_tables(write_run):
    assert not list(registry.tables_in(RunView(write_run()), inference.SECTION.id))


def test_the_report_shows_who_asks_alone_and_at_once(run):
    page = build(run).read_text()
    assert "One visitor asks" in page
    assert "4 visitors ask at once" in page
