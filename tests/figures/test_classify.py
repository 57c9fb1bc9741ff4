"""What a report makes of a model in the browser beside one on a server, from known samples of three boots."""

from dataclasses import asdict, replace

import pandas as pd
import pytest
from looked_up import result_of, value_of

from pyuibench.figures import classify, registry
from pyuibench.figures.answers import MODEL_PLACE, answers
from pyuibench.figures.base import Missing
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build
from pyuibench.results.records import Interaction, Measurement, Origin, origin_fields

SETTINGS = {"name": "classify", "sentences": 3}
HERE, SERVER = "maple/app", "ground/app"
LOAD_MS = {HERE: 9000.0, SERVER: 400.0}
FIRST_MS = {HERE: 120.0, SERVER: 60.0}
FURTHER_MS = {HERE: 30.0, SERVER: 40.0}
SYNC_MS = 33.0


def place(block, variant):
    entry, name = variant.split("/")
    page = "page-model" if variant == HERE else "model"
    origin = Origin(
        block=block,
        boot=f"{block}-{entry}-{name}-classify",
        entry=entry,
        variant=name,
        role="idiomatic",
        model="rerun",
        experiment="classify",
        page=page,
    )
    return origin_fields(origin)


def samples(block, variant):
    def sample(at, scenario, control, ms):
        values = {"instrument": "browser", "sessions": 1, "session": 0, "sequence": at, "warmup": False}
        return Interaction(
            **place(block, variant), **values, scenario=scenario, control=control, started_ns=at, right_ms=ms
        )

    yield sample(0, "load", "cold", LOAD_MS[variant])
    for at in range(1, 4):
        yield sample(2 * at, "classify", "sentence", FIRST_MS[variant] if at == 1 else FURTHER_MS[variant])
        if variant == HERE:
            yield sample(2 * at + 1, "classify", "sentence_sync", SYNC_MS)


def measurements(block, variant):
    yield Measurement(**place(block, variant), instrument="browser", metric="page_pss_bytes", value=5e8, sessions=1)
    if variant == SERVER:
        yield Measurement(
            **place(block, variant), instrument="resources", metric="models_pss_bytes", value=1e9, sessions=1
        )


@pytest.fixture
def view(write_run):
    plain = write_run()
    both = [(block, variant) for block in range(3) for variant in (HERE, SERVER)]
    entries = {**plain.meta["entries"]}
    entries["maple"] = {**entries["maple"], "runs_in": "browser", "server_entry": "ground"}
    run = replace(
        plain,
        interactions=pd.DataFrame(
            [asdict(it) for each in both for it in samples(*each)], columns=plain.interactions.columns
        ),
        measurements=pd.DataFrame(
            [asdict(it) for each in both for it in measurements(*each)], columns=plain.measurements.columns
        ),
        failures=plain.failures.iloc[:0],
        meta={**plain.meta, "entries": entries, "experiments": [SETTINGS]},
    )
    return RunView(run, audits=())


@pytest.mark.parametrize("variant", [HERE, SERVER])
def test_the_first_answer_is_told_from_further_ones(view, variant):
    found = [value_of(view, f"classify.{name}", variant) for name in ("load", "first", "further")]
    assert found == pytest.approx([LOAD_MS[variant], FIRST_MS[variant], FURTHER_MS[variant]])


def test_what_only_one_of_the_places_has(view):
    assert value_of(view, "classify.further_sync", HERE) == pytest.approx(SYNC_MS)
    assert isinstance(result_of(view, "classify.further_sync", SERVER), Missing)
    assert value_of(view, "classify.page_memory", HERE) == 5e8
    assert value_of(view, "classify.server_memory", SERVER) == 1e9
    assert "files alone" in result_of(view, "classify.server_memory", HERE).reason


def test_the_question_is_answered_by_both_places(view):
    (found,) = (it for it in answers([view]) if it.id == MODEL_PLACE.id)
    assert found.sentences == (
        "A sentence is classified in 30.0 ms by a page in the browser, and in 40.0 ms by the same framework's server.",
        "Such a page loads for 9,000 ms with its model; the server's, whose model is there, for 400 ms.",
        "The first sentence takes 120 ms in the browser, and 60.0 ms on a server.",
    )


def test_a_run_without_models_has_no_such_table(write_run):
    assert not list(registry.tables_in(RunView(write_run()), classify.SECTION.id))


def test_the_report_shows_both_places(view):
    assert "A model in the browser, and on a server" in build(view.run).read_text()
