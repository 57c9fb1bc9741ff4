"""A run of the same model in the browser and on a server: the two baselines."""

import pytest
from turns import turn_of

from pyuibench.contract import model
from pyuibench.entries.catalog import find_entries
from pyuibench.experiments.kinds.classify import Classify
from pyuibench.experiments.manifest import Request
from pyuibench.experiments.plan import make_plan
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.request import Progress, new_run
from pyuibench.experiments.selection import Selection, selection
from pyuibench.project import APPS
from pyuibench.results.store import load
from pyuibench.serving.models import why_not

ENTRIES = find_entries([APPS])
BASELINE, IN_BROWSER = ENTRIES["baseline"], ENTRIES["wasm-baseline"]
SMALL = Profile("small", 1, (Classify(sentences=2),))
QUIET = Progress(preparing=lambda entry: None, start=lambda plan: None, done=lambda cell, failures: None)


def test_each_place_has_the_page_of_its_own_contract():
    plan = make_plan(SMALL, (*BASELINE.variants, BASELINE.again, *IN_BROWSER.variants), Selection(), 1)
    assert {(it.origin.variant_id, it.origin.page) for it in plan} == {
        ("baseline/websocket", "model"),
        ("wasm-baseline/worker", "page-model"),
    }


def test_nothing_is_asked_where_the_browser_is_not():
    assert not make_plan(SMALL, IN_BROWSER.variants, selection([], ["wire"]), 1)


@pytest.mark.servers
@pytest.mark.browser
def test_the_page_itself_answers_in_both_ways(tmp_path):
    if reason := why_not():
        pytest.skip(reason)
    asked = Request(SMALL, selection((), ["browser", "resources"]), IN_BROWSER.variants, 5)
    with turn_of(IN_BROWSER):
        run = load(new_run(asked, tmp_path / "run", QUIET, lambda run: None))
    assert run.failures.empty, run.failures["reason"].tolist()
    rows = run.interactions
    assert rows["ok"].all(), rows["reason"].dropna().tolist()
    assert rows.groupby(["scenario", "control"], observed=True).size().to_dict() == {
        ("load", "cold"): 1,
        (model.CLASSIFY, "sentence"): 2,
        (model.CLASSIFY, "sentence_sync"): 2,
    }
    (memory,) = run.measurements.loc[run.measurements["metric"] == "page_pss_bytes", "value"]
    assert memory > 1e8
