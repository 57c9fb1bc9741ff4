"""A run of the same model in the browser and on a server: the two baselines."""

import pytest

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
def test_the_page_itself_and_the_server_answer(tmp_path):
    if reason := why_not():
        pytest.skip(reason)
    variants = (BASELINE.variant("websocket"), IN_BROWSER.variants[0])
    asked = Request(SMALL, selection((), ["browser", "resources"]), variants, 5)
    run = load(new_run(asked, tmp_path / "run", QUIET, lambda run: None))
    assert run.failures.empty, run.failures["reason"].tolist()
    rows = run.interactions
    assert rows["ok"].all(), rows["reason"].dropna().tolist()
    assert rows.groupby(["entry", "scenario"], observed=True).size().to_dict() == {
        ("baseline", "load"): 1,
        ("baseline", model.CLASSIFY): 2,
        ("wasm-baseline", "load"): 1,
        ("wasm-baseline", model.CLASSIFY): 4,
    }
    memory = run.measurements[run.measurements["metric"] == "page_pss_bytes"].set_index("entry")["value"]
    assert memory["wasm-baseline"] > memory["baseline"] > 1e7
