"""The share of gestures that were answered within so long, scenario by scenario."""

import numpy as np

from pyuibench.figures.latency import baseline_samples, scenario_samples
from pyuibench.figures.view import RunView
from pyuibench.publish.variant_charts import MOST_POINTS, distribution_chart, shares_of


def variant_of(report, name):
    return next(variant for variant in report.variants if variant.id == name)


def test_samples_are_all_right_answers_in_order(write_run):
    report = RunView(write_run())
    variant = variant_of(report, "maple/app")
    rows = report.run.interactions
    own = rows[
        (rows["entry"] == "maple") & (rows["variant"] == "app") & (rows["instrument"] == "browser") & ~rows["warmup"]
    ]
    for scenario, values in scenario_samples(report, variant).items():
        assert len(values) == (own["ok"] & (own["scenario"] == scenario) & (own["page"] == "app")).sum()
        assert (np.diff(values) >= 0).all()


def test_what_a_session_does_once_is_left_out(write_run):
    report = RunView(write_run())
    assert "load" not in scenario_samples(report, variant_of(report, "maple/app"))


def test_the_baseline_is_drawn_beside_the_others_and_not_beside_itself(write_run):
    report = RunView(write_run())
    maple, baseline = variant_of(report, "maple/app"), report.baseline
    samples, baselines = scenario_samples(report, maple), baseline_samples(report)
    assert "faint: the baseline" in distribution_chart(maple, samples, baselines)
    assert "faint: the baseline" not in distribution_chart(baseline, baselines, baselines)


def test_no_samples_no_chart(write_run):
    report = RunView(write_run())
    assert distribution_chart(report.baseline, {}, {}) == ""


def test_many_samples_are_thinned_to_their_quantiles():
    values, shares = shares_of(np.arange(1.0, 10_001.0))
    assert len(values) == MOST_POINTS
    assert (values[0], values[-1], shares[-1]) == (1.0, 10_000.0, 1.0)
