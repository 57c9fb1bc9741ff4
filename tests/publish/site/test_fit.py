"""When to take a framework: how far its idiomatic app is from the best one."""

from dataclasses import replace

import pandas as pd
import pytest

from pyuibench.figures.view import RunView
from pyuibench.publish.site.base import Site
from pyuibench.publish.site.fit import fit_of


@pytest.fixture
def site(write_run, tmp_path):
    """Return a site with a second framework that clicks five times as slowly as the first, and loads nothing."""
    run = write_run(seen=True)
    rows = run.interactions
    birch = rows[(rows["entry"] == "maple") & (rows["variant"] == "app")].assign(entry="birch")
    birch["boot"] = birch["boot"].str.replace("maple", "birch")
    birch[["right_ms", "visible_ms"]] *= 5
    entries = run.meta["entries"]
    own = {
        **entries["maple"],
        "title": "Birch",
        "built_on": "",
        "variants": {"app": entries["maple"]["variants"]["app"]},
    }
    meta = {**run.meta, "entries": {**entries, "birch": own}}
    both = replace(run, meta=meta, interactions=pd.concat([rows, birch], ignore_index=True))
    return Site([RunView(both)], {}, tmp_path)


def test_a_framework_is_near_the_best_or_far_from_it(site):
    best, other = fit_of(site, "maple"), fit_of(site, "birch")
    assert best.beside == other.beside == 2
    assert "Quick small updates" in {it.title for it in best.near}
    assert not best.far
    (far,) = [it for it in other.far if it.title == "Quick small updates"]
    assert far.times == pytest.approx(5, rel=0.01)
    assert far.best.startswith("Maple <ui> (on Sap): visible 37.9 ms")
    assert [it.times for it in other.far] == sorted((it.times for it in other.far), reverse=True)


def test_nothing_is_said_of_the_baseline_or_where_there_is_none_to_compare(site, write_run, tmp_path):
    assert fit_of(site, "ground") is None
    assert fit_of(Site([RunView(write_run())], {}, tmp_path), "maple") is None
