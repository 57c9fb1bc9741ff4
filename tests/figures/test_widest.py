"""How well the headline's ratios are known, and at which level."""

from dataclasses import replace

from pyuibench.figures.latency import widest
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build


def uneven(run):
    """Return the report of a run whose ratios differ from block to block."""
    rows = run.interactions.copy()
    rows.loc[rows["entry"] == "maple", "right_ms"] *= 1 + rows["block"] / 10
    return RunView(replace(run, interactions=rows))


def test_intervals_of_a_run_with_many_looks_are_wider(write_run):
    once, often = (uneven(write_run(**meta)) for meta in ({}, {"level": 0.999}))
    assert widest(often) > widest(once) > 0


def test_a_ratio_without_an_interval_is_not_known_well_enough(write_run):
    assert widest(RunView(write_run(blocks=2))) is None


def test_the_page_says_what_was_asked_for(write_run):
    html = build(write_run(precision={"half_width": 0.05, "most_blocks": 12}, level=0.995)).read_text()
    assert "known to ±5 %, in 12 blocks at most" in html
    assert "99.50 %" in html
