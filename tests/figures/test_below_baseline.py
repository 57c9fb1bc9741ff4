"""What is faster than the baseline is named only where that is beyond doubt."""

from dataclasses import replace

import pandas as pd
import pytest

from pyuibench.figures.below_baseline import below_baseline, told
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build


@pytest.fixture
def with_oak(write_run):
    """Return a function: a run with a framework whose times are the baseline's multiplied, by another factor in each block."""

    def made(*factors):
        run = write_run(blocks=len(factors))
        rows = run.interactions
        oak = rows[rows["entry"] == "ground"].assign(entry="oak", variant="app", role="idiomatic")
        oak["boot"] = oak["boot"].str.replace("ground", "oak")
        oak["right_ms"] *= [factors[block] for block in oak["block"]]
        entries = run.meta["entries"]
        own = {
            **entries["maple"],
            "title": "Oak",
            "built_on": "",
            "variants": {"app": entries["maple"]["variants"]["app"]},
        }
        meta = {**run.meta, "entries": {**entries, "oak": own}}
        return replace(run, meta=meta, interactions=pd.concat([rows, oak], ignore_index=True))

    return made


def test_who_is_faster_in_every_block_is_named_with_the_ratio(with_oak):
    view = RunView(with_oak(0.5, 0.5, 0.5))
    found = below_baseline(view)
    assert {it.variant.id for it in found.faster} == {"oak/app"}
    assert "unrelated · increment" in [it.case.label for it in found.faster]
    assert all(it.ratio.estimate.value == pytest.approx(0.5) for it in found.faster)
    assert told(view).startswith("Below the baseline beyond doubt, which is no lower limit (of ")
    assert "Oak app in unrelated · increment, 0.500× [0.500, 0.500]" in told(view)


@pytest.mark.parametrize("factors", [(0.5, 2.0, 0.5, 2.0), (0.9, 1.05, 0.95), (1.0, 1.0, 1.0), (2.0, 2.0, 2.0)])
def test_who_is_not_faster_or_not_beyond_doubt_is_not(with_oak, factors):
    view = RunView(with_oak(*factors))
    assert below_baseline(view).faster == ()
    assert below_baseline(view).compared > 0
    assert told(view).startswith("No entry is below the baseline beyond doubt (of ")


def test_two_blocks_say_nothing(with_oak):
    view = RunView(with_oak(0.1, 0.1))
    assert below_baseline(view).compared == 0
    assert told(view) == ""


def test_the_report_says_so(with_oak):
    page = build(with_oak(0.5, 0.5, 0.5))
    for text in (page.read_text(), page.with_suffix(".md").read_text()):
        assert "Below the baseline beyond doubt" in text
