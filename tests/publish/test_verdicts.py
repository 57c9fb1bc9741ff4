"""Claims against an invented run whose every figure is known."""

from dataclasses import replace

import pandas as pd
import pytest
from simulated_run import plan, simulated

from pyuibench.analysis.estimates import Estimate
from pyuibench.entries.catalog import find_entries
from pyuibench.entries.claims import Claim, Named, Test, all_claims
from pyuibench.experiments.kinds.chat import Chat
from pyuibench.experiments.kinds.conversation import Conversation
from pyuibench.experiments.kinds.inference import Inference
from pyuibench.experiments.registry import as_json
from pyuibench.figures.base import Figure, Missing
from pyuibench.figures.registry import figures_of
from pyuibench.figures.view import NOT_MEASURED, RunView
from pyuibench.project import APPS
from pyuibench.publish.report.build import build
from pyuibench.publish.verdicts import CONFIRMED, REFUTED, UNDECIDED, decide, verdicts

CLICK = {"kind": "timed", "variant": "app", "scenario": "unrelated", "control": "increment"}
SAID = {"text": "Maple is slow.", "source": "https://maple.example/issues/1", "plan": "Measure it."}


def verdict_on(run, test):
    (verdict,) = verdicts(RunView(run), {"maple": (Claim(**SAID, test=test),)})
    return verdict


@pytest.mark.parametrize(
    ("low", "high", "test", "verdict"),
    [
        (2, 3, {"above": 1}, CONFIRMED),
        (2, 3, {"above": 4}, REFUTED),
        (2, 3, {"above": 2.5}, UNDECIDED),
        (2, 3, {"below": 4}, CONFIRMED),
        (2, 3, {"below": 1}, REFUTED),
        (2, 3, {"below": 2.5}, UNDECIDED),
        (None, None, {"above": 1}, UNDECIDED),
    ],
)
def test_the_whole_interval_decides(low, high, test, verdict):
    assert decide(Estimate(2.5, low, high, 30, 3), Test(figure=CLICK, **test)) == verdict


def test_a_median_and_a_ratio(write_run):
    run = write_run()
    alone = verdict_on(run, {"figure": CLICK, "above": 1})
    assert (alone.verdict, alone.limit) == (CONFIRMED, "above 1")
    assert alone.samples == "maple/app unrelated increment right_ms (browser)"
    chart = {**CLICK, "scenario": "global", "control": "category"}
    ratio = verdict_on(run, {"figure": CLICK, "to": chart, "above": 5})
    assert isinstance(ratio.figure, Figure)
    assert ratio.figure.estimate.value < 1
    assert ratio.verdict == REFUTED


def test_how_long_a_session_takes_to_open_on_the_wire():
    run = simulated(plan(others=1), 1)
    once_a_boot = run.measurements[run.measurements["metric"] == "outside_requests"]
    alone, beside = (once_a_boot.assign(metric="session_ms", sessions=n, value=20.0 * n) for n in (1, 10))
    view = RunView(replace(run, measurements=pd.concat([run.measurements, alone, beside])))
    opened = {"kind": "opened", "variant": "app"}
    alone, ratio = verdicts(
        view,
        {
            "entry0": (
                Claim(**SAID, test=Test(figure=opened, above=1)),
                Claim(**SAID, test=Test(figure=opened, to=opened, above=0.5)),
            )
        },
    )
    assert alone.figure.estimate.value == 20
    assert (alone.verdict, alone.figure.unit, alone.samples) == (CONFIRMED, "ms", "entry0/app session_ms (wire)")
    assert ratio.figure.estimate.value == pytest.approx(1)
    assert (ratio.verdict, ratio.figure.unit) == (CONFIRMED, "ratio")


def test_bytes_on_the_wire_and_a_crowd(write_run):
    run = write_run()
    sent = {**CLICK, "instrument": "wire", "column": "bytes_down"}
    assert verdict_on(run, {"figure": sent, "below": 3000}).verdict == CONFIRMED
    crowd = {**CLICK, "instrument": "wire", "column": "response_ms", "sessions": 10}
    alone = {**CLICK, "instrument": "wire", "column": "service_ms"}
    verdict = verdict_on(run, {"figure": crowd, "to": alone, "above": 2})
    assert verdict.figure.estimate.value == pytest.approx(4)
    assert "10 sessions" in verdict.samples


def test_a_slope_and_a_share(write_run):
    run = write_run()
    assert verdict_on(run, {"figure": {"kind": "slope", "variant": "app"}, "above": -1}).verdict == CONFIRMED
    share = verdict_on(run, {"figure": {"kind": "rerun", "variant": "app"}, "above": 0.5})
    assert (share.verdict, share.figure.unit) == (CONFIRMED, "calls/cell")
    assert share.figure.estimate.value == pytest.approx(1)


def test_what_was_not_measured_decides_nothing(write_run):
    run = write_run()
    nobody = verdict_on(run, {"figure": {**CLICK, "variant": "other"}, "above": 1})
    assert (nobody.verdict, nobody.figure) == (UNDECIDED, Missing("maple/other was not measured in this run"))
    to_nobody = verdict_on(run, {"figure": CLICK, "to": {**CLICK, "variant": "other"}, "above": 1})
    assert to_nobody.figure == Missing("maple/other was not measured in this run")
    never = verdict_on(run, {"figure": {**CLICK, "control": "name"}, "above": 1})
    assert (never.verdict, type(never.figure)) == (UNDECIDED, Missing)


def test_the_page_shows_verdicts_and_reasons(write_run):
    run = write_run()
    untested = Claim(**SAID, undecidable="It would take years.")
    html = build(run, {"maple": (Claim(**SAID, test={"figure": CLICK, "above": 1}), untested)}).read_text()
    assert "https://maple.example/issues/1" in html
    assert "<b>confirmed</b>" in html
    assert "It would take years." in html
    assert 'id="claims"' not in build(run).read_text()


def test_a_figure_of_the_run_is_asked_by_its_id(write_run):
    run = write_run()
    click = {"kind": "named", "variant": "app", "id": "memory.idle_pss"}
    found = verdict_on(run, {"figure": click, "below": 200e6})
    assert (found.figure.unit, found.samples) == ("bytes", "maple/app memory.idle_pss")
    assert found.verdict == CONFIRMED
    unknown = verdict_on(run, {"figure": {**click, "id": "memory.of_elephants"}, "below": 1})
    assert unknown.verdict == UNDECIDED
    assert unknown.figure == Missing(NOT_MEASURED)


def test_every_figure_that_a_claim_names_is_told_by_its_experiment(write_run):
    run = write_run()
    asked = (Chat(), Conversation(), Inference())
    rows = pd.concat([run.interactions.head(1).assign(experiment=it.name) for it in asked])
    meta = {**run.meta, "experiments": [as_json(it) for it in asked]}
    view = RunView(replace(run, interactions=rows, meta=meta), audits=())
    known = {spec.id for spec in figures_of(view) if spec.is_in(view)}
    claims = all_claims(find_entries([APPS]).values())
    named = {
        it.test.figure.id for own in claims.values() for it in own if it.test and isinstance(it.test.figure, Named)
    }
    assert len(named) >= 5
    assert named <= known
