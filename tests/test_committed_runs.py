"""What the documentation says of the committed runs holds in their samples."""

import pytest
from committed import run_of, view_of
from scipy import stats

from pyuibench.analysis.breakdown import apart
from pyuibench.analysis.known_delays import recovered
from pyuibench.audits.registry import audit
from pyuibench.entries.catalog import find_entries
from pyuibench.entries.claims import all_claims
from pyuibench.figures.problems import noise, repeated
from pyuibench.project import APPS
from pyuibench.publish.site.build import build_site
from pyuibench.publish.talk.build import build_talk

RUNS = ("reference", "quick", "quick-all", "server-or-browser", "tax", "again", "far", "load", "neighbours", "workers")
MOST_OFF_MS = 1.0


@pytest.fixture(scope="module", params=RUNS)
def run(request):
    return run_of(request.param)


def test_nothing_of_it_is_withheld(run):
    objections = [(it.name, o.where, o.message) for it in audit(run) for o in it.objections if o.entry]
    assert objections == []


@pytest.mark.parametrize("name", RUNS)
def test_every_known_delay_was_found(name):
    found = recovered(run_of(name))
    assert {it.truth.delay_ms for it in found} == {1.0, 5.0, 20.0, 100.0}
    assert all(it.is_found for it in found)


def test_the_parts_of_an_interaction_add_up_for_every_entry():
    rows = run_of("reference").near
    acted = (rows["scenario"] != "load") & ~rows["warmup"] & rows["ok"] & rows["painted_ms"].notna()
    browser = rows[(rows["instrument"] == "browser") & acted]
    for entry, own in browser.groupby("entry"):
        parts = apart(own)
        told = parts.dropna()
        assert len(told) > 0.8 * len(own), entry
        off = (told.sum(axis=1) - own.loc[told.index, "painted_ms"]).abs()
        assert off.median() <= MOST_OFF_MS, entry


def test_an_app_is_like_itself_in_about_95_of_100_short_runs():
    report = view_of("again")
    short = repeated(report)
    assert (short.runs, short.blocks) == (20, 3)
    held, counted = short.noise.held, short.noise.counted
    assert counted == 280
    assert stats.binomtest(held, counted, 0.95).pvalue > 0.01
    whole = noise(report)
    assert (whole.held, whole.counted) == (13, 14)
    assert whole.median_half_width < short.noise.median_half_width


@pytest.mark.browser
def test_site_and_talk_are_made_of_them_without_measuring(tmp_path, browser):
    entries = find_entries([APPS])
    runs = [run_of(name) for name in ("quick-all", "load")]
    site = build_site(runs, entries, tmp_path / "site")
    assert {path.name for path in site.parent.glob("*.html")} >= {
        f"{name}.html" for name, entry in entries.items() if entry.table.runs_in == "server"
    }
    assert "rerun" in site.read_text()
    deck = build_talk(browser, runs, all_claims(entries.values()), tmp_path / "talk")
    assert deck.with_suffix(".pdf").stat().st_size > 100_000
    assert len(list((deck.parent / "figures").glob("*.png"))) >= 4
