"""A run of pages that ask models, on the real baseline: alone, beside a batch, and two at once."""

import pytest

from pyuibench.contract import model
from pyuibench.entries.catalog import find_entries
from pyuibench.experiments.kinds.inference import OF_ANOTHER, Inference, _of_another
from pyuibench.experiments.manifest import Request
from pyuibench.experiments.plan import make_plan
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.request import Progress, new_run
from pyuibench.experiments.selection import Selection, selection
from pyuibench.instruments.browser.page import Reading
from pyuibench.project import APPS
from pyuibench.results.store import load
from pyuibench.serving.models import why_not

ENTRIES = find_entries([APPS])
BASELINE = ENTRIES["baseline"]
SMALL = Profile("small", 1, (Inference(tokens=8, classified=3, batches=1, generated=1, clicks=1, sessions=(2,)),))
QUIET = Progress(preparing=lambda entry: None, start=lambda plan: None, done=lambda cell, failures: None)


def test_the_first_variant_of_an_entry_with_the_page_has_a_boot():
    variants = (*BASELINE.variants, BASELINE.again, *ENTRIES["wasm-baseline"].variants)
    plan = make_plan(SMALL, variants, Selection(), 1)
    assert [(it.origin.variant_id, it.origin.page) for it in plan] == [("baseline/websocket", "model")]


def test_who_ends_a_job_by_a_click_is_asked_for_none_beside_one():
    streamlit = ENTRIES["streamlit"].variants[0]
    (boot,), (other,) = (SMALL.experiments[0].boots(it, 0, Selection()) for it in (streamlit, BASELINE.variants[0]))
    assert (boot.can_be_busy, other.can_be_busy) == (False, True)
    own, others = (
        {it.scenario for it in SMALL.experiments[0].expected(spec, variant, Selection())}
        for spec, variant in ((boot, streamlit), (other, BASELINE.variants[0]))
    )
    assert others - own == {model.CLICK_IN_OWN}


def test_nothing_is_asked_where_the_browser_is_not():
    assert not make_plan(SMALL, BASELINE.variants, selection([], ["wire"]), 1)


def test_an_answer_to_another_visitors_order_is_named():
    answers = model.Answers({}, (), {"mine": "A kite flies.", "yours": "A drum sounds."})
    _, action = model.ModelPage(answers).generate("mine")
    seen = dict.fromkeys(("input_delay_ms", "sent_ms", "arrived_ms", "right_ms", "visible_ms", "painted_ms"))
    wrong = Reading(started_ns=0, outputs={}, flickers=0, wrong={"answer": "A drum sounds."}, **seen)
    assert _of_another(answers, action, wrong) == f"{OF_ANOTHER}: 'yours' instead of 'mine'"
    right = Reading(started_ns=0, outputs={}, flickers=0, wrong={"answer": "A kite"}, **seen)
    assert _of_another(answers, action, right) is None


@pytest.mark.servers
@pytest.mark.browser
def test_everyone_is_answered_and_models_are_loaded_once(tmp_path):
    if reason := why_not():
        pytest.skip(reason)
    asked = Request(SMALL, selection((), ["browser", "resources"]), (BASELINE.variant("websocket"),), 5)
    run = load(new_run(asked, tmp_path / "run", QUIET, lambda run: None))
    assert run.failures.empty
    rows = run.interactions
    assert rows["ok"].all(), rows["reason"].dropna().tolist()
    assert rows.groupby("scenario").size().to_dict() == {
        model.CLASSIFY: 3,
        model.CLASSIFY_BATCH: 1,
        model.GENERATE: 1,
        model.GENERATE_TOGETHER: 2,
        model.CLICK: 1,
        model.CLICK_IN_OWN: 1,
        model.CLICK_IN_OTHERS: 1,
        model.CLICK_BESIDE: 1,
    }
    answers = rows[rows["scenario"].isin([model.GENERATE, model.GENERATE_TOGETHER])]
    assert all(len(times) >= 3 for times in answers["update_ms"])
    assert rows.loc[rows["scenario"] == model.CLASSIFY, "user_code_ms"].between(1, rows["visible_ms"].max()).all()
    loads = run.measurements[run.measurements["metric"] == "model_loads"]
    assert loads.set_index("control")["value"].to_dict() == {"classifier": 1, "chat": 1}
    assert (run.measurements.loc[run.measurements["metric"] == "models_pss_bytes", "value"] > 3e8).all()
